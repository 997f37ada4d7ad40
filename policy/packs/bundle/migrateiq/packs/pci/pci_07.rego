package migrateiq.packs.pci.pci_07

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.origins
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Masking and truncation limits"
# description: >-
#   displays/reports show <= BIN+last4; stored truncation removes >=4 digits (16-digit) or >=5
#   (15-digit Amex), baseline first6/last4
# custom:
#   control_id: PCI-07
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.4.1; PCI FAQ 1091"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Reduce kept digits"
#   example_pass: "first6 last4"
#   example_fail: "first8 last6"
#   scope_facts:
#     - "index.by_class"
#     - "fields.*.protection.method"
#     - "fields.*.classification.inherited"
#   facts:
#     - "fields.*.protection.params.keep_first"
#     - "fields.*.protection.params.keep_last"
#   reference: []
#   conditions:
#     - "it keeps no more digits than allowed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some id in origins.of("pan")
	input.fields[id].protection.method in {"truncate", "mask"}
}

_met["it keeps no more digits than allowed"] contains id if {
	some id, s in _subjects
	s.protection.params.keep_first >= 0
	s.protection.params.keep_last >= 0
	facts.number(s.protection.params.keep_first) <= params.value("pci", "masked_first")
	facts.number(s.protection.params.keep_last) <= params.value("pci", "masked_last")
}
