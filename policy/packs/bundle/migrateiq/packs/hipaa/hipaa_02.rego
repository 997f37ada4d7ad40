package migrateiq.packs.hipaa.hipaa_02

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "ZIP3 rule"
# description: >-
#   zip -> first 3 digits only, 000 for areas <=20,000 people by current Census list in data
# custom:
#   control_id: HIP-02
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "HIPAA"
#       reference: "164.514(b)(2)(i)(B)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Apply zip3"
#   example_pass: "606"
#   example_fail: "60614; 036 kept"
#   scope_facts:
#     - "anonymity.claim"
#     - "index.by_class"
#     - "fields.*.classification.inherited"
#     - "fields"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.protection.params.keep_first?"
#     - "fields.*.protection.params.zip3_list?"
#   reference:
#     - "zip3"
#   conditions:
#     - "it is removed, or cut to three digits with small areas as 000 by the list in use"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	input.anonymity.claim == "safe_harbor"
	some id in (origins.of("personal.zip") | origins.of("personal.postcode"))
}

_met["it is removed, or cut to three digits with small areas as 000 by the list in use"] contains id if {
	some id, s in _subjects
	s.protection.method in fields.removing
}

_met["it is removed, or cut to three digits with small areas as 000 by the list in use"] contains id if {
	some id, s in _subjects
	s.protection.method == "generalise"
	s.protection.params.keep_first == 3
	s.protection.params.zip3_list == data.migrateiq.reference.zip3.as_of
}
