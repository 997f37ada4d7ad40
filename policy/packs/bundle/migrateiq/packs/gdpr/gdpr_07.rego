package migrateiq.packs.gdpr.gdpr_07

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Accuracy preserved"
# description: >-
#   personal fields with 'lineage.loss' != none need 'loss_ack'; 'verification.level' >= checksums
#   for personal datasets
# custom:
#   control_id: GDPR-07
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(d)"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(d)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Widen type, fix the transform or acknowledge"
#   example_pass: "varchar(200)->varchar(200)"
#   example_fail: "surname truncated to 20 chars silently"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.lineage.loss"
#     - "fields.*.lineage.loss_ack?"
#     - "verification.level"
#   reference: []
#   conditions:
#     - "nothing of it is lost, or the loss was accepted"
#     - "it is verified at least by checksums"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.personal)

_met["nothing of it is lost, or the loss was accepted"] contains id if {
	some id, s in _subjects
	s.lineage.loss == "none"
}

_met["nothing of it is lost, or the loss was accepted"] contains id if {
	some id, s in _subjects
	s.lineage.loss in {"truncate", "round", "coerce"}
	facts.said(s.lineage.loss_ack)
}

_met["it is verified at least by checksums"] contains id if {
	people.verified_at_least("checksums")
	some id, _ in _subjects
}
