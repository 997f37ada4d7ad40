package migrateiq.packs.sox.sox_09_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_09

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_09.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a float": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "type"],
			"value": {"base": "float64", "precision": null, "scale": null, "length": null},
		},
	],
	"fewer decimals than the source": [{"op": "add", "path": ["fields", "mapping.ledger.field.amount", "type", "scale"], "value": 2}],
	"cut": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "loss"],
			"value": "truncate",
		},
	],
	"a source of floats": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "sources", "0", "type"],
			"value": {"base": "float64", "precision": null, "scale": null, "length": null},
		},
	],
	"rounded, and nobody said how": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "loss"],
			"value": "round",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "rounding"],
			"value": null,
		},
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "loss_ack"],
			"value": "ok",
		},
	],
	"rounded, and nobody accepted it": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "loss"],
			"value": "round",
		},
	],
	"a source of any scale": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "sources", "0", "type"],
			"value": {"base": "decimal", "precision": null, "scale": null, "length": null},
		},
	],
	"decimals into whole numbers": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "type"],
			"value": {"base": "int64", "precision": null, "scale": null, "length": null},
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a whole number from a whole number": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.ledger.field.amount",
				"type",
			],
			"value": {
				"base": "int64",
				"precision": null,
				"scale": null,
				"length": null,
			},
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.ledger.field.amount",
				"sources",
				"0",
				"type",
			],
			"value": {
				"base": "int64",
				"precision": null,
				"scale": null,
				"length": null,
			},
		},
	],
	"rounded as declared": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "loss"],
			"value": "round",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "loss_ack"],
			"value": "ok",
		},
	],
	"a target of any scale": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "type"],
			"value": {"base": "decimal", "precision": null, "scale": null, "length": null},
		},
	],
	"a source of whole numbers": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "sources", "0", "type"],
			"value": {"base": "int32", "precision": null, "scale": null, "length": null},
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
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
				"hr.name": ["mapping.staff.field.name"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.ledger.field.amount", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-09", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"fields.*.type.base",
	"fields.*.type.scale?",
	"fields.*.sources",
	"fields.*.lineage.loss",
	"fields.*.lineage.rounding?",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
