package migrateiq.packs.nhs.nhs_02

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "NHS Number kept as 10-character text"
# description: >-
#   target type is char/varchar(10) or equivalent; no numeric/float cast; no leading-zero loss;
#   display 3-3-4 only in presentation
# custom:
#   control_id: NHS-02
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "NHS Data Dictionary format n10"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Change the target type"
#   example_pass: "CHAR(10)"
#   example_fail: "BIGINT / FLOAT"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.type.base"
#     - "fields.*.type.length?"
#     - "fields.*.lineage.functions"
#   reference: []
#   conditions:
#     - "it is text of ten characters"
#     - "no step makes a number of it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

# Functions that make numbers, and libraries of them.
_numeric := {"int", "uint", "double", "float", "decimal", "number", "math"}

_subjects := {id: input.fields[id] | some id in fields.of("nhs_number")}

_met["it is text of ten characters"] contains id if {
	some id, s in _subjects
	s.type.base in fields.texts
	s.type.length == 10
}

_met["no step makes a number of it"] contains id if {
	some id, s in _subjects
	every f in s.lineage.functions { not split(fields.bare(f), ".")[0] in _numeric }
}
