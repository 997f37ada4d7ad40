package migrateiq.packs.gdpr.gdpr_25

import future.keywords.not

import data.migrateiq.lib.actions
import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.names
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Recoverability of personal data"
# description: >-
#   destructive action on personal dataset => verified backup newer than param and tested restore
# custom:
#   control_id: GDPR-25
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: action
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 32(1)(b)-(c)"
#     - law: "UK GDPR"
#       reference: "Art. 32(1)(b)-(c)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Take and verify a backup"
#   example_pass: "backup 2h old, restore tested"
#   example_fail: "truncate with no backup"
#   scope_facts:
#     - "index.by_class"
#     - "actions"
#     - "actions.*.destructive"
#     - "actions.*.dataset"
#     - "actions.*.kind"
#     - "fields.*.dataset"
#     - "actions.*.classes?"
#   facts:
#     - "actions.*.backup.taken_at?"
#     - "actions.*.backup.verified"
#     - "actions.*.backup.restore_tested_at?"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "a verified backup was taken shortly before"
#     - "restoring it was tried"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := names.of(
	[a |
		some a in input.actions
		not a.destructive == false
		_of_people(a)
	],
	["kind", "dataset"],
)

_of_people(a) if a.dataset in fields.personal_datasets

# Rows of a mapping that is gone have no field in the plan; what they hold stands at the action.
_of_people(a) if actions.holds(a, "personal")

_met["a verified backup was taken shortly before"] contains id if {
	some id, s in _subjects
	s.backup.verified == true
	hours := facts.days_since(s.backup.taken_at) * 24
	hours >= 0
	hours <= params.value("gdpr", "backup_age_hours")
}

_met["restoring it was tried"] contains id if {
	some id, s in _subjects
	facts.past(s.backup.restore_tested_at)
}
