package migrateiq.packs.core.core_01

import future.keywords.not

import data.migrateiq.lib.schema
import data.migrateiq.lib.verdicts

# METADATA
# title: "Input is complete and schema-valid"
# description: >-
#   Input validates against policy-input schema; 'input.schema_version' is supported by every loaded
#   pack; any 'undecidable' fact required by an active deny control => deny
# custom:
#   control_id: CORE-01
#   framework: core
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "migrateiq"
#       reference: "engine rule (supports GDPR 5(2), SOX 404 evidence)"
#   verification: own
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply, verify, drift]
#   remediation: "Regenerate the plan with the current engine; fill the named missing facts"
#   example_pass: "all required facts present"
#   example_fail: "'systems.tgt.country' is null while GDPR pack active"
#   scope_facts: []
#   facts:
#     - "schema_version"
#     - "phase"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "its schema version is one that the packs know"
#     - "it agrees with the schema of policy inputs"
#     - "its index and its fields name the same classes"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input}

# Every class of a field is in the index where every entry of the index is one of a field, and there are as many of both.
_by_field := [1 | some f in input.fields; some class, true in f.class_set]

_index := {class: {id | some id in ids} | some class, ids in input.index.by_class}

_by_index := [1 |
	some class, ids in _index
	some id in ids
	input.fields[id].class_set[class] == true
]

_entries := sum([count(ids) | some ids in _index])

# METADATA
# description: One failure for every control of level deny that lacks a fact, unless a waiver accepts that.
lacking(results) := {r |
	some found in results
	found.status == "undecidable"
	found.level == "deny"
	r := {
		"id": "CORE-01",
		"control_id": "CORE-01",
		"variant": "D",
		"status": "fail",
		"level": "deny",
		"severity": "critical",
		"waivable": false,
		"waiver": null,
		"subject": found.subject,
		"facts": found.facts,
		"unmet": set(),
		"msg": sprintf("%s needs facts that the document does not have: %s.", [found.id, concat(", ", found.facts)]),
	}
}

_met["its schema version is one that the packs know"] contains "plan" if {
	input.schema_version == "1"
}

_met["it agrees with the schema of policy inputs"] contains "plan" if {
	schema.agrees(input)
}

_met["its index and its fields name the same classes"] contains "plan" if {
	count(_by_index) == _entries
	count(_by_index) == count(_by_field)
}
