package migrateiq.packs.sox.sox_16_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_16

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_16.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a shared administrator": [{"op": "add", "path": ["systems", "target.postgres.scr", "access", "shared"], "value": true}],
	"a standing one": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "access", "standing_admin"],
			"value": true,
		},
	],
	"a review of last year": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "access", "reviewed_at"],
			"value": "2025-01-01T00:00:00Z",
		},
	],
	"a review from the future": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "access", "reviewed_at"],
			"value": "2027-01-01T00:00:00Z",
		},
	],
	"a shared account where financial reporting relies on a table": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "access", "shared"], "value": true},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
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
		waivers := [testing.waiver("SOX-16", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"systems.*.access.shared",
	"systems.*.access.standing_admin",
	"systems.*.access.reviewed_at?",
	"evaluated_at",
	"datasets.*.system",
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
	"reviewed at this very moment": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "access", "reviewed_at"],
				"value": "2026-11-20T12:00:00Z",
			},
		],
	},
	"reviewed in a second": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "access", "reviewed_at"],
				"value": "2026-11-20T12:00:01Z",
			},
		],
	},
	"reviewed as long ago as allowed": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "access", "reviewed_at"],
				"value": "2026-08-22T12:00:00Z",
			},
		],
	},
	"reviewed a second longer ago": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "access", "reviewed_at"],
				"value": "2026-08-22T11:59:59Z",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
