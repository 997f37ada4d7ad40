package migrateiq.packs.sox.sox_12

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.names
import data.migrateiq.lib.verdicts

# METADATA
# title: "Record destruction guarded"
# description: >-
#   destructive action on financial/audit records => legal-hold check clear + retention expired +
#   records approval
# custom:
#   control_id: SOX-12
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: action
#   citations:
#     - law: "SOX"
#       reference: "SOX 802 (18 USC 1519); legal hold"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Clear hold"
#   example_pass: "hold=false"
#   example_fail: "drop GL archive under hold"
#   scope_facts:
#     - "actions"
#     - "actions.*.destructive"
#     - "actions.*.dataset"
#     - "datasets.*.icfr"
#     - "datasets.*.record_class"
#     - "actions.*.kind"
#   facts:
#     - "datasets.*.retention.legal_hold"
#     - "datasets.*.retention.days"
#     - "datasets.*.newest_record?"
#     - "actions.*.approval_ref?"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "no legal hold is on it"
#     - "its records are past their retention"
#     - "the records manager approved it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := names.of(
	[a |
		some a in input.actions
		not a.destructive == false
		_kept(a.dataset)
	],
	["kind", "dataset"],
)

_kept(d) if not input.datasets[d].icfr == false

_kept(d) if input.datasets[d].record_class in {"financial", "audit"}

_met["no legal hold is on it"] contains id if {
	some id, s in _subjects
	input.datasets[s.dataset].retention.legal_hold == false
}

_met["its records are past their retention"] contains id if {
	some id, s in _subjects
	d := input.datasets[s.dataset]
	d.retention.days > 0
	facts.days_since(d.newest_record) > d.retention.days
}

_met["the records manager approved it"] contains id if {
	some id, s in _subjects
	facts.said(s.approval_ref)
}
