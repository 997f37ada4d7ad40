package migrateiq.packs.sox.sox_10

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Cut-off and period lock"
# description: >-
#   posting/effective dates preserved; closed periods not written; close-calendar blackout respected
# custom:
#   control_id: SOX-10
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "SOX"
#       reference: "COSO P10; SOX 302 quarter certification (mapping own)"
#   verification: U
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Reschedule or override by controller"
#   example_pass: "outside close"
#   example_fail: "writes to closed FY25-Q4"
#   scope_facts:
#     - "datasets.*.icfr"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "index.by_dataset"
#   facts:
#     - "index.by_class"
#     - "change.window.start?"
#     - "change.window.end?"
#     - "change.window.freeze"
#     - "fields.*.dataset"
#     - "fields.*.lineage.loss"
#   reference: []
#   conditions:
#     - "its posting dates come along without loss"
#     - "its window lies in no freeze and no closed period"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: d |
	some id, d in input.datasets
	d.icfr == true
	d.system in fields.targets
}

_dated := {input.fields[f].dataset | some f in fields.of("posting_date")}

_lossy := {input.fields[f].dataset | some f in fields.of("posting_date"); not input.fields[f].lineage.loss == "none"}

# A period that nobody can read is one that the window may lie in.
_in_closed_period if {
	some p in params.value("sox", "closed_periods")
	not _outside(p)
}

_outside(period) if {
	_ends(period)
	facts.ns(input.change.window.end) < _begins(period)
}

_outside(period) if {
	_begins(period)
	facts.ns(input.change.window.start) > _ends(period)
}

_begins(period) := facts.ns(_moment(period.from, "T00:00:00Z"))

_ends(period) := facts.ns(_moment(period.to, "T23:59:59Z"))

_moment(text, of_day) := concat("", [text, of_day]) if {
	is_string(text)
	not contains(text, "T")
}

else := text

_window_known if facts.ns(input.change.window.start) < facts.ns(input.change.window.end)

_met["its posting dates come along without loss"] contains id if {
	some id, _ in _subjects
	id in _dated
	not id in _lossy
}

# Rows of a mapping that is gone are deleted with their dates.
_met["its posting dates come along without loss"] contains id if {
	some id, _ in _subjects
	not input.index.by_dataset[id]
}

_met["its window lies in no freeze and no closed period"] contains id if {
	some id, _ in _subjects
	_window_known
	input.change.window.freeze == false
	not _in_closed_period
}
