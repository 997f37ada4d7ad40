package migrateiq.packs.nhs.nhs_13

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Recipient DSPT status"
# description: >-
#   every org operating a system with NHS patient data has dspt.status in {met, exceeded} for
#   current year or approved improvement plan + waiver
# custom:
#   control_id: NHS-13
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "NHS England"
#       reference: "DSPT (annual); HRA/NHSE policy"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Check toolkit, attach waiver"
#   example_pass: "standards_met 2026-06"
#   example_fail: "not published"
#   scope_facts:
#     - "index.by_class"
#     - "systems"
#   facts:
#     - "systems.*.operator.dspt.status"
#     - "systems.*.operator.dspt.year"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "its operator meets the toolkit's standards this year"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("patient")) > 0
	some id, s in input.systems
}

_met["its operator meets the toolkit's standards this year"] contains id if {
	some id, s in _subjects
	s.operator.dspt.status in {"met", "exceeded"}
	year := _year(s.operator.dspt.year)
	year >= time.date(facts.now)[0] - 1
	year <= time.date(facts.now)[0]
}

# A year of the toolkit is written as 2026 or as 2025-26, and counts by the year it begins in.
_year(text) := facts.number(substring(text, 0, 4)) if {
	is_string(text)
	regex.match(`^\d{4}(-\d\d)?$`, text)
}
