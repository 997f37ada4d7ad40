package migrateiq.packs.gdpr.gdpr_13_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_13

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, fixtures.patches.gdpr_13_passing)

results_of(doc, waivers) := r if {
	r := gdpr_13.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"identifiers under a live key": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
			"value": {
				"method": "hmac",
				"keyed": true,
				"reversible": false,
				"key": {"id": "k9", "custody": "hsm", "custodian": "key team", "system": "vault.tokens", "bits": 256},
				"salt_scope": "project",
				"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
				"correlation_ref": null,
				"need_ref": null,
			},
		},
	],
	"k of 1": [{"op": "add", "path": ["anonymity", "k"], "value": 1}],
	"no test by an intruder": [{"op": "add", "path": ["anonymity", "intruder_test_ref"], "value": null}],
	"no t": [{"op": "add", "path": ["anonymity", "t"], "value": null}],
	"a live token with its key destroyed": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
		{"op": "add", "path": ["anonymity", "key_destroyed"], "value": true},
	],
	"what was an identifier, under a live key": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "classification", "inherited"],
			"value": ["nhs_number"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "class_set"],
			"value": {"personal.pseudonymised": true},
		},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.pseudonymised"],
			"value": ["mapping.patient.field.nhs_number"],
		},
		{"op": "add", "path": ["index", "by_class", "nhs_number"], "value": []},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "method"],
			"value": "hmac",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"an HMAC whose key is destroyed": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
			"value": {
				"method": "hmac",
				"keyed": true,
				"reversible": false,
				"key": {"id": "k9", "custody": "hsm", "custodian": "key team", "system": "vault.tokens", "bits": 256},
				"salt_scope": "project",
				"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
				"correlation_ref": null,
				"need_ref": null,
			},
		},
		{"op": "add", "path": ["anonymity", "key_destroyed"], "value": true},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["anonymity", "claim"], "value": "pseudonymised"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-13", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"anonymity.claim",
	"index.by_class",
	"fields.*.protection.method",
	"anonymity.k?",
	"anonymity.t?",
	"anonymity.l?",
	"anonymity.intruder_test_ref?",
	"anonymity.key_destroyed",
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
	"groups as large as required": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["anonymity", "k"], "value": 5}],
	},
	"groups smaller by one": {"gives": {"fail"}, "patch": [{"op": "add", "path": ["anonymity", "k"], "value": 4}]},
	"no distance at all": {"gives": {"pass"}, "patch": [{"op": "add", "path": ["anonymity", "t"], "value": 0}]},
	"a distance below nothing": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["anonymity", "t"], "value": -0.5}],
	},
	"a field of a class about nobody, in clear": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"currency": ["mapping.ledger.field.currency"]},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.ledger.field.currency", "protection", "method"],
				"value": "none",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
