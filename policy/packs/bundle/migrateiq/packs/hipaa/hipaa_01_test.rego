package migrateiq.packs.hipaa.hipaa_01_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.hipaa.hipaa_01

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, fixtures.patches.hipaa_01_passing)

results_of(doc, waivers) := r if {
	r := hipaa_01.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a name": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "none",
		},
	],
	"a hash of a number": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "method"],
			"value": "hmac",
		},
	],
	"a generalised name": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "generalise",
		},
	],
	"a pseudonym of a name, of which the class is gone": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "class_set"],
			"value": {"personal.pseudonymised": true},
		},
		{"op": "add", "path": ["index", "by_class", "personal.name"], "value": []},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.pseudonymised"],
			"value": ["mapping.patient.field.surname"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "classification", "inherited"],
			"value": ["personal.name"],
		},
	],
	"a name and an area in one, made wide": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "generalise",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "class_set", "personal.zip"],
			"value": true,
		},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.zip"],
			"value": ["mapping.patient.field.surname"],
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a date made wide": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.dob",
				"protection",
				"method",
			],
			"value": "generalise",
		},
	],
	"a name removed": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"protection",
				"method",
			],
			"value": "redact",
		},
	],
	"a code from a vault": [
		{
			"op": "add",
			"path": [
				"index",
				"by_class",
				"record_code",
			],
			"value": [
				"mapping.patient.field.surname",
			],
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"class_set",
				"record_code",
			],
			"value": true,
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"protection",
				"method",
			],
			"value": "token_vault",
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["anonymity", "claim"], "value": "none"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("HIP-01", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"anonymity.claim",
	"index.by_class",
	"fields.*.protection.method",
	"fields.*.protection.params.band?",
	"fields.*.classification.inherited",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
