package migrateiq.packs.pci.pci_11

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "Cryptoperiod valid"
# description: >-
#   'key.cryptoperiod_end' > evaluated_at and key not retired/compromised
# custom:
#   control_id: PCI-11
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.7.4, 3.7.5"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Rotate the key, and state its status and its end"
#   example_pass: "ends 2027"
#   example_fail: "expired key encrypting"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems"
#     - "fields.*.classification.inherited"
#     - "fields.*.protection.method"
#   facts:
#     - "systems.*.at_rest.key.cryptoperiod_end?"
#     - "systems.*.at_rest.key.status?"
#     - "evaluated_at"
#     - "fields.*.protection.key.cryptoperiod_end?"
#     - "fields.*.protection.key.status?"
#   reference: []
#   conditions:
#     - "its key is within its period"
#     - "its key is active"
#     - "the keys of its fields are within their periods"
#     - "the keys of its fields are active"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

# Systems whose own key encrypts account data.
_stores := fields.systems_of(fields.group("cardholder"))

# Fields whose values a key was made into, of account data.
_keyed := {id |
	some id in origins.group("cardholder")
	input.fields[id].protection.method in {"hmac", "token_vault", "fpe_ff1", "encrypt"}
}

_subjects := {id: input.systems[id] | some id in (_stores | fields.systems_of(_keyed))}

_met["its key is within its period"] contains id if {
	some id, s in _subjects
	facts.future(s.at_rest.key.cryptoperiod_end)
}

_met["its key is within its period"] contains id if {
	some id, _ in _subjects
	not id in _stores
}

_met["its key is active"] contains id if {
	some id, s in _subjects
	s.at_rest.key.status == "active"
}

_met["its key is active"] contains id if {
	some id, _ in _subjects
	not id in _stores
}

_late := {fields.dataset_of(f).system |
	some f in _keyed
	not facts.future(input.fields[f].protection.key.cryptoperiod_end)
}

_inactive := {fields.dataset_of(f).system |
	some f in _keyed
	not input.fields[f].protection.key.status == "active"
}

_met["the keys of its fields are within their periods"] contains id if {
	some id, _ in _subjects
	not id in _late
}

_met["the keys of its fields are active"] contains id if {
	some id, _ in _subjects
	not id in _inactive
}
