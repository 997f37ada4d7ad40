package migrateiq.packs.nhs.nhs_19

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.names
import data.migrateiq.lib.verdicts

# METADATA
# title: "Backup before destructive change"
# description: >-
#   destructive action on essential-function data => offline/segregated verified backup
# custom:
#   control_id: NHS-19
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: action
#   citations:
#     - law: "NHS England"
#       reference: "CAF B5.c"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Back up first"
#   example_pass: "immutable snapshot"
#   example_fail: "drop table, no snapshot"
#   scope_facts:
#     - "actions"
#     - "actions.*.destructive"
#     - "actions.*.dataset"
#     - "datasets.*.essential"
#     - "actions.*.kind"
#   facts:
#     - "actions.*.backup.verified"
#     - "actions.*.backup.immutable"
#     - "actions.*.backup.taken_at?"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "a verified backup that nobody can change was taken before"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := names.of(
	[a |
		some a in input.actions
		not a.destructive == false
		not input.datasets[a.dataset].essential == false
	],
	["kind", "dataset"],
)

_met["a verified backup that nobody can change was taken before"] contains id if {
	some id, s in _subjects
	s.backup.verified == true
	s.backup.immutable == true
	facts.past(s.backup.taken_at)
}
