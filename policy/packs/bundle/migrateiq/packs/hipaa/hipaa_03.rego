package migrateiq.packs.hipaa.hipaa_03

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "Dates and ages"
# description: >-
#   individual dates -> year; age >89 -> 90+, and no date element revealing it
# custom:
#   control_id: HIP-03
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "HIPAA"
#       reference: "164.514(b)(2)(i)(C)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Generalise"
#   example_pass: "1958; 90+"
#   example_fail: "DOB; age 94"
#   scope_facts:
#     - "anonymity.claim"
#     - "index.by_class"
#     - "fields.*.classification.inherited"
#     - "fields"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.protection.params.band?"
#   reference: []
#   conditions:
#     - "it is removed, or a date is a year and an age over 89 is one group"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	input.anonymity.claim == "safe_harbor"
	some id in ((origins.of("personal.date") | _birth) | _age)
}

_age := origins.of("personal.age")

# The year of a birth tells an age over 89, and the year of something else does not.
_birth := origins.of("personal.birth_date")

_met["it is removed, or a date is a year and an age over 89 is one group"] contains id if {
	some id, s in _subjects
	s.protection.method in fields.removing
}

_met["it is removed, or a date is a year and an age over 89 is one group"] contains id if {
	some id, s in _subjects
	not id in _age
	s.protection.method == "generalise"
	_year(id, s.protection.params.band)
}

_met["it is removed, or a date is a year and an age over 89 is one group"] contains id if {
	some id, s in _subjects
	id in _age
	s.protection.method == "generalise"
	s.protection.params.band == "age_90_plus"
}

_year(_, "year_90_plus")

_year(id, "year") if not id in _birth
