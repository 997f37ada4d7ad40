package migrateiq.packs.bcbs239.bcbs239_03

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accuracy and integrity"
# description: >-
#   risk datasets reconciled to source/accounting with tolerance; manual steps documented
# custom:
#   control_id: BCB-03
#   framework: bcbs239
#   variant: D
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 3"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add reconciliation"
#   example_pass: "recon to GL"
#   example_fail: "none"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "verification.controls"
#     - "fields.*.lineage.opaque"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.required"
#     - "verification.controls.*.tolerance"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "a required total or rule reconciles it"
#     - "no step of it is unknown"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.datasets_of(_critical)
	input.datasets[id].system in fields.targets
}

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_manual := {input.fields[f].dataset | some f in _critical; not input.fields[f].lineage.opaque == false}

_met["a required total or rule reconciles it"] contains c.dataset if {
	some c in input.verification.controls
	c.required == true
	c.type in {"sum", "hash_total", "business_rule"}
	facts.number(c.tolerance) >= 0
}

_met["no step of it is unknown"] contains id if {
	some id, _ in _subjects
	not id in _manual
}
