package migrateiq.packs.bcbs239.bcbs239_06

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Timeliness"
# description: >-
#   expected duration and cut-off within SLA
# custom:
#   control_id: BCB-06
#   framework: bcbs239
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 5"
#   verification: S
#   severity: low
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Shorten the run, or agree another deadline"
#   example_pass: "2h<4h"
#   example_fail: "12h"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "change.expected_minutes"
#   reference: []
#   conditions:
#     - "it is expected to end in time"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(_critical) > 0}

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_met["it is expected to end in time"] contains "plan" if {
	input.change.expected_minutes >= 0
	facts.number(input.change.expected_minutes) <= params.value("bcbs239", "cut_over_minutes")
}
