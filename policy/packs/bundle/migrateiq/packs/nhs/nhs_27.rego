package migrateiq.packs.nhs.nhs_27

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Data Dictionary value sets"
# description: >-
#   dd-tagged fields use permitted set validator and fixed format (leading zeros)
# custom:
#   control_id: NHS-27
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "NHS Data Dictionary national codes"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Bind value set"
#   example_pass: "an2 01-08"
#   example_fail: "'1' instead of '01'"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.validators"
#     - "fields.*.type.base"
#     - "fields.*.validators.*.name"
#     - "fields.*.validators.*.on_fail?"
#   reference: []
#   conditions:
#     - "a permitted set validates it"
#     - "it keeps leading zeros"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("dd_code"))

_met["a permitted set validates it"] contains id if {
	some id, s in _subjects
	some v in s.validators
	v.name == "permitted_set"
	v.on_fail in {"quarantine", "abort"}
}

_met["it keeps leading zeros"] contains id if {
	some id, s in _subjects
	s.type.base in fields.texts
}
