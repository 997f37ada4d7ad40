package migrateiq.packs.sox.sox_16

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Access to programs and data"
# description: >-
#   individual or workload identity, no standing admin, grants reviewed date <= param
# custom:
#   control_id: SOX-16
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "SOX"
#       reference: "AS 2110 .B4; COBIT DSS05/DSS06 (U)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Review the grants and state when; share no account, and keep administration to when it is needed"
#   example_pass: "JIT 2h"
#   example_fail: "shared admin"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#     - "datasets.*.system"
#   facts:
#     - "systems.*.access.shared"
#     - "systems.*.access.standing_admin"
#     - "systems.*.access.reviewed_at?"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "nobody shares its account"
#     - "nobody is its administrator all the time"
#     - "its grants were reviewed in time"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects[id] := s if {
	some id, s in input.systems
	not s.sox.in_scope == false
}

_subjects[id] := input.systems[id] if {
	some _, d in input.datasets
	not d.icfr == false
	id := d.system
}

_met["nobody shares its account"] contains id if {
	some id, s in _subjects
	s.access.shared == false
}

_met["nobody is its administrator all the time"] contains id if {
	some id, s in _subjects
	s.access.standing_admin == false
}

_met["its grants were reviewed in time"] contains id if {
	some id, s in _subjects
	age := facts.days_since(s.access.reviewed_at)
	age >= 0
	age <= params.value("sox", "access_review_days")
}
