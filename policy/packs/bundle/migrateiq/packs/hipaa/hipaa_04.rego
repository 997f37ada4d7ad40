package migrateiq.packs.hipaa.hipaa_04

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Re-identification code not derived"
# description: >-
#   safe_harbor record code is random/vault, not hash/HMAC of MRN/SSN/etc.; mechanism undisclosed
# custom:
#   control_id: HIP-04
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "HIPAA"
#       reference: "164.514(c) (from memory)"
#   verification: U
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Random surrogate"
#   example_pass: "vault uuid"
#   example_fail: "HMAC(mrn)"
#   scope_facts:
#     - "anonymity.claim"
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.sources"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "fields.*.protection.key.custodian?"
#     - "fields.*.protection.key.system?"
#   reference: []
#   conditions:
#     - "it is random, not derived from a person's details"
#     - "its vault lies elsewhere"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	input.anonymity.claim == "safe_harbor"
	some id in fields.of("record_code")
}

_met["it is random, not derived from a person's details"] contains id if {
	some id, s in _subjects
	s.protection.method == "token_vault"
}

_met["it is random, not derived from a person's details"] contains id if {
	some id, s in _subjects
	s.protection.method in fields.removing
}

_met["its vault lies elsewhere"] contains id if {
	some id, s in _subjects
	s.protection.method in fields.removing
}

_met["its vault lies elsewhere"] contains id if {
	some id, _ in _subjects
	fields.apart(id)
}
