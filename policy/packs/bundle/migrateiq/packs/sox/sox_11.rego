package migrateiq.packs.sox.sox_11

import future.keywords.not

import data.migrateiq.lib.verdicts

# METADATA
# title: "Zero unresolved rejects"
# description: >-
#   financial error budget = 0 or rejects resolved and re-approved before completion
# custom:
#   control_id: SOX-11
#   framework: sox
#   variant: D
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI07.02/07.05"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Allow no rejected row, or resolve and approve each"
#   example_pass: "0 open"
#   example_fail: "12 rejected invoices ignored"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "quality.max_reject_rows"
#     - "quality.max_reject_ratio"
#     - "quality.on_breach"
#   reference: []
#   conditions:
#     - "it allows no rejected row"
#     - "a rejected row stops it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	some _, d in input.datasets
	not d.icfr == false
}

_met["it allows no rejected row"] contains "plan" if {
	input.quality.max_reject_rows == 0
	input.quality.max_reject_ratio == 0
}

_met["a rejected row stops it"] contains "plan" if {
	input.quality.on_breach == "abort"
}
