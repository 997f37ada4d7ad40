package migrateiq.packs.pci.pci_15

import future.keywords.not

import data.migrateiq.lib.cards
import data.migrateiq.lib.facts
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Change record complete"
# description: >-
#   prod change has reason, description, security impact, authorised approval, test evidence,
#   back-out procedure
# custom:
#   control_id: PCI-15
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "6.5.1"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete the change: reason, ticket, impact on security, approval, test, way back"
#   example_pass: "all six"
#   example_fail: "no back-out"
#   scope_facts:
#     - "systems.*.pci.cde"
#     - "systems.*.environment"
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "change.reason?"
#     - "change.ticket.id?"
#     - "change.security_impact?"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "plan.intent_digest"
#     - "change.tests"
#     - "plan.config_digest"
#     - "change.rollback.strategy"
#     - "change.author.id"
#     - "change.approvals.*.actor?"
#     - "change.approvals.*.intent_digest"
#     - "change.tests.*.config_digest?"
#     - "change.tests.*.verification?"
#   reference: []
#   conditions:
#     - "its reason and ticket are given"
#     - "its impact on security is described"
#     - "somebody with authority approved exactly this plan"
#     - "it was tested"
#     - "there is a way back"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | cards.in_production}

_approved if {
	some approver in people.approvers
	approver != people.person(input.change.author.id)
}

_tested if {
	some t in input.change.tests
	t.config_digest == input.plan.config_digest
	t.verification == "pass"
}

_met["its reason and ticket are given"] contains "plan" if {
	facts.said(input.change.reason)
	facts.said(input.change.ticket.id)
}

_met["its impact on security is described"] contains "plan" if {
	facts.said(input.change.security_impact)
}

_met["somebody with authority approved exactly this plan"] contains "plan" if {
	_approved
}

_met["it was tested"] contains "plan" if {
	_tested
}

_met["there is a way back"] contains "plan" if {
	input.change.rollback.strategy in {"restore", "reverse", "blue_green"}
}
