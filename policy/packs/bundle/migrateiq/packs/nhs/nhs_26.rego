package migrateiq.packs.nhs.nhs_26

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Units, coded meanings and exclusions documented"
# description: >-
#   clinical numerics have unit mapping; coded values have meaning map; excluded/derived data listed
# custom:
#   control_id: NHS-26
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "NHSE GP IT Data Migration standard S26 (DMI02; DMI01 approach; DMI27 internet transfer)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete the DDE section"
#   example_pass: "unit mmol/L mapped"
#   example_fail: "weight kg/lb unmapped"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.unit.source?"
#     - "fields.*.unit.target?"
#     - "fields.*.meaning_map_ref?"
#     - "clinical.exclusions"
#   reference: []
#   conditions:
#     - "a quantity says its units on both sides"
#     - "a coded value has a map of meanings"
#     - "what is left out is listed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("clinical_quantity") | fields.of("clinical_code"))

_quantity := fields.of("clinical_quantity")

_code := fields.of("clinical_code")

_met["a quantity says its units on both sides"] contains id if {
	some id, _ in _subjects
	not id in _quantity
}

_met["a quantity says its units on both sides"] contains id if {
	some id, s in _subjects
	facts.said(s.unit.source)
	facts.said(s.unit.target)
}

_met["a coded value has a map of meanings"] contains id if {
	some id, _ in _subjects
	not id in _code
}

_met["a coded value has a map of meanings"] contains id if {
	some id, s in _subjects
	facts.said(s.meaning_map_ref)
}

_met["what is left out is listed"] contains id if {
	is_array(input.clinical.exclusions)
	some id, _ in _subjects
}
