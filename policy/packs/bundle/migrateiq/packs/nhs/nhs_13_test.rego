package migrateiq.packs.nhs.nhs_13_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_13

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_13.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"not published": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "operator", "dspt", "status"],
			"value": "not_published",
		},
	],
	"of years ago": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "operator", "dspt", "year"],
			"value": "2019",
		},
	],
	"a year to come": [{"op": "add", "path": ["systems", "target.postgres.scr", "operator", "dspt", "year"], "value": "2030"}],
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
		waivers := [testing.waiver("NHS-13", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"systems.*.operator.dspt.status",
	"systems.*.operator.dspt.year",
	"evaluated_at",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_year_is_read_as_a_number if {
	"fail" in statuses(json.patch(passing, [{
		"op": "add",
		"path": ["systems", "target.postgres.scr", "operator", "dspt", "year"],
		"value": "2001",
	}]))
}

# At each limit, and one step off it.
boundaries := {
	"one field about patients": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"nhs_number": ["mapping.patient.field.nhs_number"]},
			},
		],
	},
	"of last year": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "operator", "dspt", "year"],
				"value": "2025",
			},
		],
	},
	"of the year before": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "operator", "dspt", "year"],
				"value": "2024",
			},
		],
	},
	"of next year": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "operator", "dspt", "year"],
				"value": "2027",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
