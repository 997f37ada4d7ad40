package migrateiq.packs.sox.sox_21

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Service organisation covered"
# description: >-
#   SaaS system in ICFR scope has SOC 1 Type 2 ref within period and CUEC mapping
# custom:
#   control_id: SOX-21
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "SOX"
#       reference: "AS 2201 .B17-.B27 (service organisations; .B27 V)"
#   verification: S
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Attach SOC 1"
#   example_pass: "SOC1 FY26"
#   example_fail: "none"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#     - "systems.*.operator.third_party"
#   facts:
#     - "systems.*.operator.soc1_ref?"
#     - "systems.*.operator.soc1_period_end?"
#     - "systems.*.operator.cuec_ref?"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "a report on its operator's controls covers now"
#     - "the controls left to the user are mapped"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	some id, s in input.systems
	not s.sox.in_scope == false
	s.operator.third_party == true
}

_met["a report on its operator's controls covers now"] contains id if {
	some id, s in _subjects
	facts.said(s.operator.soc1_ref)
	facts.future(s.operator.soc1_period_end)
}

_met["the controls left to the user are mapped"] contains id if {
	some id, s in _subjects
	facts.said(s.operator.cuec_ref)
}
