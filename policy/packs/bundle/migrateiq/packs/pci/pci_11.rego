package migrateiq.packs.pci.pci_11

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
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
#   remediation: "Rotate"
#   example_pass: "ends 2027"
#   example_fail: "expired key encrypting"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems"
#   facts:
#     - "systems.*.at_rest.key.cryptoperiod_end"
#     - "systems.*.at_rest.key.status"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "its key is within its period"
#     - "its key is active"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.systems[id] | some id in fields.systems_of(fields.group("cardholder"))}

_met["its key is within its period"] contains id if {
	some id, s in _subjects
	facts.future(s.at_rest.key.cryptoperiod_end)
}

_met["its key is active"] contains id if {
	some id, s in _subjects
	s.at_rest.key.status == "active"
}
