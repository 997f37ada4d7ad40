package migrateiq.packs.sox.sox_20

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Source control integrity"
# description: >-
#   plan built from protected branch commit, reviewed merge, signed, no local edits
# custom:
#   control_id: SOX-20
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COSO P11; COBIT BAI06"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Plan from a signed and reviewed commit of a protected branch"
#   example_pass: "signed merge"
#   example_fail: "dirty worktree"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "plan.source.branch_protected"
#     - "plan.source.dirty"
#     - "plan.source.signed"
#     - "plan.source.reviewed"
#     - "plan.source.commit?"
#   reference: []
#   conditions:
#     - "it was made from a commit of a protected branch, without local changes"
#     - "the commit is signed and was reviewed"
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

_met["it was made from a commit of a protected branch, without local changes"] contains "plan" if {
	facts.said(input.plan.source.commit)
	input.plan.source.branch_protected == true
	input.plan.source.dirty == false
}

_met["the commit is signed and was reviewed"] contains "plan" if {
	input.plan.source.signed == true
	input.plan.source.reviewed == true
}
