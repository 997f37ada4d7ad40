package migrateiq.packs.sox.sox_01

import future.keywords.not

import data.migrateiq.lib.actions
import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Authorised change"
# description: >-
#   sox-in-scope target => ticket approved state, type, business reason, linked config commit
# custom:
#   control_id: SOX-01
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "SOX 404 (15 USC 7262), Exchange Act Rule 13a-15; COSO P11-12; COBIT BAI06.01"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Have the ticket approved, and the intent by somebody whose signature counts"
#   example_pass: "CHG approved"
#   example_fail: "ticket draft"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "change.ticket.id?"
#     - "change.ticket.state"
#     - "change.ticket.type"
#     - "change.reason?"
#     - "change.ticket.config_commit?"
#     - "plan.source.commit?"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#     - "actions"
#     - "actions.*.kind"
#     - "actions.*.operation?"
#     - "actions.*.mapping?"
#     - "change.purges?"
#   reference: []
#   conditions:
#     - "its ticket is approved"
#     - "its business reason is given"
#     - "its ticket names the commit of the configuration"
#     - "its approvals were verified"
#     - "every mapping whose rows it purges is named in the change"
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

_met["its ticket is approved"] contains "plan" if {
	facts.said(input.change.ticket.id)
	input.change.ticket.state in {"approved", "implementing"}
	input.change.ticket.type in {"standard", "normal", "emergency"}
}

_met["its business reason is given"] contains "plan" if {
	facts.said(input.change.reason)
}

_met["its ticket names the commit of the configuration"] contains "plan" if {
	facts.said(input.plan.source.commit)
	input.change.ticket.config_commit == input.plan.source.commit
}

_met["its approvals were verified"] contains "plan" if {
	facts.size(input.change.approvals) > 0
	every a in input.change.approvals { a.verified == true }
}

_named := {mapping | some mapping in input.change.purges}

_unnamed := [a |
	some a in input.actions
	actions.purges(a)
	not a.mapping in _named
]

_met["every mapping whose rows it purges is named in the change"] contains "plan" if count(_unnamed) == 0
