package migrateiq.packs.gdpr.gdpr_12

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "Pseudonymisation is sound"
# description: >-
#   method hash/pseudonymise on an identifier => keyed (HMAC/CMAC/FPE/vault), key >=128-bit, key
#   custodian/system != target, 'salt_scope' = project/domain; unkeyed or static-salt hash of
#   low-entropy id => fail
# custom:
#   control_id: GDPR-12
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 4(5), 25(1), 32(1)(a); Recitals 26, 28-29; EDPB Guidelines 01/2025 (consultation version)"
#     - law: "UK GDPR"
#       reference: "Art. 4(5), 25(1), 32(1)(a)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Use hmac with project-scoped KMS key"
#   example_pass: "HMAC-SHA-256, key in KMS A, target B"
#   example_fail: "sha256(nhs_number)"
#   scope_facts:
#     - "index.by_class"
#     - "fields.*.protection.method"
#     - "fields.*.classification.inherited"
#   facts:
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#     - "fields.*.protection.key.custodian?"
#     - "fields.*.protection.salt_scope"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   reference: []
#   conditions:
#     - "a key of 128 bits or more makes its pseudonyms"
#     - "the key lies elsewhere, with a custodian of its own"
#     - "pseudonyms are of one project or domain"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some id in origins.group("direct")
	input.fields[id].protection.method in {"hash", "hmac", "token_vault", "fpe_ff1", "encrypt"}
}

_met["a key of 128 bits or more makes its pseudonyms"] contains id if {
	some id, s in _subjects
	fields.keyed(s.protection)
}

_met["the key lies elsewhere, with a custodian of its own"] contains id if {
	some id, _ in _subjects
	fields.apart(id)
}

_met["pseudonyms are of one project or domain"] contains id if {
	some id, s in _subjects
	s.protection.salt_scope in {"project", "domain"}
}
