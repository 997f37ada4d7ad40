package migrateiq.packs.gdpr.gdpr_09

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Expired records not resurrected"
# description: >-
#   if 'dataset.oldest_record' older than max retention then a filter of kind retention is present
# custom:
#   control_id: GDPR-09
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(e), 17(1)(a)"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(e), 17(1)(a)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add a retention filter"
#   example_pass: "filter 'last_activity > now-7y'"
#   example_fail: "2003 rows migrated, 7y policy"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "fields.*.dataset"
#   facts:
#     - "datasets.*.oldest_record"
#     - "datasets.*.retention.days"
#     - "filters"
#     - "evaluated_at"
#     - "filters.*.dataset"
#     - "filters.*.kind"
#   reference: []
#   conditions:
#     - "it holds no record past its retention, or a filter leaves those out"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.personal_datasets
	input.datasets[id].system in fields.stores
}

_met["it holds no record past its retention, or a filter leaves those out"] contains id if {
	some id, s in _subjects
	facts.days_since(s.oldest_record) <= s.retention.days
}

_met["it holds no record past its retention, or a filter leaves those out"] contains f.dataset if {
	some f in input.filters
	f.kind == "retention"
}
