package migrateiq.packs.gdpr.gdpr_09_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_09

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
		"value": "2026-01-01T00:00:00Z",
	},
	{
		"op": "add",
		"path": ["datasets", "target.postgres.scr.table[\"card\"]", "oldest_record"],
		"value": "2026-01-01T00:00:00Z",
	},
	{
		"op": "add",
		"path": ["datasets", "target.postgres.scr.table[\"staff\"]", "oldest_record"],
		"value": "2026-01-01T00:00:00Z",
	},
])

results_of(doc, waivers) := r if {
	r := gdpr_09.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"records of 2003 under a policy of a year": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
			"value": "2003-01-01T00:00:00Z",
		},
	],
	"an age that is no moment": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
			"value": "long ago",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"old records that a filter leaves out": [
		{
			"op": "add",
			"path": [
				"datasets",
				"target.postgres.scr.table[\"patient\"]",
				"oldest_record",
			],
			"value": "2000-01-01T00:00:00Z",
		},
		{
			"op": "add",
			"path": [
				"filters",
				"-",
			],
			"value": {
				"id": "retention",
				"dataset": "target.postgres.scr.table[\"patient\"]",
				"kind": "retention",
				"list_ref": "older than 8 years",
				"list_as_of": null,
				"list_hash": null,
				"scope": "whole_record",
				"exemption": null,
			},
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["index", "by_class"],
			"value": {
				"nhs_number_status": ["mapping.patient.field.trace_status"],
				"clinical_code": ["mapping.patient.field.diagnosis"],
				"clinical_quantity": ["mapping.patient.field.weight"],
				"dd_code": ["mapping.patient.field.ethnicity"],
				"record_author": ["mapping.patient.field.author"],
				"record_time": ["mapping.patient.field.recorded_at"],
				"financial_amount": ["mapping.ledger.field.amount"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.patient.field.surname", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.patient.field.dob", "class_set"], "value": {}},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "class_set"],
			"value": {"clinical_code": true},
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.weight", "class_set"],
			"value": {"clinical_quantity": true},
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "class_set"],
			"value": {"dd_code": true},
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.staff.field.name", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-09", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"datasets.*.system",
	"systems.*.roles",
	"datasets.*.oldest_record",
	"datasets.*.retention.days",
	"filters",
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
	"a record as old as its retention": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
				"value": "2025-11-20T12:00:00Z",
			},
		],
	},
	"a record a second older": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
				"value": "2025-11-20T11:59:59Z",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
