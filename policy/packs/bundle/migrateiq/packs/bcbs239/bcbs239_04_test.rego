package migrateiq.packs.bcbs239.bcbs239_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.bcbs239.bcbs239_04

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := bcbs239_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a silent filter": [
		{
			"op": "add",
			"path": ["filters", "-"],
			"value": {
				"id": "z",
				"dataset": "target.postgres.scr.table[\"ledger\"]",
				"kind": "cohort",
				"list_ref": "x",
				"list_as_of": null,
				"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
				"scope": "whole_record",
				"exemption": null,
			},
		},
	],
	"no balance": [{"op": "add", "path": ["verification", "controls"], "value": []}],
	"a silent filter without a name": [
		{
			"op": "add",
			"path": ["filters", "-"],
			"value": {"dataset": "target.postgres.scr.table[\"ledger\"]", "kind": "cohort", "exemption": null},
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
				"pan": ["mapping.card.field.pan"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"hr.name": ["mapping.staff.field.name"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.ledger.field.amount", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.ledger.field.counterparty", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("BCB-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["index.by_class", "systems.*.roles", "datasets.*.system", "verification.controls", "filters"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# At each limit, and one step off it.
boundaries := {
	"another table's rows are balanced": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["verification", "controls"],
				"value": [
					{
						"id": "row_balance",
						"type": "row_balance",
						"dataset": "target.postgres.scr.table[\"patient\"]",
						"columns": [],
						"group_by": [],
						"tolerance": "0",
						"required": true,
						"runs": true,
					},
				],
			},
		],
	},
	"another check of its rows": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["verification", "controls"],
				"value": [
					{
						"id": "checksum",
						"type": "field_checksum",
						"dataset": "target.postgres.scr.table[\"ledger\"]",
						"columns": [],
						"group_by": [],
						"tolerance": "0",
						"required": true,
						"runs": true,
					},
				],
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
