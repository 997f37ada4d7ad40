package migrateiq.packs.sox.sox_02

import future.keywords.not

import data.migrateiq.lib.people
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
#   remediation: "Let somebody other than its author approve it, and a third person apply it"
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
#     - "change.approvals.*.actor"
#     - "change.approvals.*.intent_digest"
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

_author := people.person(input.change.author.id)

_applier := people.person(input.change.applier.id)

_starter := people.person(input.change.applier.triggered_by)

_met["somebody other than its author approved it"] contains "plan" if {
	some approver in people.approvers
	approver != _author
	not _author in people.approvers
}

_met["its author does not apply it"] contains "plan" if {
	_author != _applier
	not _starter == _author
}

_met["no approver applies it"] contains "plan" if {
	_applier
	not _applier in people.approvers
	not _starter in people.approvers
}

_met["a person stands behind the service that applies it"] contains "plan" if {
	input.change.applier.type == "human"
}

_met["a person stands behind the service that applies it"] contains "plan" if {
	_starter != _applier
}
