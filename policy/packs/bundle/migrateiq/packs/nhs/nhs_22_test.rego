package migrateiq.packs.nhs.nhs_22_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_22

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
		"value": "2026-01-01T00:00:00Z",
	},
])

results_of(doc, waivers) := r if {
	r := nhs_22.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a class that no schedule knows": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "record_class"],
			"value": "unheard of",
		},
	],
	"dropped without certificate": [{"op": "add", "path": ["actions", "0", "kind"], "value": "drop"}],
	"no days": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "retention", "days"],
			"value": 0,
		},
	],
	"no disposal": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "retention", "disposal"],
			"value": "",
		},
	],
	"records past their retention": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
			"value": "2003-01-01T00:00:00Z",
		},
	],
	"the old record dropped without certificate": [
		{
			"op": "add",
			"path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "clinical"],
			"value": true,
		},
		{
			"op": "add",
			"path": ["actions", "-"],
			"value": {
				"kind": "drop",
				"dataset": "source.postgres.pas.table[\"PATIENT\"]",
				"destructive": true,
				"reversible": false,
				"rows": null,
				"backup": {
					"ref": null,
					"taken_at": null,
					"verified": false,
					"immutable": false,
					"restore_tested_at": null,
				},
				"approval_ref": null,
				"classes": [],
"certificate_ref": null,
			},
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"the old record dropped with a certificate": [
		{"op": "add", "path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "cpi"], "value": true},
		{
			"op": "add",
			"path": ["actions", "-"],
			"value": {
				"kind": "drop",
				"dataset": "source.postgres.pas.table[\"PATIENT\"]",
				"destructive": true,
				"reversible": false,
				"rows": null,
				"backup": {
					"ref": null,
					"taken_at": null,
					"verified": false,
					"immutable": false,
					"restore_tested_at": null,
				},
				"approval_ref": null,
				"classes": [],
"certificate_ref": "CERT-9",
			},
		},
	],
	"records past their retention, left out": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
			"value": "2003-01-01T00:00:00Z",
		},
		{
			"op": "add",
			"path": ["filters", "-"],
			"value": {
				"id": "old",
				"dataset": "target.postgres.scr.table[\"patient\"]",
				"kind": "retention",
				"list_ref": "lookup.old",
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
				"personal.name": ["mapping.patient.field.surname"],
				"personal.birth_date": ["mapping.patient.field.dob"],
				"clinical_code": ["mapping.patient.field.diagnosis"],
				"clinical_quantity": ["mapping.patient.field.weight"],
				"special.ethnicity": ["mapping.patient.field.ethnicity"],
				"dd_code": ["mapping.patient.field.ethnicity"],
				"record_author": ["mapping.patient.field.author"],
				"record_time": ["mapping.patient.field.recorded_at"],
				"pan": ["mapping.card.field.pan"],
				"financial_amount": ["mapping.ledger.field.amount"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
				"hr.name": ["mapping.staff.field.name"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "class_set"], "value": {}},
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
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-22", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"actions",
	"actions.*.kind",
	"actions.*.dataset",
	"datasets.*.record_class",
	"datasets.*.retention.days",
	"datasets.*.retention.disposal",
	"actions.*.certificate_ref?",
	"datasets.*.oldest_record?",
	"filters",
	"evaluated_at",
	"datasets.*.cpi",
	"datasets.*.clinical",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_schedule_of_no_day_is_none if {
	doc := json.patch(passing, [
		{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "record_class"], "value": "letters"},
	])
	every gives, days in {"pass": 1, "fail": 0} {
		{r.status | some r in nhs_22.results} == {gives} with input as doc
			with data.params as {"gdpr": {"retention_days": {"letters": days}}}
	}
}

# A mapping that is gone has no field in the plan.
test_a_purge_of_patients_is_judged if {
	purge := [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": "mapping.notes",
			"dataset": "target.postgres.scr.table[\"notes\"]", "destructive": true, "reversible": false, "rows": 10,
			"category": "breaking", "irreversible": true, "exposure": false, "reasons": ["F002"], "treated_as": [],
			"classes": ["health"], "backup": {
				"ref": "B-1", "taken_at": null, "verified": false, "immutable": false,
				"restore_tested_at": null,
			}, "approval_ref": null, "certificate_ref": null,
		}],
	}]
	some r in results_of(json.patch(passing, purge), [])
	r.subject.id == "target.postgres.scr.table[\"notes\"]"
	r.status == "undecidable"
}

# At each limit, and one step off it.
boundaries := {
	"a table of no patients dropped without certificate": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["actions", "0", "kind"], "value": "drop"},
			{
				"op": "add",
				"path": ["actions", "0", "dataset"],
				"value": "target.postgres.scr.table[\"ledger\"]",
			},
			{"op": "add", "path": ["actions", "0", "classes"], "value": []},
		],
	},
	"kept for a day": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "retention", "days"],
				"value": 1,
			},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
				"value": "2026-11-20T00:00:00Z",
			},
		],
	},
	"kept for no day": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "retention", "days"],
				"value": 0,
			},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "oldest_record"],
				"value": "2026-11-20T12:00:00Z",
			},
		],
	},
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
		"gives": {"fail"},
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
