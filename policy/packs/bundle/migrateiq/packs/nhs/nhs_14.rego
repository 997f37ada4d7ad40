package migrateiq.packs.nhs.nhs_14

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Data catalogue/flow recorded"
# description: >-
#   each dataset: owner, location, classification, flow and impact noted; unneeded copies removed
#   (staging purge action exists)
# custom:
#   control_id: NHS-14
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "NHS England"
#       reference: "CAF B3.a (IGPs 1,3,4,6)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete the asset entry"
#   example_pass: "IAR-44"
#   example_fail: "staging kept forever"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "fields.*.dataset"
#   facts:
#     - "datasets.*.owner"
#     - "datasets.*.asset_ref?"
#     - "datasets.*.retention.days"
#     - "datasets.*.retention.disposal"
#   reference: []
#   conditions:
#     - "its owner and its entry in the register are named"
#     - "it is known when and how it goes"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] | some id in (fields.datasets_of(fields.group("patient")) | _aside)}

# What lies in staging or quarantine may be any row of the plan.
_aside := {id |
	count(fields.group("patient")) > 0
	some id, d in input.datasets
	some role in input.systems[d.system].roles
	role in {"staging", "quarantine"}
}

_met["its owner and its entry in the register are named"] contains id if {
	some id, s in _subjects
	facts.said(s.owner)
	facts.said(s.asset_ref)
}

_met["it is known when and how it goes"] contains id if {
	some id, s in _subjects
	s.retention.days > 0
	facts.said(s.retention.disposal)
}
