package migrateiq.packs.sox.sox_18

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "No manual override"
# description: >-
#   no '-target', skip-verify, force or lock override flags on in-scope plan, unless approved in
#   change
# custom:
#   control_id: SOX-18
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "AS 2110 .B4 (inappropriate manual intervention)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Remove flag"
#   example_pass: "none"
#   example_fail: "-skip-verify"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "plan.flags.target_subset"
#     - "plan.flags.skip_verify"
#     - "plan.flags.force"
#     - "plan.left_out"
#     - "actions"
#     - "actions.*.treated_as"
#     - "change.override_ref?"
#   reference: []
#   conditions:
#     - "no flag narrows or weakens it, or the change allows that"
#     - "nothing it does is taken for less than it is, or the change allows that"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | _in_scope}

_in_scope if {
	some _, s in input.systems
	not s.sox.in_scope == false
}

_in_scope if {
	some _, d in input.datasets
	not d.icfr == false
}

_met["no flag narrows or weakens it, or the change allows that"] contains "plan" if {
	facts.size(input.plan.flags.target_subset) == 0
	facts.size(input.plan.left_out) == 0
	input.plan.flags.skip_verify == false
	input.plan.flags.force == false
}

_met["no flag narrows or weakens it, or the change allows that"] contains "plan" if {
	facts.said(input.change.override_ref)
}

_treated := [a |
	some a in input.actions
	not facts.size(a.treated_as) == 0
]

_met["nothing it does is taken for less than it is, or the change allows that"] contains "plan" if count(_treated) == 0

_met["nothing it does is taken for less than it is, or the change allows that"] contains "plan" if {
	facts.said(input.change.override_ref)
}
