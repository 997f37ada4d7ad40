package migrateiq.packs.hipaa.hipaa_05

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Minimum necessary"
# description: >-
#   phi fields have purpose; non-treatment purposes need justification
# custom:
#   control_id: HIP-05
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "HIPAA"
#       reference: "164.502(b), 164.514(d)"
#   verification: S
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Drop the field, or justify it"
#   example_pass: "required_for"
#   example_fail: "whole chart for billing"
#   scope_facts:
#     - "index.by_class"
#     - "processing.purposes"
#     - "fields"
#   facts:
#     - "fields.*.required_for"
#     - "fields.*.justification?"
#   reference: []
#   conditions:
#     - "treatment needs it, or another purpose does and somebody justified it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.group("phi"))

_met["treatment needs it, or another purpose does and somebody justified it"] contains id if {
	some id, s in _subjects
	some p in s.required_for
	p in {"direct_care", "treatment"}
	p in input.processing.purposes
}

_met["treatment needs it, or another purpose does and somebody justified it"] contains id if {
	some id, s in _subjects
	some p in s.required_for
	p in input.processing.purposes
	facts.said(s.justification)
}
