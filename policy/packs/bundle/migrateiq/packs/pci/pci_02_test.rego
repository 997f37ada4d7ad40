package migrateiq.packs.pci.pci_02_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_02

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set", "sad"], "value": true},
	{"op": "add", "path": ["index", "by_class", "sad"], "value": ["mapping.card.field.pan"]},
	{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "issuer"], "value": true},
	{
		"op": "add",
		"path": ["fields", "mapping.card.field.pan", "protection"],
		"value": {
			"method": "encrypt",
			"keyed": true,
			"reversible": true,
			"key": {"id": "k9", "custody": "hsm", "custodian": "key team", "system": "vault.tokens", "bits": 256},
			"salt_scope": "project",
			"params": {"keep_first": 0, "keep_last": 0, "band": null, "zip3_list": null},
			"correlation_ref": null,
			"need_ref": "N-1",
		},
	},
])

results_of(doc, waivers) := r if {
	r := pci_02.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a merchant keeps it": [{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "issuer"], "value": false}],
	"no need": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "need_ref"],
			"value": null,
		},
	],
	"a hash is no encryption": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "hmac",
		},
	],
	"a short key": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"],
			"value": 64,
		},
	],
	"a key in a file": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "custody"],
			"value": "file",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "drop",
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-02", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"fields.*.protection.method",
	"systems.*.pci.issuer",
	"fields.*.protection.need_ref?",
	"fields.*.protection.key.bits?",
	"fields.*.protection.key.custody?",
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
