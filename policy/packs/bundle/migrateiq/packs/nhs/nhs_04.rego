package migrateiq.packs.nhs.nhs_04

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Test and live patients separated"
# description: >-
#   prod target: filter excludes 999 range/known synthetic; non-prod: only synthetic or protected
#   identifiers
# custom:
#   control_id: NHS-04
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "NHS England"
#       reference: "NHS number 999... test range (S); e-RS guidance on synthetic data in live (V)"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add range filter"
#   example_pass: "filter not 999*"
#   example_fail: "999 0000018 loaded into live PAS"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.environment"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "filters"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.custodian?"
#     - "fields.*.protection.key.system?"
#     - "fields.*.protection.method"
#     - "fields.*.protection.params.keep_first?"
#     - "fields.*.protection.params.keep_last?"
#     - "fields.*.protection.reversible"
#     - "filters.*.dataset"
#     - "filters.*.kind"
#     - "filters.*.list_ref"
#   reference: []
#   conditions:
#     - "production takes no test patients, and other places take no live ones"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {d: input.datasets[d] |
	some d in fields.datasets_of(fields.group("patient"))
	input.datasets[d].system in fields.targets
}

_without_test_patients := {f.dataset | some f in input.filters; f.kind == "synthetic"; facts.said(f.list_ref)}

_elsewhere := {id | some id, s in _subjects; not fields.production(input.systems[s.system])}

_identifying := {input.fields[id].dataset |
	some id in fields.direct
	input.fields[id].dataset in _elsewhere
	not fields.safe_outside_production(id)
}

_met["production takes no test patients, and other places take no live ones"] contains id if {
	some id, s in _subjects
	fields.production(input.systems[s.system])
	id in _without_test_patients
}

_met["production takes no test patients, and other places take no live ones"] contains id if {
	some id in (_elsewhere - _identifying)
}
