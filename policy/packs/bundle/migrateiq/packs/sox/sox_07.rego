package migrateiq.packs.sox.sox_07

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
#   variant: D
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "SOX"
#       reference: "AS 2201 control objective; COBIT BAI07.02; COSO P13"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Add the control"
#   example_pass: "in=out+rej"
#   example_fail: "no row count"
#   scope_facts:
#     - "datasets.*.icfr"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "index.by_dataset"
#   facts:
#     - "verification.controls"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.required"
#     - "verification.controls.*.tolerance"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "a required check balances its rows, with no tolerance"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: d |
	some id, d in input.datasets
	d.icfr == true
	d.system in fields.targets
	some _ in input.index.by_dataset[id]
}

_met["a required check balances its rows, with no tolerance"] contains id if {
	some id, _ in _subjects
	people.checked(id, "row_balance")
}
