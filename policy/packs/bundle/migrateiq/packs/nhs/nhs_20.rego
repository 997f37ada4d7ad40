package migrateiq.packs.nhs.nhs_20

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Supplier responsibilities"
# description: >-
#   third-party systems name supplier, contract, security tier
# custom:
#   control_id: NHS-20
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "NHS England"
#       reference: "CAF A4.a"
#   verification: V
#   severity: low
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add supplier data"
#   example_pass: "supplier ref"
#   example_fail: "blank"
#   scope_facts:
#     - "systems.*.operator.third_party"
#   facts:
#     - "systems.*.operator.legal_entity"
#     - "systems.*.operator.contract_ref?"
#     - "systems.*.operator.dspt.status"
#   reference: []
#   conditions:
#     - "its supplier, contract and tier of security are named"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	some id, s in input.systems
	s.operator.third_party == true
}

_met["its supplier, contract and tier of security are named"] contains id if {
	some id, s in _subjects
	facts.said(s.operator.legal_entity)
	facts.said(s.operator.contract_ref)
	facts.said(s.operator.dspt.status)
}
