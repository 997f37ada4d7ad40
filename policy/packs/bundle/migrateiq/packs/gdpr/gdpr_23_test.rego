package migrateiq.packs.gdpr.gdpr_23_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_23

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := gdpr_23.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no audit": [{"op": "add", "path": ["audit", "enabled"], "value": false}],
	"no verification": [{"op": "add", "path": ["verification", "level"], "value": "none"}],
	"no chain": [{"op": "add", "path": ["audit", "hash_chain", "alg"], "value": "none"}],
	"kept no day": [{"op": "add", "path": ["audit", "retention_days"], "value": 0}],
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

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-23", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"audit.enabled",
	"audit.hash_chain.alg",
	"audit.retention_days",
	"verification.level",
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
	"one field with personal data": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"personal.name": ["mapping.patient.field.surname"]},
			},
		],
	},
	"kept for a day": {"gives": {"pass"}, "patch": [{"op": "add", "path": ["audit", "retention_days"], "value": 1}]},
	"verified by counts": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["verification", "level"], "value": "counts"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
