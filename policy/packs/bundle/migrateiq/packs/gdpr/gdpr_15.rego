package migrateiq.packs.gdpr.gdpr_15

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.names
import data.migrateiq.lib.verdicts

# METADATA
# title: "Derogation is exceptional"
# description: >-
#   mechanism=derogation => one-off plan, 'derogation_ref', not scheduled/recurring
# custom:
#   control_id: GDPR-15
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: transfer
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 49(1)"
#     - law: "UK GDPR"
#       reference: "Art. 49(1)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Use SCC/IDTA for systematic flows"
#   example_pass: "one-off litigation export"
#   example_fail: "nightly sync under consent derogation"
#   scope_facts:
#     - "transfers"
#     - "transfers.*.mechanism"
#     - "transfers.*.id"
#   facts:
#     - "transfers.*.recurring"
#     - "transfers.*.mechanism_ref?"
#   reference: []
#   conditions:
#     - "it happens once, not as a routine"
#     - "the derogation is referred to"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := names.of([t | some t in input.transfers; t.mechanism == "derogation"], ["id"])

_met["it happens once, not as a routine"] contains id if {
	some id, s in _subjects
	s.recurring == false
}

_met["the derogation is referred to"] contains id if {
	some id, s in _subjects
	facts.said(s.mechanism_ref)
}
