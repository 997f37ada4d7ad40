package migrateiq.packs.nhs.nhs_10_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_10

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_10.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"identifiers for planning": [{"op": "add", "path": ["processing", "purposes"], "value": ["planning"]}],
	"no need": [{"op": "add", "path": ["fields", "mapping.patient.field.surname", "required_for"], "value": []}],
	"a name and a date of birth for planning": [
		{"op": "add", "path": ["processing", "purposes"], "value": ["planning"]},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "method"],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "justification"],
			"value": "letters",
		},
	],
	"no purpose that anybody named": [{"op": "add", "path": ["processing", "purposes"], "value": []}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a name for planning, with a date of birth as a year": [
		{"op": "add", "path": ["processing", "purposes"], "value": ["planning"]},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "method"],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "justification"],
			"value": "letters",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "method"],
			"value": "generalise",
		},
	],
	"justified": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"required_for",
			],
			"value": [],
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"justification",
			],
			"value": "tracing",
		},
	],
	"beyond care, and all are pseudonyms": [
		{
			"op": "add",
			"path": [
				"processing",
				"purposes",
			],
			"value": [
				"planning",
			],
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"protection",
				"method",
			],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"protection",
				"method",
			],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.staff.field.name",
				"protection",
				"method",
			],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.dob",
				"protection",
				"method",
			],
			"value": "hmac",
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
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "cpi"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-10", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"datasets.*.cpi",
	"processing.purposes",
	"fields.*.protection.method",
	"fields.*.justification?",
	"fields.*.required_for",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
