package migrateiq.packs.sox.sox_14

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "No drift between plan and apply"
# description: >-
#   drift.detected=false at apply; source/target schema hash unchanged; else replan
# custom:
#   control_id: SOX-14
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "AS 2110 .B4 (unauthorised changes)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [apply, verify, drift]
#   remediation: "Make a new plan"
#   example_pass: "no drift"
#   example_fail: "column altered by hand"
#   scope_facts:
#     - "phase"
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "drift.detected"
#     - "drift.checked_at"
#     - "plan.created_at"
#   reference: []
#   conditions:
#     - "nothing changed since it was planned"
#     - "somebody looked after the plan was made"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	input.phase != "plan"
	_in_scope
}

_in_scope if {
	some _, s in input.systems
	not s.sox.in_scope == false
}

_in_scope if {
	some _, d in input.datasets
	not d.icfr == false
}

_met["nothing changed since it was planned"] contains "plan" if {
	input.drift.detected == false
}

_met["somebody looked after the plan was made"] contains "plan" if {
	facts.ns(input.drift.checked_at) >= facts.ns(input.plan.created_at)
}
