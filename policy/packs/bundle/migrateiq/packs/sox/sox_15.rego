package migrateiq.packs.sox.sox_15

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Traceable lineage for ICFR fields"
# description: >-
#   icfr fields: full lineage to source, deterministic transform, expr hash recorded
# custom:
#   control_id: SOX-15
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "SOX"
#       reference: "AS 1105 (information produced by company); COSO P13"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete lineage"
#   example_pass: "expr hash"
#   example_fail: "custom script opaque"
#   scope_facts:
#     - "datasets.*.icfr"
#     - "fields.*.dataset"
#   facts:
#     - "fields.*.lineage.opaque"
#     - "fields.*.lineage.deterministic"
#     - "fields.*.lineage.expr_hash"
#     - "fields.*.sources"
#   reference: []
#   conditions:
#     - "its lineage is known"
#     - "the same source always gives the same value"
#     - "the hash of its expression is recorded"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_outside := {id | some id, d in input.datasets; d.icfr == false}

_subjects := {id: f | some id, f in input.fields; not f.dataset in _outside}

_met["its lineage is known"] contains id if {
	some id, s in _subjects
	s.lineage.opaque == false
	is_array(s.sources)
}

_met["the same source always gives the same value"] contains id if {
	some id, s in _subjects
	s.lineage.deterministic == true
}

_met["the hash of its expression is recorded"] contains id if {
	some id, s in _subjects
	facts.digest(s.lineage.expr_hash)
}
