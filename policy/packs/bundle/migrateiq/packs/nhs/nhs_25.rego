package migrateiq.packs.nhs.nhs_25

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Clinical codes intact"
# description: >-
#   code fields typed string/int64, validator sctid/icd10/opcs4, map_ref versioned, unmapped =>
#   quarantine; never float/JSON number > 2^53
# custom:
#   control_id: NHS-25
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "SNOMED CT identifier spec (6-18 digits, partition, Verhoeff); map version"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Fix type and validator"
#   example_pass: "VARCHAR(18)+sctid"
#   example_fail: "SCTID as DOUBLE"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.type.base"
#     - "fields.*.validators"
#     - "fields.*.terminology.system"
#     - "fields.*.terminology.version?"
#     - "fields.*.terminology.map_ref?"
#     - "fields.*.terminology.unmapped"
#     - "fields.*.validators.*.name"
#     - "fields.*.validators.*.on_fail?"
#   reference: []
#   conditions:
#     - "it is text or a whole number of 64 bits"
#     - "its codes are validated"
#     - "its map has a version"
#     - "unmapped codes are set aside"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("clinical_code"))

_validators := {"snomed": {"sctid"}, "icd10": {"icd10"}, "opcs4": {"opcs4"}, "dmd": {"sctid"}, "read2": {"read2"}, "ctv3": {"ctv3"}}

_met["it is text or a whole number of 64 bits"] contains id if {
	some id, s in _subjects
	s.type.base in fields.texts
}

_met["it is text or a whole number of 64 bits"] contains id if {
	some id, s in _subjects
	s.type.base == "int64"
	s.terminology.system in {"snomed", "dmd"}
}

_met["its codes are validated"] contains id if {
	some id, s in _subjects
	some v in s.validators
	v.name in _validators[s.terminology.system]
	v.on_fail in {"quarantine", "abort"}
}

_met["its map has a version"] contains id if {
	some id, s in _subjects
	facts.said(s.terminology.version)
	facts.said(s.terminology.map_ref)
}

_met["unmapped codes are set aside"] contains id if {
	some id, s in _subjects
	s.terminology.unmapped in {"quarantine", "fail"}
}
