package migrateiq.packs.nhs.nhs_22

import future.keywords.not

import data.migrateiq.lib.actions
import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Records managed to code"
# description: >-
#   record class retention mapped; source decommission/delete has disposal certificate step; no
#   identifying data past retention
# custom:
#   control_id: NHS-22
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "NHS England"
#       reference: "CAF-DSPT E4.a; Records Management Code of Practice 2021"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Bind the schedule and certificate"
#   example_pass: "GP record class, cert step"
#   example_fail: "drop legacy EPR without certificate"
#   scope_facts:
#     - "index.by_class"
#     - "actions"
#     - "actions.*.kind"
#     - "actions.*.dataset"
#     - "datasets.*.cpi"
#     - "datasets.*.clinical"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems.*.roles"
#     - "actions.*.classes?"
#   facts:
#     - "datasets.*.record_class"
#     - "datasets.*.retention.days"
#     - "datasets.*.retention.disposal"
#     - "actions.*.certificate_ref?"
#     - "datasets.*.oldest_record?"
#     - "filters"
#     - "evaluated_at"
#     - "filters.*.dataset"
#     - "filters.*.kind"
#     - "filters.*.list_ref"
#   reference:
#     - "retention"
#   conditions:
#     - "its record class is in the schedule and its disposal is set"
#     - "what is deleted gets a certificate of disposal"
#     - "what is kept holds no record past its retention, or a filter leaves those out"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: _declared(id) | some id in ((_kept | _deleted) | _purged)}

# Records of patients that are deleted, wherever they stand.
_deleted := {id |
	some a in input.actions
	a.kind in {"delete", "truncate", "drop"}
	id := a.dataset
	_of_patients(input.datasets[id])
}

# Rows of a mapping that is gone have no field in the plan; what they hold stands at the action.
_purged := {a.dataset |
	some a in input.actions
	a.kind in {"delete", "truncate", "drop"}
	actions.holds(a, "patient")
}

_declared(id) := d if d := input.datasets[id]

else := {}

_of_patients(d) if d.cpi == true

_of_patients(d) if d.clinical == true

_kept := {id |
	some id in fields.datasets_of(fields.group("patient"))
	input.datasets[id].system in fields.stores
}

_schedule := object.union(params.value("gdpr", "retention_days"), data.migrateiq.reference.retention.days)

_uncertified := {a.dataset |
	some a in input.actions
	a.kind in {"delete", "truncate", "drop"}
	not facts.said(a.certificate_ref)
}

_met["its record class is in the schedule and its disposal is set"] contains id if {
	some id, s in _subjects
	_schedule[s.record_class] > 0
	s.retention.days > 0
	facts.said(s.retention.disposal)
}

_met["what is deleted gets a certificate of disposal"] contains id if {
	some id, _ in _subjects
	not id in _uncertified
}

_met["what is kept holds no record past its retention, or a filter leaves those out"] contains id if {
	some id, _ in _subjects
	not id in _kept
}

_met["what is kept holds no record past its retention, or a filter leaves those out"] contains id if {
	some id, s in _subjects
	facts.days_since(s.oldest_record) <= s.retention.days
}

_met["what is kept holds no record past its retention, or a filter leaves those out"] contains f.dataset if {
	some f in input.filters
	f.kind == "retention"
	facts.said(f.list_ref)
}
