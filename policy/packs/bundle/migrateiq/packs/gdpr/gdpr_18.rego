package migrateiq.packs.gdpr.gdpr_18

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "DPIA where high risk"
# description: >-
#   large scale special/criminal data, or score >= threshold, or new-technology flag =>
#   dpia.status=approved, covers activity, approved_at <= plan, not expired
# custom:
#   control_id: GDPR-18
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 35(1), 35(3)(b), 35(7)(a)-(d)"
#     - law: "UK GDPR"
#       reference: "Art. 35(1), 35(3)(b), 35(7)(a)-(d)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Complete/refresh the DPIA"
#   example_pass: "DPIA-9 approved 2026-09"
#   example_fail: "4m patient rows, no DPIA"
#   scope_facts:
#     - "index.by_class"
#     - "processing.subject_estimate"
#     - "risk.score"
#     - "processing.new_technology"
#     - "datasets.*.rows?"
#     - "fields.*.dataset"
#     - "index.by_dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "processing.dpia.status"
#     - "processing.dpia.covers"
#     - "processing.dpia.approved_at?"
#     - "processing.dpia.expires?"
#     - "processing.activity_id"
#     - "plan.created_at"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "an assessment was approved before the plan was made"
#     - "the assessment covers this activity"
#     - "the assessment is in date"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | _high_risk}

_high_risk if {
	count(fields.special | fields.of("criminal_offence")) > 0
	input.processing.subject_estimate >= params.value("gdpr", "large_scale_subjects")
}

# Rows of a table that hold such data may be as many people, whatever the estimate; rows that nobody counted may be any
# number.
_high_risk if {
	some id in fields.datasets_of(fields.special | fields.of("criminal_offence"))
	not _few(id)
}

_few(id) if facts.number(input.datasets[id].rows) < params.value("gdpr", "large_scale_subjects")

# A table that is not counted, as it is loaded for the first time, gets no more rows than its sources hold.
_few(id) if {
	input.datasets[id].rows == null
	from := {s.dataset | some f in input.index.by_dataset[id]; some s in input.fields[f].sources}
	count(from) > 0
	every source in from { facts.number(input.datasets[source].rows) < params.value("gdpr", "large_scale_subjects") }
}

_high_risk if {
	count(fields.personal) > 0
	input.risk.score >= params.value("gdpr", "dpia_risk_score")
}

_high_risk if {
	count(fields.personal) > 0
	not input.processing.new_technology == false
}

_met["an assessment was approved before the plan was made"] contains "plan" if {
	input.processing.dpia.status == "approved"
	facts.ns(input.processing.dpia.approved_at) <= facts.ns(input.plan.created_at)
}

_met["the assessment covers this activity"] contains "plan" if {
	facts.said(input.processing.activity_id)
	input.processing.activity_id in input.processing.dpia.covers
}

_met["the assessment is in date"] contains "plan" if {
	facts.future(input.processing.dpia.expires)
}
