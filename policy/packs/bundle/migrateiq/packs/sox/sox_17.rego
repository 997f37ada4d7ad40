package migrateiq.packs.sox.sox_17

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Emergency change followed up"
# description: >-
#   change.emergency => two-person go, post-review due <= 5 d; overdue blocks further emergencies
# custom:
#   control_id: SOX-17
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI06.02 (U)"
#   verification: U
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete review"
#   example_pass: "review 2 d"
#   example_fail: "3 open emergencies"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#     - "change.emergency"
#   facts:
#     - "change.post_review_due?"
#     - "change.open_emergencies"
#     - "change.author.id"
#     - "evaluated_at"
#     - "plan.intent_digest"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "change.approvals.*.actor?"
#     - "change.approvals.*.intent_digest"
#   reference: []
#   conditions:
#     - "two people let it go"
#     - "its review afterwards is due in time"
#     - "not too many emergencies are open"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	_in_scope
	not input.change.emergency == false
}

_in_scope if {
	some _, s in input.systems
	not s.sox.in_scope == false
}

_in_scope if {
	some _, d in input.datasets
	not d.icfr == false
}

_met["two people let it go"] contains "plan" if {
	some approver in people.approvers
	approver != people.person(input.change.author.id)
}

_met["its review afterwards is due in time"] contains "plan" if {
	days := 0 - facts.days_since(input.change.post_review_due)
	days >= 0
	days <= params.value("sox", "post_review_days")
}

_met["not too many emergencies are open"] contains "plan" if {
	facts.number(input.change.open_emergencies) <= params.value("sox", "open_emergencies")
}
