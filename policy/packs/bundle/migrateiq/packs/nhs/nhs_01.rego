package migrateiq.packs.nhs.nhs_01

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "NHS Number validated"
# description: >-
#   fields tagged nhs_number have validator nhs_mod11 (reject check 10, reject repdigits) with
#   on_fail in {quarantine,abort}
# custom:
#   control_id: NHS-01
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "NHS Data Dictionary NHS NUMBER (10 digits, Modulus 11 mandatory)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Add the validator"
#   example_pass: "validator bound"
#   example_fail: "NHS no. copied unvalidated"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.validators"
#     - "fields.*.validators.*.name"
#     - "fields.*.validators.*.on_fail?"
#   reference: []
#   conditions:
#     - "nhs_mod11 validates it and stops or sets aside what fails"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("nhs_number"))

_met["nhs_mod11 validates it and stops or sets aside what fails"] contains id if {
	some id, s in _subjects
	some v in s.validators
	v.name == "nhs_mod11"
	v.on_fail in {"quarantine", "abort"}
}
