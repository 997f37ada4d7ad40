package migrateiq.packs.sox.sox_22

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Evidence package retained"
# description: >-
#   evidence bundle generated, hashed, stored outside applier's control
# custom:
#   control_id: SOX-22
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "SOX 302/404; AS 1215 analogue"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Enable evidence sink"
#   example_pass: "sink set"
#   example_fail: "local only"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "audit.evidence_sink?"
#     - "change.applier.id"
#     - "systems.*.access.connection_role"
#     - "audit.immutable"
#     - "systems.*.roles"
#   reference: []
#   conditions:
#     - "its evidence goes to a place that is named"
#     - "the place is no target of the plan, and who applies it cannot change what is there"
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

_met["its evidence goes to a place that is named"] contains "plan" if {
	facts.said(input.audit.evidence_sink)
}

_met["the place is no target of the plan, and who applies it cannot change what is there"] contains "plan" if {
	sink := input.systems[input.audit.evidence_sink]
	every role in sink.roles { not role in {"source", "target", "staging", "quarantine"} }
	input.audit.immutable == true
}

# A place that no connection of the plan reaches.
_met["the place is no target of the plan, and who applies it cannot change what is there"] contains "plan" if {
	facts.said(input.audit.evidence_sink)
	not input.systems[input.audit.evidence_sink]
	input.audit.immutable == true
}
