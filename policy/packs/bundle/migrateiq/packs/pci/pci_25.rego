package migrateiq.packs.pci.pci_25

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Unexpected PAN stops the run"
# description: >-
#   detector finds PAN (Luhn+BIN+rate) in field not classed pan => stop; incident ref to continue
# custom:
#   control_id: PCI-25
#   framework: pci
#   variant: D
#   both_variants: true
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "12.10.7"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Classify, remediate, open incident"
#   example_pass: "no hits"
#   example_fail: "'notes' 3% Luhn hits"
#   scope_facts:
#     - "fields"
#   facts:
#     - "fields.*.classification.detected"
#     - "fields.*.class_set"
#     - "change.incident_ref?"
#     - "fields.*.classification.detected?.*.tag"
#   reference: []
#   conditions:
#     - "no card numbers were found in it, or it is classed so, or an incident says why"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

# A field is judged by what a search of its values found. Fields that nobody searched are one subject, the plan, which
# lacks that fact.
_subjects := object.union(
	{id: f | some id, f in input.fields; _searched(f)},
	{"plan": {"class_set": {}} | some f in input.fields; not _searched(f)},
)

_searched(f) if is_array(f.classification.detected)

_found := {id | some id, s in _subjects; some d in s.classification.detected; not d.tag != "pan"}

_met["no card numbers were found in it, or it is classed so, or an incident says why"] contains id if {
	some id in (object.keys(_subjects) - _found)
}

_met["no card numbers were found in it, or it is classed so, or an incident says why"] contains id if {
	some id in _found
	_subjects[id].class_set.pan == true
}

_met["no card numbers were found in it, or it is classed so, or an incident says why"] contains id if {
	facts.said(input.change.incident_ref)
	some id, _ in _subjects
}
