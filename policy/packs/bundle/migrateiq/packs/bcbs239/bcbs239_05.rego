package migrateiq.packs.bcbs239.bcbs239_05

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Lineage for CDEs"
# description: >-
#   full column lineage source->report id; no opaque transform
# custom:
#   control_id: BCB-05
#   framework: bcbs239
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 P2-P4 (lineage implied, word not used)"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete lineage"
#   example_pass: "graph"
#   example_fail: "opaque"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.lineage.opaque"
#     - "fields.*.sources"
#     - "fields.*.lineage.expr_hash"
#   reference: []
#   conditions:
#     - "its lineage is known to the source"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(_critical)

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_met["its lineage is known to the source"] contains id if {
	some id, s in _subjects
	s.lineage.opaque == false
	facts.said(s.lineage.expr_hash)
	facts.size(s.sources) > 0
}
