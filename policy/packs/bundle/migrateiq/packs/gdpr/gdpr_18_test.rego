package migrateiq.packs.gdpr.gdpr_18_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_18

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

# A plan of few people, by its estimate, and without an assessment.
small := [
	{"op": "add", "path": ["processing", "subject_estimate"], "value": 10},
	{"op": "add", "path": ["risk", "score"], "value": 0},
	{"op": "add", "path": ["processing", "dpia", "status"], "value": "none"},
]

results_of(doc, waivers) := r if {
	r := gdpr_18.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"rows that nobody counted, whatever the estimate": array.concat(small, [
		{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"], "value": null},
		{"op": "add", "path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "rows"], "value": null},
	]),
	"a first load of a source of many rows": array.concat(small, [
		{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"], "value": null},
		{"op": "add", "path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "rows"], "value": 10000},
	]),
	"as many rows as are large scale": array.concat(small, [{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"], "value": 10000}]),
	"no assessment": [{"op": "add", "path": ["processing", "dpia", "status"], "value": "none"}],
	"an assessment of something else": [{"op": "add", "path": ["processing", "dpia", "covers"], "value": ["other"]}],
	"an assessment past its date": [{"op": "add", "path": ["processing", "dpia", "expires"], "value": "2026-01-01T00:00:00Z"}],
	"an assessment after the plan": [{"op": "add", "path": ["processing", "dpia", "approved_at"], "value": "2026-11-20T11:30:00Z"}],
	"a small plan of high risk": [
		{"op": "add", "path": ["processing", "subject_estimate"], "value": 1},
		{"op": "add", "path": ["risk", "score"], "value": 70},
		{"op": "add", "path": ["processing", "dpia", "status"], "value": "none"},
	],
	"new technology": [
		{"op": "add", "path": ["processing", "subject_estimate"], "value": 1},
		{"op": "add", "path": ["processing", "new_technology"], "value": true},
		{"op": "add", "path": ["processing", "dpia", "status"], "value": "none"},
	],
	"an estimate far below the rows": [
		{"op": "add", "path": ["processing", "subject_estimate"], "value": 10},
		{"op": "add", "path": ["risk", "score"], "value": 0},
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"],
			"value": 4000000,
		},
		{"op": "add", "path": ["processing", "dpia", "status"], "value": "none"},
	],
	"an activity without a name": [
		{"op": "add", "path": ["processing", "subject_estimate"], "value": 20000},
		{"op": "add", "path": ["processing", "activity_id"], "value": ""},
		{"op": "add", "path": ["processing", "dpia", "covers"], "value": [""]},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
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

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-18", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"processing.subject_estimate",
	"risk.score",
	"processing.new_technology",
	"processing.dpia.status",
	"processing.dpia.covers",
	"processing.dpia.approved_at?",
	"processing.dpia.expires?",
	"processing.activity_id",
	"plan.created_at",
	"evaluated_at",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_few_rows_need_none if {
	statuses(json.patch(passing, small)) == {"not_applicable"}
	statuses(json.patch(passing, array.concat(small, [{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"], "value": null}]))) == {"not_applicable"}
	statuses(json.patch(passing, array.concat(small, [{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"], "value": 9999}]))) == {"not_applicable"}
}

# At each limit, and one step off it.
boundaries := {
	"one field of a special category about many": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"health.diagnosis": ["mapping.patient.field.diagnosis"]},
			},
		],
	},
	"as many subjects as make a large scale": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["processing", "subject_estimate"], "value": 10000}],
	},
	"fewer subjects by one": {
		"gives": {"not_applicable"},
		"patch": [{"op": "add", "path": ["processing", "subject_estimate"], "value": 9999}],
	},
	"as many rows as make a large scale": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["processing", "subject_estimate"], "value": 10},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"],
				"value": 10000,
			},
		],
	},
	"fewer rows by one": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["processing", "subject_estimate"], "value": 10},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"],
				"value": 9999,
			},
		],
	},
	"a score as high as high risk": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"personal.name": ["mapping.patient.field.surname"]},
			},
			{"op": "add", "path": ["risk", "score"], "value": 60},
		],
	},
	"a score lower by one": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"personal.name": ["mapping.patient.field.surname"]},
			},
			{"op": "add", "path": ["risk", "score"], "value": 59},
		],
	},
	"a high score, and no field with personal data": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["index", "by_class"], "value": {}},
			{"op": "add", "path": ["risk", "score"], "value": 60},
		],
	},
	"new technology for one field with personal data": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"personal.name": ["mapping.patient.field.surname"]},
			},
			{"op": "add", "path": ["processing", "new_technology"], "value": true},
		],
	},
	"new technology, and no field with personal data": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["index", "by_class"], "value": {}},
			{"op": "add", "path": ["processing", "new_technology"], "value": true},
		],
	},
	"approved the moment the plan was made": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["processing", "dpia", "approved_at"], "value": "2026-11-20T11:00:00Z"}],
	},
	"approved a second later": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["processing", "dpia", "approved_at"], "value": "2026-11-20T11:00:01Z"}],
	},
	"an assessment until this very moment": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["processing", "dpia", "expires"], "value": "2026-11-20T12:00:00Z"}],
	},
	"an assessment for another second": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["processing", "dpia", "expires"], "value": "2026-11-20T12:00:01Z"}],
	},
	"a first load of nothing that is known": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["processing", "subject_estimate"], "value": 10},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"],
				"value": null,
			},
			{
				"op": "add",
				"path": ["index", "by_dataset", "target.postgres.scr.table[\"patient\"]"],
				"value": [],
			},
		],
	},
	"a first load of a source with fewer rows by one": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["processing", "subject_estimate"], "value": 10},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "rows"],
				"value": null,
			},
			{
				"op": "add",
				"path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "rows"],
				"value": 9999,
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
