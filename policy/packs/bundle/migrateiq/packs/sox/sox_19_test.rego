package migrateiq.packs.sox.sox_19_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_19

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_19.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"an engine that nobody tested": [{"op": "add", "path": ["engine", "version"], "value": "2.0.0"}],
	"other rules": [
		{
			"op": "add",
			"path": ["engine", "policy_digest"],
			"value": "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		},
	],
	"other functions": [
		{
			"op": "add",
			"path": ["engine", "transforms_digest"],
			"value": "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
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
		waivers := [testing.waiver("SOX-19", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"engine.version",
	"engine.transforms_digest",
	"engine.policy_digest",
	"engine.baseline.version?",
	"engine.baseline.transforms_digest?",
	"engine.baseline.policy_digest?",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
