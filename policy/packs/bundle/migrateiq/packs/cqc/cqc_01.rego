package migrateiq.packs.cqc.cqc_01

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accurate, complete, contemporaneous care record"
# description: >-
#   service-user record datasets: verification full, zero silent drops, author/time metadata
#   preserved
# custom:
#   control_id: CQC-01
#   framework: cqc
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "CQC"
#       reference: "HSCA 2008 (RA) Regs 2014 reg. 17(2)(c)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Map provenance fields"
#   example_pass: "author+time kept"
#   example_fail: "entries lose author"
#   scope_facts:
#     - "datasets.*.clinical"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "fields.*.sources"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "verification.level"
#     - "verification.controls"
#     - "index.by_class"
#     - "quality.on_breach"
#     - "fields.*.dataset"
#     - "fields.*.lineage.loss"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.required"
#     - "verification.controls.*.tolerance"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "it is verified in full"
#     - "no row is dropped in silence"
#     - "author and time of its entries come along"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.clinical_datasets
	input.datasets[id].system in fields.targets
}

_keeping(class) := {input.fields[f].dataset | some f in fields.of(class); input.fields[f].lineage.loss == "none"}

_met["it is verified in full"] contains id if {
	some id, _ in _subjects
	input.verification.level == "full"
}

_met["no row is dropped in silence"] contains id if {
	some id, _ in _subjects
	people.checked(id, "row_balance")
	input.quality.on_breach == "abort"
}

_met["author and time of its entries come along"] contains id if {
	some id, _ in _subjects
	id in _keeping("record_author")
	id in _keeping("record_time")
}
