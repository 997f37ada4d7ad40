package migrateiq.packs.sox.sox_04

import future.keywords.not

import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Business owner approval"
# description: >-
#   financial dataset => approval with role data_owner/controller as well as IT
# custom:
#   control_id: SOX-04
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI07.01 (approval from relevant parties)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Have the data owner or controller and IT approve this intent"
#   example_pass: "controller+IT"
#   example_fail: "IT only"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "change.author.id"
#     - "plan.intent_digest"
#     - "evaluated_at"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "change.approvals.*.actor"
#     - "change.approvals.*.at?"
#     - "change.approvals.*.intent_digest"
#     - "change.approvals.*.roles"
#   reference: []
#   conditions:
#     - "the business approved exactly this plan"
#     - "IT approved exactly this plan"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	some _, d in input.datasets
	not d.icfr == false
}

_met["the business approved exactly this plan"] contains "plan" if {
	people.approved("data_owner")
}

_met["the business approved exactly this plan"] contains "plan" if {
	people.approved("controller")
}

_met["IT approved exactly this plan"] contains "plan" if {
	people.approved("it")
}
