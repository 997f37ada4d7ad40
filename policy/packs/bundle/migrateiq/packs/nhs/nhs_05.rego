package migrateiq.packs.nhs.nhs_05

import future.keywords.not

import data.migrateiq.lib.care
import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "National data opt-out applied"
# description: >-
#   purpose beyond individual care + confidential patient information + no exemption code => filter
#   kind ndoo, whole-record removal, applied before disclosure, list_as_of <= param (default 21 d,
#   U)
# custom:
#   control_id: NHS-05
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "NHS England"
#       reference: "National data opt-out operational policy guidance s.8; Information Standard DCB3058"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Run the check service and bind the filter"
#   example_pass: "filter ndoo as of yesterday"
#   example_fail: "planning extract without opt-out filter"
#   scope_facts:
#     - "datasets.*.cpi"
#     - "fields.*.sources"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "processing.purposes"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "filters"
#     - "evaluated_at"
#     - "filters.*.dataset"
#     - "filters.*.exemption?"
#     - "filters.*.kind"
#     - "filters.*.list_as_of?"
#     - "filters.*.scope"
#     - "filters.*.list_ref?"
#   reference: []
#   conditions:
#     - "the national data opt-out is applied with a fresh list, or an exemption is named"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	care.beyond
	some id in _cpi
}

# A filter stands where rows are written.
_cpi := {id | some id in fields.confidential; input.datasets[id].system in fields.targets}

_met["the national data opt-out is applied with a fresh list, or an exemption is named"] contains f.dataset if {
	some f in input.filters
	f.kind == "ndoo"
	facts.said(f.list_ref)
	f.scope == "whole_record"
	age := facts.days_since(f.list_as_of)
	age >= 0
	age <= params.value("nhs", "ndoo_age_days")
}

_met["the national data opt-out is applied with a fresh list, or an exemption is named"] contains f.dataset if {
	some f in input.filters
	f.kind == "ndoo"
	f.exemption in {e | some e in params.value("nhs", "ndoo_exemptions")}
}
