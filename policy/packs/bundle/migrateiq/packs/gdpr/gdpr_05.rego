package migrateiq.packs.gdpr.gdpr_05

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Data minimisation per field"
# description: >-
#   each personal target field has 'required_for' intersecting 'purposes' or a 'justification';
#   unused personal source columns are not staged
# custom:
#   control_id: GDPR-05
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(c), 25(1)-(2)"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(c), 25(1)-(2)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Drop the column or justify it"
#   example_pass: "'dob' required_for eligibility"
#   example_fail: "'mothers_maiden_name' with no purpose"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.required_for"
#     - "fields.*.justification?"
#     - "processing.purposes"
#   reference: []
#   conditions:
#     - "a purpose of this processing needs it, or somebody justified it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.personal)

_met["a purpose of this processing needs it, or somebody justified it"] contains id if {
	some id, s in _subjects
	some p in s.required_for
	p in input.processing.purposes
}

_met["a purpose of this processing needs it, or somebody justified it"] contains id if {
	some id, s in _subjects
	facts.said(s.justification)
}
