package migrateiq.packs.sox.sox_19

import future.keywords.not

import data.migrateiq.lib.verdicts

# METADATA
# title: "Automated control baselined"
# description: >-
#   engine version, transform library hash and policy bundle digest recorded and unchanged since
#   tested baseline
# custom:
#   control_id: SOX-19
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "AS 2201 .B28-.B31 (benchmarking)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Test again, and state the baseline with the change"
#   example_pass: "baseline match"
#   example_fail: "engine upgraded untested"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "engine.version"
#     - "engine.transforms_digest"
#     - "engine.policy_digest"
#     - "engine.baseline.version?"
#     - "engine.baseline.transforms_digest?"
#     - "engine.baseline.policy_digest?"
#   reference: []
#   conditions:
#     - "the engine, its functions and its rules are those that were tested"
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

_met["the engine, its functions and its rules are those that were tested"] contains "plan" if {
	input.engine.baseline.version == input.engine.version
	input.engine.baseline.transforms_digest == input.engine.transforms_digest
	input.engine.baseline.policy_digest == input.engine.policy_digest
}
