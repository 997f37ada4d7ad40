package migrateiq.packs.sox.sox_13

import future.keywords.not

import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Audit trail immutable and retained"
# description: >-
#   immutable sink, hash chain, retention >= param (default 7 y)
# custom:
#   control_id: SOX-13
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "SOX 404/802; 17 CFR 210.2-06 (auditor workpapers 7 y - used as customer default)"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Extend retention"
#   example_pass: "2557 d"
#   example_fail: "90 d"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "audit.immutable"
#     - "audit.hash_chain.alg"
#     - "audit.retention_days"
#   reference: []
#   conditions:
#     - "its log is chained and cannot be changed"
#     - "its log is kept as long as required"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | _in_scope}

_in_scope if {
	some _, s in input.systems
	not s.sox.in_scope == false
}

_in_scope if {
	some _, d in input.datasets
	not d.icfr == false
}

_met["its log is chained and cannot be changed"] contains "plan" if {
	input.audit.immutable == true
	input.audit.hash_chain.alg == "sha256"
}

_met["its log is kept as long as required"] contains "plan" if {
	input.audit.retention_days >= params.value("sox", "audit_days")
}
