package migrateiq.packs.pci.pci_12

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Separate prod/test keys"
# description: >-
#   same key id not used by prod and non-prod systems
# custom:
#   control_id: PCI-12
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.6.1.1 (service providers)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Issue separate keys"
#   example_pass: "k-prod,k-test"
#   example_fail: "k1 both"
#   scope_facts:
#     - "systems.*.environment"
#     - "index.by_class"
#   facts:
#     - "systems.*.at_rest.key.id"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "fields.*.protection.key.id?"
#     - "fields.*.protection.method"
#     - "systems.*.at_rest.level"
#   reference: []
#   conditions:
#     - "its key is used nowhere but in production"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("cardholder")) > 0
	some id, s in input.systems
	s.environment == "prod"
}

# The keys that fields are written under, each with its system.
_of_fields := {[system, key] |
	some f in input.fields
	key := f.protection.key.id
	facts.said(key)
	system := input.datasets[f.dataset].system
}

# The keys of a system: its own, and those of its fields.
_keys(id) := {input.systems[id].at_rest.key.id} | {key | some [system, key] in _of_fields; system == id}

_elsewhere := union({_keys(id) | some id, s in input.systems; s.environment != "prod"})

# Systems with a field under a key that nobody names: it may be any.
_nameless := {fields.dataset_of(f).system |
	some f, field in input.fields
	not field.protection.method in _without_key
	not facts.said(field.protection.key.id)
}

_without_key := {
	"none", "drop", "redact", "mask", "truncate", "hash", "generalise", "date_shift", "noise", "synthetic", "suppress",
}

# Systems outside production that may use any key: encrypted without saying by which, or with such a field.
_unknown := {id |
	some id, s in input.systems
	s.environment != "prod"
	not s.at_rest.level == "none"
	not facts.said(s.at_rest.key.id)
} | {id | some id in _nameless; input.systems[id].environment != "prod"}

_met["its key is used nowhere but in production"] contains id if {
	some id, _ in _subjects
	not id in _nameless
	count(_keys(id) & _elsewhere) == 0
	count(_unknown) == 0
}
