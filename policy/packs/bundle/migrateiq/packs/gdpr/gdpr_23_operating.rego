package migrateiq.packs.gdpr.gdpr_23_operating

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
#   variant: O
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
#   phase: [apply, verify]
#   remediation: "Enable the audit chain"
#   example_pass: "chain on"
#   example_fail: "no audit sink"
#   scope_facts:
#     - "index.by_class"
#     - "phase"
#     - "run?"
#   facts:
#     - "run.status"
#     - "run.chain_verified"
#   reference: []
#   conditions:
#     - "its run was completed"
#     - "the chain of its audit was verified"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	people.operating
	count(fields.personal) > 0
}

_met["its run was completed"] contains "plan" if {
	input.run.status == "done"
}

_met["the chain of its audit was verified"] contains "plan" if {
	input.run.chain_verified == true
}
