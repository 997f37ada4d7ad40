package migrateiq.packs.nhs.nhs_25_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_25

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_25.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a double": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "type", "base"],
			"value": "float64",
		},
	],
	"no validator": [{"op": "add", "path": ["fields", "mapping.patient.field.diagnosis", "validators"], "value": []}],
	"no version": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "terminology", "version"],
			"value": null,
		},
	],
	"unmapped codes become null": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "terminology", "unmapped"],
			"value": "null",
		},
	],
	"the validator of another system": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "validators", "0", "name"],
			"value": "icd10",
		},
	],
	"bad codes become null": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "validators", "0", "on_fail"],
			"value": "null",
		},
	],
	"no map": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "terminology", "map_ref"],
			"value": null,
		},
	],
	"a whole number for codes with letters": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "type", "base"],
			"value": "int64",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "terminology", "system"],
			"value": "icd10",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "validators", "0", "name"],
			"value": "icd10",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"unmapped codes stop the run": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "terminology", "unmapped"],
			"value": "fail",
		},
	],
	"a number of SNOMED CT": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.diagnosis",
				"type",
				"base",
			],
			"value": "int64",
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
				"nhs_number": ["mapping.patient.field.nhs_number"],
				"nhs_number_status": ["mapping.patient.field.trace_status"],
				"personal.name": ["mapping.patient.field.surname"],
				"personal.birth_date": ["mapping.patient.field.dob"],
				"health.diagnosis": ["mapping.patient.field.diagnosis"],
				"health.measurement": ["mapping.patient.field.weight"],
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
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "class_set"],
			"value": {"health.diagnosis": true},
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-25", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"fields.*.type.base",
	"fields.*.validators",
	"fields.*.terminology.system",
	"fields.*.terminology.version?",
	"fields.*.terminology.map_ref?",
	"fields.*.terminology.unmapped",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
