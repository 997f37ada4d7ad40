package migrateiq.packs.nhs.nhs_17

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Privileged and individual access"
# description: >-
#   applier is individually authenticated; MFA/JIT evidence; service account has owner
# custom:
#   control_id: NHS-17
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "CAF B2.a, B2.c"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Use workload identity"
#   example_pass: "OIDC run identity"
#   example_fail: "shared 'sa' login"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "change.applier.id"
#     - "change.applier.auth"
#     - "change.applier.shared"
#     - "change.applier.type"
#     - "change.applier.owner?"
#   reference: []
#   conditions:
#     - "who applies it is one identity, strongly authenticated"
#     - "a service has an owner"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("patient")) > 0}

_met["who applies it is one identity, strongly authenticated"] contains "plan" if {
	facts.said(input.change.applier.id)
	input.change.applier.shared == false
	input.change.applier.auth in {"oidc", "mfa"}
}

_met["a service has an owner"] contains "plan" if {
	input.change.applier.type == "human"
}

_met["a service has an owner"] contains "plan" if {
	facts.said(input.change.applier.owner)
}
