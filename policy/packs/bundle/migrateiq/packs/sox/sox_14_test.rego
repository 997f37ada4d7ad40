package migrateiq.packs.sox.sox_14_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_14

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [{"op": "add", "path": ["phase"], "value": "apply"}])

results_of(doc, waivers) := r if {
	r := sox_14.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a column was altered by hand": [{"op": "add", "path": ["drift", "detected"], "value": true}],
	"nobody looked since": [{"op": "add", "path": ["drift", "checked_at"], "value": "2026-11-01T00:00:00Z"}],
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
	statuses(json.patch(passing, [{"op": "add", "path": ["phase"], "value": "plan"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-14", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["phase", "systems.*.sox.in_scope", "datasets.*.icfr", "drift.detected", "drift.checked_at"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# At each limit, and one step off it.
boundaries := {
	"nothing of the reporting": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["systems", "source.postgres.pas", "sox", "in_scope"], "value": false},
			{
				"op": "add",
				"path": ["systems", "target.postgres.quarantine", "sox", "in_scope"],
				"value": false,
			},
			{"op": "add", "path": ["systems", "target.postgres.scr", "sox", "in_scope"], "value": false},
			{"op": "add", "path": ["systems", "target.s3.audit", "sox", "in_scope"], "value": false},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
				"value": false,
			},
		],
	},
	"somebody looked the moment it was made": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["drift", "checked_at"], "value": "2026-11-20T11:00:00Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
