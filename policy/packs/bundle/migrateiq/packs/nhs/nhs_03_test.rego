package migrateiq.packs.nhs.nhs_03_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_03

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_03.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"merged by a condition on something else": cohort([]),
	"merged where the number is only present": cohort(["nhs_number_status=02"]),
	"merged by a condition that nobody followed": cohort(null),
	"no status": [{"op": "remove", "path": ["index", "by_class", "nhs_number_status"]}],
	"untraced numbers are merged": [{"op": "add", "path": ["actions", "0", "kind"], "value": "merge"}],
	"a status that nobody validates": [
		{"op": "add", "path": ["fields", "mapping.patient.field.trace_status", "validators"], "value": []},
	],
	"bad codes become null": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.trace_status", "validators", "0", "on_fail"],
			"value": "null",
		},
	],
}

# A condition on the rows of the table.
cohort(keeps) := [
	{"op": "add", "path": ["actions", "0", "kind"], "value": "merge"},
	{
		"op": "add",
		"path": ["filters", "-"],
		"value": {
			"id": "n",
			"dataset": "target.postgres.scr.table[\"patient\"]",
			"kind": "cohort",
			"list_ref": "",
			"list_as_of": null,
			"list_hash": "",
			"scope": "whole_record",
			"exemption": null,
			"keeps": keeps,
		},
	},
]

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"merged where traced": [
		{"op": "add", "path": ["actions", "0", "kind"], "value": "merge"},
		{
			"op": "add",
			"path": ["filters", "-"],
			"value": {
				"id": "n",
				"dataset": "target.postgres.scr.table[\"patient\"]",
				"kind": "cohort",
				"list_ref": "",
				"keeps": ["nhs_number_status=01"],
				"list_as_of": null,
				"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
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
		waivers := [testing.waiver("NHS-03", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["index.by_class", "actions", "filters"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
