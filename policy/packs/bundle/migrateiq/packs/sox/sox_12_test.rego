package migrateiq.packs.sox.sox_12_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_12

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["actions"],
		"value": [
			{
				"kind": "drop",
				"dataset": "target.postgres.scr.table[\"ledger\"]",
				"destructive": true,
				"reversible": false,
				"rows": 10,
				"backup": {
					"ref": "B-1",
					"taken_at": "2026-11-20T10:00:00Z",
					"verified": true,
					"immutable": true,
					"restore_tested_at": "2026-11-10T00:00:00Z",
				},
				"approval_ref": "REC-1",
				"certificate_ref": "CERT-1",
			},
		],
	},
	{
		"op": "add",
		"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "newest_record"],
		"value": "2015-01-01T00:00:00Z",
	},
])

results_of(doc, waivers) := r if {
	r := sox_12.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"under a legal hold": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "retention", "legal_hold"],
			"value": true,
		},
	],
	"records of this year": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "newest_record"],
			"value": "2026-10-01T00:00:00Z",
		},
	],
	"nobody approved": [{"op": "add", "path": ["actions", "0", "approval_ref"], "value": null}],
	"no retention": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "retention", "days"],
			"value": 0,
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"an audit record outside the reporting": [
		{
			"op": "add",
			"path": [
				"datasets",
				"target.postgres.scr.table[\"ledger\"]",
				"icfr",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"datasets",
				"target.postgres.scr.table[\"ledger\"]",
				"record_class",
			],
			"value": "audit",
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["actions", "0", "destructive"], "value": false}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-12", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"actions",
	"actions.*.destructive",
	"actions.*.dataset",
	"datasets.*.icfr",
	"datasets.*.record_class",
	"datasets.*.retention.legal_hold",
	"datasets.*.retention.days",
	"datasets.*.newest_record?",
	"actions.*.approval_ref?",
	"evaluated_at",
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
	"a record that nobody has to keep": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
				"value": false,
			},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "record_class"],
				"value": "card_data",
			},
		],
	},
	"kept for a day": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "retention", "days"],
				"value": 1,
			},
		],
	},
	"a record as old as its retention": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "newest_record"],
				"value": "2025-11-20T12:00:00Z",
			},
		],
	},
	"a record a second older": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "newest_record"],
				"value": "2025-11-20T11:59:59Z",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
