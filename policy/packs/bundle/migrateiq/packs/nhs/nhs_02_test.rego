package migrateiq.packs.nhs.nhs_02_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_02

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_02.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a bigint": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "type"],
			"value": {"base": "int64", "precision": null, "scale": null, "length": null},
		},
	],
	"nine characters": [
		{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "type", "length"], "value": 9},
	],
	"a cast to a number on the way": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "lineage", "functions"],
			"value": ["int"],
		},
	],
	"a number of enough digits": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "type"],
			"value": {"base": "decimal", "precision": 10, "scale": 0, "length": 10},
		},
	],
	"eleven characters": [{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "type", "length"], "value": 11}],
	"arithmetic on the way": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "lineage", "functions"],
			"value": ["math.abs@1"],
		},
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
				"personal.name": ["mapping.patient.field.surname"],
				"personal.birth_date": ["mapping.patient.field.dob"],
				"health.diagnosis": ["mapping.patient.field.diagnosis"],
				"clinical_code": ["mapping.patient.field.diagnosis"],
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
		{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-02", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["index.by_class", "fields.*.type.base", "fields.*.type.length?", "fields.*.lineage.functions"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_the_names_of_types_and_functions_are_those_of_the_language if {
	path := ["fields", "mapping.patient.field.nhs_number"]
	text := {"base": "string", "precision": null, "scale": null, "length": 10}
	doc := json.patch(passing, [{"op": "add", "path": array.concat(path, ["type"]), "value": text}])
	statuses(doc) == {"pass"}
	number := [{"op": "add", "path": array.concat(path, ["lineage", "functions"]), "value": ["int@1", "string@1"]}]
	"fail" in statuses(json.patch(doc, number))
}
