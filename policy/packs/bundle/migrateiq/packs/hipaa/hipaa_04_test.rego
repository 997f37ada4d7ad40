package migrateiq.packs.hipaa.hipaa_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.hipaa.hipaa_04

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["anonymity", "claim"], "value": "safe_harbor"},
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.author", "class_set", "record_code"],
		"value": true,
	},
	{
		"op": "add",
		"path": ["index", "by_class", "record_code"],
		"value": ["mapping.patient.field.author"],
	},
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.author", "protection"],
		"value": {
			"method": "token_vault",
			"keyed": true,
			"reversible": true,
			"key": {"id": "k9", "custody": "hsm", "custodian": "key team", "system": "vault.tokens", "bits": 256},
			"salt_scope": "project",
			"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
			"correlation_ref": null,
			"need_ref": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := hipaa_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"an HMAC of a number": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.author", "protection", "method"],
			"value": "hmac",
		},
	],
	"in clear": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.author", "protection", "method"],
			"value": "none",
		},
	],
	"a vault beside the data": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.author", "protection", "key", "system"],
			"value": "target.postgres.scr",
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
				"mapping.patient.field.author",
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

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("HIP-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["anonymity.claim", "index.by_class", "fields.*.protection.method", "fields.*.sources"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
