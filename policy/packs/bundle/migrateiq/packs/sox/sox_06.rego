package migrateiq.packs.sox.sox_06

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Conversion plan with audit trail and recovery"
# description: >-
#   rollback strategy, tested_at, backup, cut-over window present
# custom:
#   control_id: SOX-06
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI07.02"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add fallback"
#   example_pass: "restore tested"
#   example_fail: "none"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "change.rollback.strategy"
#     - "change.rollback.tested_at?"
#     - "change.window.start?"
#     - "change.window.end?"
#     - "evaluated_at"
#     - "actions"
#     - "actions.*.destructive"
#     - "actions.*.backup.ref?"
#   reference: []
#   conditions:
#     - "there is a way back that was tried"
#     - "the window of the cut-over is set"
#     - "what it removes has a backup"
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

_met["there is a way back that was tried"] contains "plan" if {
	input.change.rollback.strategy in {"restore", "reverse", "blue_green"}
	age := facts.days_since(input.change.rollback.tested_at)
	age >= 0
	age <= params.value("sox", "rollback_test_days")
}

_met["the window of the cut-over is set"] contains "plan" if {
	facts.ns(input.change.window.start) < facts.ns(input.change.window.end)
}

_without_backup := [a |
	some a in input.actions
	not a.destructive == false
	not facts.said(a.backup.ref)
]

_met["what it removes has a backup"] contains "plan" if {
	count(_without_backup) == 0
}
