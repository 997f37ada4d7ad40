package migrateiq.packs.sox.sox_13_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_13

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_13.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"three months": [{"op": "add", "path": ["audit", "retention_days"], "value": 90}],
	"a log that can be changed": [{"op": "add", "path": ["audit", "immutable"], "value": false}],
	"no chain": [{"op": "add", "path": ["audit", "hash_chain", "alg"], "value": "none"}],
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
		waivers := [testing.waiver("SOX-13", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"audit.immutable",
	"audit.hash_chain.alg",
	"audit.retention_days",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# At each limit, and one step off it.
boundaries := {
	"kept as long as required": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["audit", "retention_days"], "value": 2557}],
	},
	"kept a day less": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["audit", "retention_days"], "value": 2556}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
