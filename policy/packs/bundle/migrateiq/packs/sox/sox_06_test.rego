package migrateiq.packs.sox.sox_06_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_06

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_06.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no way back": [{"op": "add", "path": ["change", "rollback", "strategy"], "value": "none"}],
	"never tried": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": null}],
	"a window that ends before it begins": [{"op": "add", "path": ["change", "window", "end"], "value": "2026-11-20T00:00:00Z"}],
	"tried from the future": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": "2027-01-01T00:00:00Z"}],
	"tried long ago": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": "2025-01-01T00:00:00Z"}],
	"rows removed without a backup": [{"op": "add", "path": ["actions", "0", "destructive"], "value": true}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"rows removed with a backup": [
		{"op": "add", "path": ["actions", "0", "destructive"], "value": true},
		{"op": "add", "path": ["actions", "0", "backup", "ref"], "value": "SNAP-4"},
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
		waivers := [testing.waiver("SOX-06", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"change.rollback.strategy",
	"change.rollback.tested_at?",
	"change.window.start?",
	"change.window.end?",
	"evaluated_at",
	"actions",
	"actions.*.destructive",
	"actions.*.backup.ref?",
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
	"tried at this very moment": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": "2026-11-20T12:00:00Z"}],
	},
	"tried in a second": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": "2026-11-20T12:00:01Z"}],
	},
	"tried as long ago as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": "2026-08-22T12:00:00Z"}],
	},
	"tried a second longer ago": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "rollback", "tested_at"], "value": "2026-08-22T11:59:59Z"}],
	},
	"a window of no time": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "window", "end"], "value": "2026-11-21T00:00:00Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
