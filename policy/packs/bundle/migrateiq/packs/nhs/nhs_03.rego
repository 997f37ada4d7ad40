package migrateiq.packs.nhs.nhs_03

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Trace status carried and honoured"
# description: >-
#   status code mapped with permitted set; automated patient merge/upsert key only where status=01
# custom:
#   control_id: NHS-03
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "NHS England"
#       reference: "NHS NUMBER STATUS INDICATOR CODE 01-08"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Map the status and gate the merge"
#   example_pass: "merge where 01"
#   example_fail: "upsert on untraced numbers (02/03)"
#   scope_facts:
#     - "index.by_class"
#     - "actions"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems.*.roles"
#   facts:
#     - "filters"
#     - "actions.*.dataset"
#     - "actions.*.kind"
#     - "fields.*.validators.*.name"
#     - "fields.*.validators.*.on_fail?"
#     - "filters.*.dataset"
#     - "filters.*.kind"
#     - "filters.*.keeps?"
#   reference: []
#   conditions:
#     - "the trace status comes along, held to the permitted codes"
#     - "records are merged only where the number was traced"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {d: input.datasets[d] |
	some d in fields.datasets_of(fields.of("nhs_number"))
	input.datasets[d].system in fields.targets
}

_merged := {a.dataset | some a in input.actions; a.kind in {"merge", "overwrite"}}

_met["the trace status comes along, held to the permitted codes"] contains input.fields[f].dataset if {
	some f in fields.of("nhs_number_status")
	some v in input.fields[f].validators
	v.name == "nhs_trace_status"
	v.on_fail in {"quarantine", "abort"}
}

_met["records are merged only where the number was traced"] contains id if {
	some id, _ in _subjects
	not id in _merged
}

_met["records are merged only where the number was traced"] contains f.dataset if {
	some f in input.filters
	f.kind == "cohort"
	"nhs_number_status=01" in f.keeps
}
