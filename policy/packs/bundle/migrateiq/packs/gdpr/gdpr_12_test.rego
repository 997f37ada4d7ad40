package migrateiq.packs.gdpr.gdpr_12_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_12

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := gdpr_12.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a hash without key": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "hash",
		},
	],
	"a short key": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"],
			"value": 64,
		},
	],
	"a key beside the data": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "system"],
			"value": "target.postgres.scr",
		},
	],
	"one salt for each row": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "salt_scope"],
			"value": "row",
		},
	],
	"a pseudonym made with a short key": [
		{"op": "remove", "path": ["index", "by_class", "pan"]},
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "class_set"],
			"value": {"personal": true, "personal.pseudonymised": true},
		},
		{"op": "add", "path": ["index", "by_class", "personal"], "value": ["mapping.card.field.pan"]},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.pseudonymised"],
			"value": ["mapping.card.field.pan"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "classification", "inherited"],
			"value": ["pan"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "classification", "declared"],
			"value": [],
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "method"], "value": "hmac"},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"], "value": 64},
	],
	"a custodian without a name": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "custodian"], "value": " "}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "none",
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-12", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"fields.*.protection.method",
	"fields.*.protection.key.bits?",
	"fields.*.protection.key.system?",
	"fields.*.protection.key.custodian?",
	"fields.*.protection.salt_scope",
	"datasets.*.system",
	"fields.*.classification.inherited",
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
	"a field of a class about nobody, hashed": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"currency": ["mapping.ledger.field.currency"]},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.ledger.field.currency", "protection", "method"],
				"value": "hash",
			},
		],
	},
	"a key as long as required": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"],
				"value": 128,
			},
		],
	},
	"a key shorter by a bit": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"],
				"value": 127,
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
