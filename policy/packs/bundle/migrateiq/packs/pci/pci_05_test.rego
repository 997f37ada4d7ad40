package migrateiq.packs.pci.pci_05_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_05

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["fields", "mapping.card.field.pan", "protection"],
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
])

results_of(doc, waivers) := r if {
	r := pci_05.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"hashed and truncated": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan_short"],
			"value": {
				"dataset": "target.postgres.scr.table[\"card\"]",
				"column": "pan_short",
				"type": {"base": "text", "precision": null, "scale": null, "length": 32},
				"sources": [
					{
						"dataset": "source.postgres.pas.table[\"PATIENT\"]",
						"column": "PAN",
						"type": {"base": "text", "precision": null, "scale": null, "length": 32},
					},
				],
				"lineage": {
					"expr": "row.pan",
					"expr_hash": "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
					"functions": [],
					"deterministic": true,
					"opaque": false,
					"loss": "none",
					"loss_ack": null,
					"rounding": "half_even",
				},
				"classification": {
					"declared": ["pan"],
					"detected": [],
					"inherited": [],
					"decision": ["pan"],
					"reviewed_by": "dpo@example.org",
				},
				"class_set": {"pan": true},
				"protection": {
					"method": "truncate",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 6, "keep_last": 4, "band": null},
					"correlation_ref": null,
					"need_ref": null,
				},
				"required_for": ["direct_care"],
				"justification": null,
				"validators": [],
				"terminology": {"system": null, "version": null, "map_ref": null, "unmapped": "quarantine"},
				"unit": {"source": null, "target": null},
				"dictionary_ref": "DICT-1",
				"meaning_map_ref": "MAP-1",
			},
		},
		{"op": "add", "path": ["index", "by_class", "pan", "-"], "value": "mapping.card.field.pan_short"},
	],
	"hashed and truncated, of class pan no more": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan_short"],
			"value": {
				"dataset": "target.postgres.scr.table[\"card\"]",
				"column": "pan_short",
				"type": {"base": "text", "precision": null, "scale": null, "length": 32},
				"sources": [
					{
						"dataset": "source.postgres.pas.table[\"PATIENT\"]",
						"column": "PAN",
						"type": {"base": "text", "precision": null, "scale": null, "length": 32},
					},
				],
				"lineage": {
					"expr": "row.pan",
					"expr_hash": "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
					"functions": [],
					"deterministic": true,
					"opaque": false,
					"loss": "none",
					"loss_ack": null,
					"rounding": "half_even",
				},
				"classification": {
					"declared": ["pan"],
					"detected": [],
					"inherited": ["pan"],
					"decision": ["pan"],
					"reviewed_by": "dpo@example.org",
				},
				"class_set": {"personal.quasi_identifier": true},
				"protection": {
					"method": "truncate",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 6, "keep_last": 4, "band": null},
					"correlation_ref": null,
					"need_ref": null,
				},
				"required_for": ["direct_care"],
				"justification": null,
				"validators": [],
				"terminology": {"system": null, "version": null, "map_ref": null, "unmapped": "quarantine"},
				"unit": {"source": null, "target": null},
				"dictionary_ref": "DICT-1",
				"meaning_map_ref": "MAP-1",
			},
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set"], "value": {"personal.pseudonymised": true}},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "classification", "inherited"], "value": ["pan"]},
		{"op": "remove", "path": ["index", "by_class", "pan"]},
		{"op": "add", "path": ["index", "by_class", "personal.pseudonymised"], "value": ["mapping.card.field.pan"]},
	],
	"hashed and masked": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan_short"],
			"value": {
				"dataset": "target.postgres.scr.table[\"card\"]",
				"column": "pan_short",
				"type": {"base": "text", "precision": null, "scale": null, "length": 32},
				"sources": [
					{
						"dataset": "source.postgres.pas.table[\"PATIENT\"]",
						"column": "PAN",
						"type": {"base": "text", "precision": null, "scale": null, "length": 32},
					},
				],
				"lineage": {
					"expr": "row.pan",
					"expr_hash": "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
					"functions": [],
					"deterministic": true,
					"opaque": false,
					"loss": "none",
					"loss_ack": null,
					"rounding": "half_even",
				},
				"classification": {
					"declared": ["pan"],
					"detected": [],
					"inherited": [],
					"decision": ["pan"],
					"reviewed_by": "dpo@example.org",
				},
				"class_set": {"pan": true},
				"protection": {
					"method": "mask",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 6, "keep_last": 4, "band": null},
					"correlation_ref": null,
					"need_ref": null,
				},
				"required_for": ["direct_care"],
				"justification": null,
				"validators": [],
				"terminology": {"system": null, "version": null, "map_ref": null, "unmapped": "quarantine"},
				"unit": {"source": null, "target": null},
				"dictionary_ref": "DICT-1",
				"meaning_map_ref": "MAP-1",
			},
		},
		{"op": "add", "path": ["index", "by_class", "pan", "-"], "value": "mapping.card.field.pan_short"},
	],
	"of another column, in one row": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan_short"],
			"value": {
				"dataset": "target.postgres.scr.table[\"card\"]",
				"column": "pan_short",
				"type": {"base": "text", "precision": null, "scale": null, "length": 32},
				"sources": [
					{
						"dataset": "source.postgres.pas.table[\"PATIENT\"]",
						"column": "PAN_SHOWN",
						"type": {"base": "text", "precision": null, "scale": null, "length": 32},
					},
				],
				"lineage": {
					"expr": "row.pan",
					"expr_hash": "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
					"functions": [],
					"deterministic": true,
					"opaque": false,
					"loss": "none",
					"loss_ack": null,
					"rounding": "half_even",
				},
				"classification": {
					"declared": ["pan"],
					"detected": [],
					"inherited": [],
					"decision": ["pan"],
					"reviewed_by": "dpo@example.org",
				},
				"class_set": {"pan": true},
				"protection": {
					"method": "truncate",
					"keyed": false,
					"reversible": false,
					"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
					"salt_scope": "none",
					"params": {"keep_first": 6, "keep_last": 4, "band": null},
					"correlation_ref": null,
					"need_ref": null,
				},
				"required_for": ["direct_care"],
				"justification": null,
				"validators": [],
				"terminology": {"system": null, "version": null, "map_ref": null, "unmapped": "quarantine"},
				"unit": {"source": null, "target": null},
				"dictionary_ref": "DICT-1",
				"meaning_map_ref": "MAP-1",
			},
		},
		{"op": "add", "path": ["index", "by_class", "pan", "-"], "value": "mapping.card.field.pan_short"},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"two hashes": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan_short"],
			"value": {
				"dataset": "target.postgres.scr.table[\"card\"]",
				"column": "pan_short",
				"type": {"base": "text", "precision": null, "scale": null, "length": 32},
				"sources": [
					{
						"dataset": "source.postgres.pas.table[\"PATIENT\"]",
						"column": "PAN",
						"type": {"base": "text", "precision": null, "scale": null, "length": 32},
					},
				],
				"lineage": {
					"expr": "row.pan",
					"expr_hash": "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
					"functions": [],
					"deterministic": true,
					"opaque": false,
					"loss": "none",
					"loss_ack": null,
					"rounding": "half_even",
				},
				"classification": {
					"declared": ["pan"],
					"detected": [],
					"inherited": [],
					"decision": ["pan"],
					"reviewed_by": "dpo@example.org",
				},
				"class_set": {"pan": true},
				"protection": {
					"method": "hmac",
					"keyed": true,
					"reversible": false,
					"key": {"id": "k9", "custody": "hsm", "custodian": "key team", "system": "vault.tokens", "bits": 256},
					"salt_scope": "project",
					"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
					"correlation_ref": null,
					"need_ref": null,
				},
				"required_for": ["direct_care"],
				"justification": null,
				"validators": [],
				"terminology": {"system": null, "version": null, "map_ref": null, "unmapped": "quarantine"},
				"unit": {"source": null, "target": null},
				"dictionary_ref": "DICT-1",
				"meaning_map_ref": "MAP-1",
			},
		},
		{"op": "add", "path": ["index", "by_class", "pan", "-"], "value": "mapping.card.field.pan_short"},
	],
	"kept apart": fixtures.patches.pci_05_also_1,
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "token_vault",
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-05", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"fields.*.protection.method",
	"systems.*.environment",
	"fields.*.protection.correlation_ref?",
	"fields.*.protection.params.keep_first?",
	"fields.*.protection.params.keep_last?",
	"fields.*.classification.inherited",
	"fields.*.sources",
	"fields.*.dataset",
	"datasets.*.system",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

_short(changes) := statuses(json.patch(passing, array.concat(failing["hashed and truncated"], [op |
	some at, value in changes
	op := {"op": "add", "path": array.concat(["fields"], split(at, "/")), "value": value}
])))

test_one_column_that_both_read_is_enough if {
	other := "target.postgres.scr.table[\"patient\"]"
	source := {"dataset": "source.postgres.pas.table[\"PATIENT\"]", "column": "PAN", "type": {}}
	"fail" in _short({"mapping.card.field.pan_short/dataset": other})
	_short({
		"mapping.card.field.pan_short/dataset": other,
		"mapping.card.field.pan_short/sources": [object.union(source, {"column": "IBAN"})],
	}) == {"pass"}
}

test_two_truncations_that_keep_different_digits_correlate if {
	"fail" in _short({
		"mapping.card.field.pan/protection/method": "truncate",
		"mapping.card.field.pan/protection/params/keep_first": 0,
		"mapping.card.field.pan/protection/params/keep_last": 4,
	})
}
