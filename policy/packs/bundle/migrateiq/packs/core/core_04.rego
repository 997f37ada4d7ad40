package migrateiq.packs.core.core_04

import future.keywords.not

import data.migrateiq.lib.verdicts

# METADATA
# title: "No secret literals in plan"
# description: >-
#   'secrets.inline_count == 0'; all credentials are references to a vault/env provider
# custom:
#   control_id: CORE-04
#   framework: core
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "migrateiq"
#       reference: "engine rule (PCI 8.6.2, CAF B2.d)"
#   verification: own
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply, verify, drift]
#   remediation: "Move the literal to a secret reference and rotate it"
#   example_pass: "'vault://kv/db'"
#   example_fail: "'password = \"hunter2\"' in HCL"
#   scope_facts: []
#   facts:
#     - "secrets.inline_count"
#   reference: []
#   conditions:
#     - "no secret stands in the configuration in clear"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input}

_met["no secret stands in the configuration in clear"] contains "plan" if {
	input.secrets.inline_count == 0
}
