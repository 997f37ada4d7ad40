package migrateiq.packs.sox.sox_07_operating

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Completeness"
# description: >-
#   financial datasets: row-count control src = tgt + rejected + filtered, tolerance 0,
#   required=true
# custom:
#   control_id: SOX-07
#   framework: sox
#   variant: O
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "SOX"
#       reference: "AS 2201 control objective; COBIT BAI07.02; COSO P13"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [apply, verify]
#   remediation: "Add the control"
#   example_pass: "in=out+rej"
#   example_fail: "no row count"
#   scope_facts:
#     - "phase"
#     - "run?"
#     - "datasets.*.icfr"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "verification.controls"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.runs"
#     - "index.by_dataset"
#   facts:
#     - "run.controls"
#     - "run.controls.*.id"
#     - "run.controls.*.pass"
#     - "verification.controls.*.id"
#     - "verification.controls.*.required"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "its rows balanced in the run"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: d |
	people.operating
	some id, d in input.datasets
	d.icfr == true
	d.system in fields.targets
	some _ in input.index.by_dataset[id]
	not id in people.idle
}

_met["its rows balanced in the run"] contains id if {
	some id, _ in _subjects
	people.ran(id, {"row_balance"})
}
