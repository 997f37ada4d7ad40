package migrateiq.packs.gdpr.gdpr_21

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Rights carried across"
# description: >-
#   suppression filter (erasure, restriction, objection) present on every personal dataset, or
#   dataset attested exempt
# custom:
#   control_id: GDPR-21
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 17(1), 18, 19, 21(1)"
#     - law: "UK GDPR"
#       reference: "Art. 17(1), 18, 19, 21(1)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add the suppression list filter"
#   example_pass: "filter erasure_list"
#   example_fail: "re-import of erased accounts from archive"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "filters"
#     - "filters.*.dataset"
#     - "filters.*.exemption?"
#     - "filters.*.kind"
#     - "filters.*.list_ref"
#   reference: []
#   conditions:
#     - "a list of erasures filters it, or it is attested exempt"
#     - "a list of restrictions filters it, or it is attested exempt"
#     - "a list of objections filters it, or it is attested exempt"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.personal_datasets
	input.datasets[id].system in fields.targets
}

# A filter takes the records of its list out, or names the exemption under which it does not.
_effective(f) if facts.said(f.list_ref)

_effective(f) if facts.said(f.exemption)

_met["a list of erasures filters it, or it is attested exempt"] contains f.dataset if {
	some f in input.filters
	f.kind == "erasure"
	_effective(f)
}

_met["a list of restrictions filters it, or it is attested exempt"] contains f.dataset if {
	some f in input.filters
	f.kind == "restriction"
	_effective(f)
}

_met["a list of objections filters it, or it is attested exempt"] contains f.dataset if {
	some f in input.filters
	f.kind == "objection"
	_effective(f)
}
