package migrateiq.packs.hipaa.hipaa_09_operating

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Integrity"
# description: >-
#   verification.level >= checksums on PHI
# custom:
#   control_id: HIP-09
#   framework: hipaa
#   variant: O
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "HIPAA"
#       reference: "164.312(c)(1)-(2)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [apply, verify]
#   remediation: "Add checksums"
#   example_pass: "checksums"
#   example_fail: "none"
#   scope_facts:
#     - "phase"
#     - "run?"
#     - "index.by_class"
#     - "datasets.*.system"
#     - "systems.*.roles"
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
#     - "its checksums agreed in the run"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	people.operating
	some id in fields.datasets_of(fields.group("phi"))
	input.datasets[id].system in fields.targets
	not id in people.idle
}

_met["its checksums agreed in the run"] contains id if {
	some id, _ in _subjects
	people.ran(id, {"field_checksum"})
}
