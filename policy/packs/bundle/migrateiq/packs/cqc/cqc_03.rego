package migrateiq.packs.cqc.cqc_03

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Staff/management records"
# description: >-
#   hr datasets same integrity controls
# custom:
#   control_id: CQC-03
#   framework: cqc
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "CQC"
#       reference: "reg. 17(2)(d) (U)"
#   verification: U
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Verify in full, and let no row be dropped"
#   example_pass: "ok"
#   example_fail: "none"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "fields.*.dataset"
#   facts:
#     - "verification.level"
#     - "verification.controls"
#     - "quality.on_breach"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.required"
#     - "verification.controls.*.tolerance"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "it is verified in full, and no row is dropped in silence"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.datasets_of(fields.of("hr"))
	input.datasets[id].system in fields.targets
}

_met["it is verified in full, and no row is dropped in silence"] contains id if {
	some id, _ in _subjects
	input.verification.level == "full"
	input.quality.on_breach == "abort"
	people.checked(id, "row_balance")
}
