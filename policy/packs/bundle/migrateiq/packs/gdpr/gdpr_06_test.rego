package migrateiq.packs.gdpr.gdpr_06_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_06

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, fixtures.patches.gdpr_06_passing)

results_of(doc, waivers) := r if {
	r := gdpr_06.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"clear values in a test system": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "none",
		},
	],
	"a hash in a test system": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "hash",
		},
	],
	"a key in the test system": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "system"],
			"value": "target.postgres.scr",
		},
	],
	"a key in another system of the same environment": [
		{"op": "add", "path": ["systems", "target.s3.audit", "environment"], "value": "test"},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "system"],
			"value": "target.s3.audit",
		},
	],
	"a pseudonym that its key lies beside": [
		{"op": "remove", "path": ["index", "by_class", "nhs_number"]},
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
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "classification", "inherited"],
			"value": ["nhs_number"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "system"],
			"value": "target.postgres.scr",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "prod"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-06", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"systems.*.environment",
	"systems.*.live_data",
	"systems.*.roles",
	"fields.*.protection.method",
	"fields.*.protection.reversible",
	"fields.*.protection.key.bits?",
	"fields.*.protection.key.system?",
	"fields.*.protection.key.custodian?",
	"fields.*.protection.params.keep_first",
	"fields.*.protection.params.keep_last",
	"fields.*.classification.inherited",
	"datasets.*.system",
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
	"a field of a class about nobody": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"currency": ["mapping.ledger.field.currency"]},
			},
		],
	},
	"a key as long as required": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "bits"],
				"value": 128,
			},
		],
	},
	"a key shorter by a bit": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "bits"],
				"value": 127,
			},
		],
	},
	"masked whole": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "mask",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"masked, and the value can be got back": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "mask",
					"keyed": false,
					"reversible": true,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"masked but for the first character": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "mask",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 1, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"masked, with less than nothing kept of the beginning": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "mask",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": -1, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"masked but for the last character": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "mask",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 1, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"masked, with less than nothing kept of the end": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "mask",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": -1, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"a source without live data": {
		"gives": {"not_applicable"},
		"patch": [{"op": "add", "path": ["systems", "source.postgres.pas", "live_data"], "value": false}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
