package migrateiq.packs.bcbs239.bcbs239_03_operating

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accuracy and integrity"
# description: >-
#   risk datasets reconciled to source/accounting with tolerance; manual steps documented
# custom:
#   control_id: BCB-03
#   framework: bcbs239
#   variant: O
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 3"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [apply, verify]
#   remediation: "Add reconciliation"
#   example_pass: "recon to GL"
#   example_fail: "none"
#   scope_facts:
#     - "phase"
#     - "run?"
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "verification.controls"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.runs"
#   facts:
#     - "run.controls"
#     - "run.controls.*.id"
#     - "run.controls.*.pass"
#     - "verification.controls.*.id"
#     - "verification.controls.*.required"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "its reconciliation agreed in the run"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	people.operating
	some id in fields.datasets_of(_critical)
	input.datasets[id].system in fields.targets
	not id in people.idle
}

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_met["its reconciliation agreed in the run"] contains id if {
	some id, _ in _subjects
	people.ran(id, {"sum", "hash_total", "business_rule"})
}
