package migrateiq.packs.gdpr.gdpr_23

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accountable evidence"
# description: >-
#   audit enabled, hash-chained, retention set, verification.level >= counts
# custom:
#   control_id: GDPR-23
#   framework: gdpr
#   variant: D
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(2), 24(1) (24 not verified), 32(1)(d)"
#     - law: "UK GDPR"
#       reference: "Art. 5(2), 24(1) (24 not verified), 32(1)(d)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Enable the audit chain"
#   example_pass: "chain on"
#   example_fail: "no audit sink"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.enabled"
#     - "audit.hash_chain.alg"
#     - "audit.retention_days"
#     - "verification.level"
#   reference: []
#   conditions:
#     - "its audit is on and hash-chained"
#     - "its audit is retained"
#     - "it is verified at least by counts"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.personal) > 0}

_met["its audit is on and hash-chained"] contains "plan" if {
	input.audit.enabled == true
	input.audit.hash_chain.alg == "sha256"
}

_met["its audit is retained"] contains "plan" if {
	input.audit.retention_days > 0
}

_met["it is verified at least by counts"] contains "plan" if {
	people.verified_at_least("counts")
}
