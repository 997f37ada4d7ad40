package migrateiq.packs.hipaa.hipaa_03_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.hipaa.hipaa_03

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["anonymity", "claim"], "value": "safe_harbor"},
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.dob", "protection"],
		"value": {
			"method": "generalise",
			"keyed": false,
			"reversible": false,
			"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
			"salt_scope": "none",
			"params": {"keep_first": 0, "keep_last": 0, "band": "year_90_plus"},
			"correlation_ref": null,
			"need_ref": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := hipaa_03.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a day": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "method"],
			"value": "none",
		},
	],
	"a month": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "params", "band"],
			"value": "month",
		},
	],
	"shifted": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "method"],
			"value": "date_shift",
		},
	],
	"the year of a birth of a hundred years ago": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "params", "band"],
			"value": "year",
		},
	],
	"a month, of which the class is gone": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "params", "band"],
			"value": "month",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "classification", "inherited"],
			"value": ["personal.birth_date"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "class_set"],
			"value": {"personal.quasi_identifier": true},
		},
		{"op": "remove", "path": ["index", "by_class", "personal.birth_date"]},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.quasi_identifier"],
			"value": ["mapping.patient.field.dob"],
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"the year of an admission": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "protection", "params", "band"],
			"value": "year",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "class_set"],
			"value": {"personal.date": true},
		},
		{"op": "remove", "path": ["index", "by_class", "personal.birth_date"]},
		{"op": "add", "path": ["index", "by_class", "personal.date"], "value": ["mapping.patient.field.dob"]},
	],
	"removed": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.dob",
				"protection",
				"method",
			],
			"value": "drop",
		},
	],
	"ages over 89 as one group": [
		{
			"op": "add",
			"path": [
				"index",
				"by_class",
				"personal.age",
			],
			"value": [
				"mapping.patient.field.weight",
			],
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.weight",
				"class_set",
				"personal.age",
			],
			"value": true,
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.weight",
				"protection",
				"method",
			],
			"value": "generalise",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.weight",
				"protection",
				"params",
				"band",
			],
			"value": "age_90_plus",
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
		waivers := [testing.waiver("HIP-03", id) | some id in failures]
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
