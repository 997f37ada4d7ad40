package migrateiq.packs.nhs.nhs_09

import future.keywords.not

import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Caldicott justification recorded"
# description: >-
#   new/changed flow of confidential information => Caldicott Guardian approval bound to plan hash
# custom:
#   control_id: NHS-09
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "Caldicott Principle 1"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Have a Caldicott Guardian approve this intent"
#   example_pass: "CG approved hash abc"
#   example_fail: "no approval"
#   scope_facts:
#     - "datasets.*.cpi"
#   facts:
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
#     - "a Caldicott Guardian approved exactly this plan"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(_cpi) > 0}

_cpi := {id | some id, d in input.datasets; d.cpi == true}

_met["a Caldicott Guardian approved exactly this plan"] contains "plan" if {
	people.approved("caldicott_guardian")
}
