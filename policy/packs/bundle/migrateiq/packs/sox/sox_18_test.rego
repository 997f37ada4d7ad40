package migrateiq.packs.sox.sox_18_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_18

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_18.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a mapping that is left out": [{"op": "add", "path": ["plan", "left_out"], "value": ["mapping.notes"]}],
	"a change that is taken for less": [{
		"op": "add",
		"path": ["actions", "0", "treated_as"],
		"value": [{"code": "B107", "from": "breaking", "category": "additive", "reason": "known"}],
	}],
	"verification is skipped": [{"op": "add", "path": ["plan", "flags", "skip_verify"], "value": true}],
	"forced": [{"op": "add", "path": ["plan", "flags", "force"], "value": true}],
	"only some tables": [{"op": "add", "path": ["plan", "flags", "target_subset"], "value": ["mapping.ledger"]}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a change that is taken for less, and the change allows that": [
		{
			"op": "add",
			"path": ["actions", "0", "treated_as"],
			"value": [{"code": "B107", "from": "breaking", "category": "additive", "reason": "known"}],
		},
		{"op": "add", "path": ["plan", "left_out"], "value": ["mapping.notes"]},
		{"op": "add", "path": ["change", "override_ref"], "value": "CHG-1"},
	],
	"a flag that the change allows": [
		{
			"op": "add",
			"path": [
				"plan",
				"flags",
				"force",
			],
			"value": true,
		},
		{
			"op": "add",
			"path": [
				"change",
				"override_ref",
			],
			"value": "OVR-1",
		},
	],
	"a dataset of the reporting on systems that are not": [
		{
			"op": "add",
			"path": [
				"systems",
				"source.postgres.pas",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.scr",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.quarantine",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.s3.audit",
				"sox",
				"in_scope",
			],
			"value": false,
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "add", "path": ["systems", "source.postgres.pas", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "sox", "in_scope"], "value": false},
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-18", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"plan.flags.target_subset",
	"plan.flags.skip_verify",
	"plan.flags.force",
	"change.override_ref?",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
