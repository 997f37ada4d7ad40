package migrateiq.packs.hipaa.hipaa_02_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.hipaa.hipaa_02

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["anonymity", "claim"], "value": "safe_harbor"},
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.ethnicity", "class_set", "personal.zip"],
		"value": true,
	},
	{
		"op": "add",
		"path": ["index", "by_class", "personal.zip"],
		"value": ["mapping.patient.field.ethnicity"],
	},
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.ethnicity", "protection"],
		"value": {
			"method": "generalise",
			"keyed": false,
			"reversible": false,
			"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
			"salt_scope": "none",
			"params": {"keep_first": 3, "keep_last": 0, "band": null, "zip3_list": "2026-11-01"},
			"correlation_ref": null,
			"need_ref": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := hipaa_02.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"five digits": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "protection", "params", "keep_first"],
			"value": 5,
		},
	],
	"no list of small areas": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "protection", "params", "zip3_list"],
			"value": null,
		},
	],
	"truncated without the list": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "protection", "method"],
			"value": "truncate",
		},
	],
	"five digits, of which the class is gone": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "classification", "inherited"],
			"value": ["personal.zip"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "class_set"],
			"value": {"personal.quasi_identifier": true},
		},
		{"op": "remove", "path": ["index", "by_class", "personal.zip"]},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.quasi_identifier"],
			"value": ["mapping.patient.field.ethnicity"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "protection", "params", "keep_first"],
			"value": 5,
		},
	],
	"a postcode": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "class_set"],
			"value": {"personal.postcode": true},
		},
		{"op": "remove", "path": ["index", "by_class", "personal.zip"]},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.postcode"],
			"value": ["mapping.patient.field.ethnicity"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "protection", "params", "keep_first"],
			"value": 4,
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"removed": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.ethnicity",
				"protection",
				"method",
			],
			"value": "drop",
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
		waivers := [testing.waiver("HIP-02", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"anonymity.claim",
	"index.by_class",
	"fields.*.protection.method",
	"fields.*.protection.params.keep_first?",
	"fields.*.protection.params.zip3_list?",
	"fields.*.classification.inherited",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
