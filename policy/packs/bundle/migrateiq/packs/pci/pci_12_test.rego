package migrateiq.packs.pci.pci_12_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_12

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [{"op": "add", "path": ["systems", "source.postgres.pas", "environment"], "value": "test"}])

results_of(doc, waivers) := r if {
	r := pci_12.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a field of production under a key that nobody names": [{
		"op": "add",
		"path": ["fields", "mapping.card.field.pan", "protection", "key", "id"],
		"value": null,
	}],
	"a field outside production under a key that nobody names": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
		{"op": "add", "path": ["systems", "source.postgres.pas", "environment"], "value": "prod"},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "id"], "value": null},
	],
	"one key for production and test": [
		{
			"op": "add",
			"path": ["systems", "source.postgres.pas", "at_rest", "key", "id"],
			"value": "k-target",
		},
	],
	"a field under a key of the tests": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "id"],
			"value": "k-source",
		},
		{
			"op": "add",
			"path": ["systems", "source.postgres.pas", "at_rest", "key", "id"],
			"value": "k-source",
		},
	],
	"a test system that does not say its key": [{"op": "add", "path": ["systems", "source.postgres.pas", "at_rest", "key", "id"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a field without a key": [
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "method"], "value": "truncate"},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "id"], "value": null},
	],
	"a test system without encryption": [
		{"op": "add", "path": ["systems", "source.postgres.pas", "at_rest", "key", "id"], "value": null},
		{"op": "add", "path": ["systems", "source.postgres.pas", "at_rest", "level"], "value": "none"},
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
				"clinical_code": ["mapping.patient.field.diagnosis"],
				"health.measurement": ["mapping.patient.field.weight"],
				"clinical_quantity": ["mapping.patient.field.weight"],
				"special.ethnicity": ["mapping.patient.field.ethnicity"],
				"dd_code": ["mapping.patient.field.ethnicity"],
				"record_author": ["mapping.patient.field.author"],
				"record_time": ["mapping.patient.field.recorded_at"],
				"financial_amount": ["mapping.ledger.field.amount"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
				"hr.name": ["mapping.staff.field.name"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-12", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.environment",
	"index.by_class",
	"systems.*.at_rest.key.id",
	"datasets.*.system",
	"fields.*.dataset",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
