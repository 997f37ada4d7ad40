package migrateiq.packs.sox.sox_03

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Approval bound to the plan's intent"
# description: >-
#   each approval.intent_digest == plan.intent_digest; age <= param; invalidated by any config,
#   data-contract or bundle change
# custom:
#   control_id: SOX-03
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI07.06; AS 2201 .B29"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Have exactly this intent approved"
#   example_pass: "hash equal"
#   example_fail: "approved older plan"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "plan.intent_digest"
#     - "evaluated_at"
#     - "change.approvals.*.intent_digest"
#     - "change.approvals.*.at"
#     - "change.approvals"
#     - "change.approvals.*.verified"
#   reference: []
#   conditions:
#     - "every approval is of exactly this intent"
#     - "no approval is older than allowed"
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

_met["every approval is of exactly this intent"] contains "plan" if {
	facts.size(input.change.approvals) > 0
	every a in input.change.approvals {
		a.verified == true
		a.intent_digest == input.plan.intent_digest
	}
}

_met["no approval is older than allowed"] contains "plan" if {
	every a in input.change.approvals {
		age := facts.days_since(a.at)
		age >= 0
		age <= params.value("sox", "approval_days")
	}
}
