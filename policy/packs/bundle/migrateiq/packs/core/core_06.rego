package migrateiq.packs.core.core_06

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Risk score within authority"
# description: >-
#   'risk.score' <= threshold of the highest approver role; above ceiling => deny
# custom:
#   control_id: CORE-06
#   framework: core
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "migrateiq"
#       reference: "engine rule (CAF A2.a, A1.c)"
#   verification: own
#   severity: medium
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Have it approved by a role of higher authority, or split the plan"
#   example_pass: "score 42, approver ceiling 60"
#   example_fail: "score 91, single peer approval"
#   scope_facts:
#     - "risk.score"
#   facts:
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "plan.intent_digest"
#     - "change.approvals.*.intent_digest"
#     - "change.approvals.*.roles"
#   reference: []
#   conditions:
#     - "its risk score is within the authority of those who approved it"
#     - "its risk score is below the ceiling"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input}

_authority := max([limit |
	some a in input.change.approvals
	a.verified == true
	a.intent_digest == input.plan.intent_digest
	some role in a.roles
	limit := params.value("core", "risk_authority")[role]
])

_met["its risk score is within the authority of those who approved it"] contains "plan" if {
	input.risk.score <= _authority
}

_met["its risk score is below the ceiling"] contains "plan" if {
	facts.number(input.risk.score) <= params.value("core", "risk_ceiling")
}
