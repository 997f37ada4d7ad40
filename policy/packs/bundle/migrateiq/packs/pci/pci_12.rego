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

# The keys of a system: its own, and those that fields are written to it under.
_keys(id) := {input.systems[id].at_rest.key.id} | {key |
	some f, field in input.fields
	fields.dataset_of(f).system == id
	key := field.protection.key.id
	facts.said(key)
}

_elsewhere := union({_keys(id) | some id, s in input.systems; s.environment != "prod"})

# A system that is encrypted and does not say by which key may use any.
_unknown := {id |
	some id, s in input.systems
	s.environment != "prod"
	not s.at_rest.level == "none"
	not facts.said(s.at_rest.key.id)
}

_met["its key is used nowhere but in production"] contains id if {
	some id, _ in _subjects
	count(_keys(id) & _elsewhere) == 0
	count(_unknown) == 0
}
