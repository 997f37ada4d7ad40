package migrateiq.packs.nhs.nhs_24

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Clinical safety of deployment"
# description: >-
#   clinical dataset into prod => local hazard log covers this migration, CSO sign-off bound to plan
#   hash, no open unacceptable hazards
# custom:
#   control_id: NHS-24
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "DCB0160 v3.2"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Have the clinical safety officer approve this intent"
#   example_pass: "CSO approved"
#   example_fail: "go-live without sign-off"
#   scope_facts:
#     - "datasets.*.clinical"
#     - "datasets.*.system"
#     - "systems.*.environment"
#     - "systems.*.roles"
#     - "fields.*.sources"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "clinical.dcb0160_ref?"
#     - "clinical.hazard_log_ref?"
#     - "clinical.open_unacceptable_hazards"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "change.author.id"
#     - "plan.intent_digest"
#     - "evaluated_at"
#     - "change.approvals.*.actor"
#     - "change.approvals.*.at?"
#     - "change.approvals.*.intent_digest"
#     - "change.approvals.*.roles"
#   reference: []
#   conditions:
#     - "the local hazard log covers this migration"
#     - "no hazard is open that cannot be accepted"
#     - "the clinical safety officer signed off exactly this plan"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	some id in fields.clinical_datasets
	system := input.datasets[id].system
	system in fields.targets
	fields.production(input.systems[system])
}

_met["the local hazard log covers this migration"] contains "plan" if {
	facts.said(input.clinical.dcb0160_ref)
	facts.said(input.clinical.hazard_log_ref)
}

_met["no hazard is open that cannot be accepted"] contains "plan" if {
	input.clinical.open_unacceptable_hazards == 0
}

_met["the clinical safety officer signed off exactly this plan"] contains "plan" if {
	people.approved("cso")
}
