package migrateiq.packs.nhs.nhs_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_04

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["filters", "-"],
		"value": {
			"id": "t",
			"dataset": "target.postgres.scr.table[\"patient\"]",
			"kind": "synthetic",
			"list_ref": "nhs_number=999*",
			"list_as_of": null,
			"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
			"scope": "whole_record",
			"exemption": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := nhs_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no filter of the test range": [{"op": "add", "path": ["filters"], "value": []}],
	"live patients in training": [{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "training"}],
	"another filter": [{"op": "add", "path": ["filters", "9", "kind"], "value": "cohort"}],
	"a filter of another dataset": [
		{"op": "add", "path": ["filters", "9", "dataset"], "value": "target.postgres.scr.table[\"card\"]"},
	],
	"a filter without list": [{"op": "add", "path": ["filters", "9", "list_ref"], "value": ""}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"masked outside production": [
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.scr",
				"environment",
			],
			"value": "test",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"protection",
				"method",
			],
			"value": "drop",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"protection",
				"method",
			],
			"value": "drop",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.staff.field.name",
				"protection",
				"method",
			],
			"value": "drop",
		},
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
				"clinical_code": ["mapping.patient.field.diagnosis"],
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
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "class_set"],
			"value": {"clinical_code": true},
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.weight", "class_set"],
			"value": {"clinical_quantity": true},
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["index.by_class", "systems.*.environment", "systems.*.roles", "filters"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# At each limit, and one step off it.
boundaries := {
	"identifiers in a table beside, outside production": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection", "method"],
				"value": "drop",
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
				"value": "drop",
			},
		],
	},
	"masked whole": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
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
	"outside production, a key as long as required": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
				"value": {
					"method": "hmac",
					"keyed": true,
					"reversible": false,
					"key": {
						"id": "k9",
						"custody": "hsm",
						"custodian": "key team",
						"system": "vault.tokens",
						"bits": 128,
					},
					"salt_scope": "project",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"outside production, a key shorter by a bit": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
				"value": {
					"method": "hmac",
					"keyed": true,
					"reversible": false,
					"key": {
						"id": "k9",
						"custody": "hsm",
						"custodian": "key team",
						"system": "vault.tokens",
						"bits": 127,
					},
					"salt_scope": "project",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"outside production, a key in the same system": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
				"value": {
					"method": "hmac",
					"keyed": true,
					"reversible": false,
					"key": {
						"id": "k9",
						"custody": "hsm",
						"custodian": "key team",
						"system": "target.postgres.scr",
						"bits": 128,
					},
					"salt_scope": "project",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
	"outside production, a key in a system beside it": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
				"value": {
					"method": "hmac",
					"keyed": true,
					"reversible": false,
					"key": {
						"id": "k9",
						"custody": "hsm",
						"custodian": "key team",
						"system": "target.postgres.quarantine",
						"bits": 128,
					},
					"salt_scope": "project",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{"op": "add", "path": ["systems", "target.postgres.quarantine", "environment"], "value": "test"},
		],
	},
	"outside production, a key in a system of production": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.surname", "protection"],
				"value": {
					"method": "drop",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection"],
				"value": {
					"method": "hmac",
					"keyed": true,
					"reversible": false,
					"key": {
						"id": "k9",
						"custody": "hsm",
						"custodian": "key team",
						"system": "target.postgres.quarantine",
						"bits": 128,
					},
					"salt_scope": "project",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
