package migrateiq.packs.bcbs239.bcbs239_04

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Completeness"
# description: >-
#   all material rows captured by business line/entity/region; exclusions explained
# custom:
#   control_id: BCB-04
#   framework: bcbs239
#   variant: D
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 4"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Explain filters"
#   example_pass: "filter justified"
#   example_fail: "silent filter"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "verification.controls"
#     - "filters"
#     - "filters.*.dataset"
#     - "filters.*.exemption?"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.required"
#     - "verification.controls.*.tolerance"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "a required check balances its rows"
#     - "every exclusion is explained"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.datasets_of(_critical)
	input.datasets[id].system in fields.targets
}

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_silent := {f.dataset | some f in input.filters; not facts.said(f.exemption)}

_met["a required check balances its rows"] contains id if {
	some id, _ in _subjects
	people.checked(id, "row_balance")
}

_met["every exclusion is explained"] contains id if {
	some id, _ in _subjects
	not id in _silent
}
