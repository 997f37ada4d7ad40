package migrateiq.packs.sox.sox_11_operating

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Zero unresolved rejects"
# description: >-
#   financial error budget = 0 or rejects resolved and re-approved before completion
# custom:
#   control_id: SOX-11
#   framework: sox
#   variant: O
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI07.02/07.05"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [apply, verify]
#   remediation: "Allow no rejected row, or resolve and approve each"
#   example_pass: "0 open"
#   example_fail: "12 rejected invoices ignored"
#   scope_facts:
#     - "phase"
#     - "run?"
#     - "datasets.*.icfr"
#   facts:
#     - "run.counts.rejected"
#     - "run.counts.quarantined"
#     - "run.exceptions"
#     - "run.exceptions.*.count"
#     - "run.exceptions.*.disposition?"
#     - "run.exceptions.*.approver?"
#   reference: []
#   conditions:
#     - "no row was rejected, or each was resolved and approved"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	people.operating
	some _, d in input.datasets
	not d.icfr == false
}

_resolved if {
	facts.size(input.run.exceptions) > 0
	every e in input.run.exceptions {
		e.disposition == "resolved"
		facts.said(e.approver)
		is_number(e.count)
	}
	refused := facts.number(input.run.counts.rejected) + facts.number(input.run.counts.quarantined)
	sum([e.count | some e in input.run.exceptions; is_number(e.count)]) == refused
}

_met["no row was rejected, or each was resolved and approved"] contains "plan" if {
	input.run.counts.rejected == 0
	input.run.counts.quarantined == 0
}

_met["no row was rejected, or each was resolved and approved"] contains "plan" if {
	_resolved
}
