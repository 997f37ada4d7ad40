package migrateiq.packs.pci.pci_19_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_19

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["filters", "-"],
		"value": {
			"id": "t",
			"dataset": "target.postgres.scr.table[\"card\"]",
			"kind": "synthetic",
			"list_ref": "test_pans",
			"list_as_of": null,
			"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
			"scope": "whole_record",
			"exemption": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := pci_19.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a test system feeds production": [{"op": "add", "path": ["systems", "source.postgres.pas", "environment"], "value": "test"}],
	"no filter": [{"op": "add", "path": ["filters"], "value": []}],
	"another filter": [{"op": "add", "path": ["filters", "9", "kind"], "value": "cohort"}],
	"a filter of another dataset": [
		{
			"op": "add",
			"path": ["filters", "9", "dataset"],
			"value": "target.postgres.scr.table[\"patient\"]",
		},
	],
	"a filter without list": [{"op": "add", "path": ["filters", "9", "list_ref"], "value": ""}],
	"synthetic rows": [{"op": "add", "path": ["systems", "source.postgres.pas", "live_data"], "value": false}],
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
		waivers := [testing.waiver("PCI-19", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["index.by_class", "systems.*.environment", "systems.*.roles", "filters", "systems.*.live_data"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
