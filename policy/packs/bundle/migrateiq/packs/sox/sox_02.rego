package migrateiq.packs.sox.sox_02

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Segregation of duties"
# description: >-
#   author not in approvers; author != applier; approver != applier; service identity maps to a
#   human trigger
# custom:
#   control_id: SOX-02
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COSO P10; PCAOB AS 2110 .B4; PCI 6.5.4 analogue"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Second person"
#   example_pass: "A,B,pipeline(C)"
#   example_fail: "A approves own plan"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "change.author.id"
#     - "change.applier.id"
#     - "change.applier.type"
#     - "change.applier.triggered_by?"
#     - "plan.intent_digest"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#   reference: []
#   conditions:
#     - "somebody other than its author approved it"
#     - "its author does not apply it"
#     - "no approver applies it"
#     - "a person stands behind the service that applies it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | _in_scope}

_in_scope if {
	some _, s in input.systems
	not s.sox.in_scope == false
}

_in_scope if {
	some _, d in input.datasets
	not d.icfr == false
}

_approvers := {a.actor | some a in input.change.approvals; a.verified == true; a.intent_digest == input.plan.intent_digest}

_met["somebody other than its author approved it"] contains "plan" if {
	count(_approvers) > 0
	not input.change.author.id in _approvers
}

_met["its author does not apply it"] contains "plan" if {
	input.change.author.id != input.change.applier.id
	not input.change.applier.triggered_by == input.change.author.id
}

_met["no approver applies it"] contains "plan" if {
	not input.change.applier.id in _approvers
	not input.change.applier.triggered_by in _approvers
}

_met["a person stands behind the service that applies it"] contains "plan" if {
	input.change.applier.type == "human"
}

_met["a person stands behind the service that applies it"] contains "plan" if {
	facts.said(input.change.applier.triggered_by)
}
