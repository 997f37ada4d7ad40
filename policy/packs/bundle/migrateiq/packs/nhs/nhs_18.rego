package migrateiq.packs.nhs.nhs_18

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Audit log integrity"
# description: >-
#   hash chain + write-once sink + restricted access + time source; copies analysed, master kept
# custom:
#   control_id: NHS-18
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "CAF C1.a, C1.b (C1.b IGP 4-5)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Send to WORM sink"
#   example_pass: "S3 object lock"
#   example_fail: "local text log"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.enabled"
#     - "audit.immutable"
#     - "audit.hash_chain.alg"
#     - "audit.clock"
#     - "audit.access_restricted"
#   reference: []
#   conditions:
#     - "its audit is on, chained and written once"
#     - "access to its audit is restricted and its clock is synchronised"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("patient")) > 0}

_met["its audit is on, chained and written once"] contains "plan" if {
	input.audit.enabled == true
	input.audit.immutable == true
	input.audit.hash_chain.alg == "sha256"
}

_met["access to its audit is restricted and its clock is synchronised"] contains "plan" if {
	input.audit.access_restricted == true
	facts.said(input.audit.clock)
}
