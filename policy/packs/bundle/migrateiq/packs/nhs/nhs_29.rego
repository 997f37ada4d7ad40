package migrateiq.packs.nhs.nhs_29

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Legally restricted data segregated"
# description: >-
#   class legally_restricted not mapped unless explicit approval and segregated dataset
# custom:
#   control_id: NHS-29
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "CAF-DSPT E3.a exceptions (e.g. HIV/STI anonymous access); GRA 2004 etc. (U)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Exclude the codes"
#   example_pass: "codes filtered"
#   example_fail: "gender-recognition history copied"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "datasets.*.record_class"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "change.author.id"
#     - "plan.intent_digest"
#     - "evaluated_at"
#     - "change.approvals.*.actor"
#     - "change.approvals.*.at?"
#     - "change.approvals.*.intent_digest"
#     - "change.approvals.*.roles"
#     - "fields.*.dataset"
#     - "index.by_dataset"
#   reference: []
#   conditions:
#     - "a Caldicott Guardian approved exactly this plan"
#     - "it lies in a dataset of its own"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("legally_restricted"))

_alone(dataset) if every f in input.index.by_dataset[dataset] { f in fields.of("legally_restricted") }

_met["a Caldicott Guardian approved exactly this plan"] contains id if {
	some id, _ in _subjects
	people.approved("caldicott_guardian")
}

_met["it lies in a dataset of its own"] contains id if {
	some id, s in _subjects
	_alone(s.dataset)
}
