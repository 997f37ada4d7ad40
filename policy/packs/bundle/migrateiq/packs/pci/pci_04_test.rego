package migrateiq.packs.pci.pci_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_04

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
	r := pci_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"salt is no key": [
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
	"only a part": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "lineage", "functions"],
			"value": ["substr"],
		},
	],
	"a key in a file": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "custody"],
			"value": "file",
		},
	],
	"a pseudonym made with a short key": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "class_set"],
			"value": {"personal.pseudonymised": true},
		},
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "classification", "inherited"],
			"value": ["pan"],
		},
		{"op": "remove", "path": ["index", "by_class", "pan"]},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.pseudonymised"],
			"value": ["mapping.card.field.pan"],
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"], "value": 64},
	],
	"only the end, by the library of texts": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "lineage", "functions"],
			"value": ["text.substr@1", "pseudonym.hmac@1"],
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"the whole number, trimmed": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "lineage", "functions"],
			"value": ["text.trim@1", "string@1", "pseudonym.hmac@1"],
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
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "token_vault",
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"fields.*.protection.method",
	"fields.*.protection.key.bits?",
	"fields.*.protection.key.system?",
	"fields.*.protection.key.custody?",
	"fields.*.lineage.functions",
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
