package migrateiq.packs.sox.sox_08_operating

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accuracy control totals"
# description: >-
#   amount columns have sum/hash total per currency/period/entity with zero or approved tolerance
# custom:
#   control_id: SOX-08
#   framework: sox
#   variant: O
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "SOX"
#       reference: "COSO P13; AS 1105 (IPE accuracy and completeness)"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [apply, verify]
#   remediation: "Compare totals of each amount by currency, period or entity"
#   example_pass: "sum by ledger+ccy"
#   example_fail: "counts only"
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
#     - "index.by_class"
#     - "fields.*.dataset"
#     - "run.controls.*.id"
#     - "run.controls.*.pass"
#     - "verification.controls.*.id"
#     - "verification.controls.*.required"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "its totals agreed in the run"
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

_with_amounts := {input.fields[f].dataset | some f in fields.of("financial_amount")}

# A table without amounts has no totals.
_met["its totals agreed in the run"] contains id if {
	some id, _ in _subjects
	not id in _with_amounts
}

_met["its totals agreed in the run"] contains id if {
	some id, _ in _subjects
	people.ran(id, {"sum", "hash_total"})
}
