package migrateiq.packs.gdpr.gdpr_16

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Processor contract"
# description: >-
#   every system operated by a third party has 'contract_ref' and is in the sub-processor list
# custom:
#   control_id: GDPR-16
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 28(3)"
#     - law: "UK GDPR"
#       reference: "Art. 28(3)"
#   verification: V
#   severity: medium
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Attach the DPA"
#   example_pass: "DPA-123"
#   example_fail: "SaaS target, no contract ref"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.operator.third_party"
#   facts:
#     - "systems.*.operator.contract_ref?"
#     - "systems.*.operator.legal_entity"
#   reference: []
#   conditions:
#     - "a contract with its operator is referred to"
#     - "its operator is in the list of processors"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.personal) > 0
	some id, s in input.systems
	s.operator.third_party == true
}

_met["a contract with its operator is referred to"] contains id if {
	some id, s in _subjects
	facts.said(s.operator.contract_ref)
}

_met["its operator is in the list of processors"] contains id if {
	some id, s in _subjects
	s.operator.legal_entity in params.value("gdpr", "processors")
}
