package migrateiq.packs.sox.sox_08

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accuracy control totals"
# description: >-
#   amount columns have sum/hash total per currency/period/entity with zero or approved tolerance
# custom:
#   control_id: SOX-08
#   framework: sox
#   variant: D
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "SOX"
#       reference: "COSO P13; AS 1105 (IPE accuracy and completeness)"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Compare totals of each amount by currency, period or entity"
#   example_pass: "sum by ledger+ccy"
#   example_fail: "counts only"
#   scope_facts:
#     - "datasets.*.icfr"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "index.by_dataset"
#   facts:
#     - "verification.controls"
#     - "index.by_class"
#     - "fields.*.dataset"
#     - "fields.*.column"
#     - "verification.controls.*.columns"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.group_by"
#     - "verification.controls.*.required"
#     - "verification.controls.*.tolerance"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "each of its amounts has a required total by currency, period or entity"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: d |
	some id, d in input.datasets
	d.icfr == true
	d.system in fields.targets
	some _ in input.index.by_dataset[id]
}

_amounts := {[input.fields[f].dataset, input.fields[f].column] | some f in fields.of("financial_amount")}

_totalled := {[c.dataset, column] |
	some c in input.verification.controls
	c.type in {"sum", "hash_total"}
	c.required == true
	facts.number(c.tolerance) <= params.value("sox", "tolerance")
	facts.number(c.tolerance) >= 0
	facts.size(c.group_by) > 0
	some column in c.columns
}

_open := {amount[0] | some amount in (_amounts - _totalled)}

_met["each of its amounts has a required total by currency, period or entity"] contains id if {
	some id, _ in _subjects
	not id in _open
}
