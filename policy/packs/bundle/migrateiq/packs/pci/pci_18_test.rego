package migrateiq.packs.pci.pci_18_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_18

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"}])

results_of(doc, waivers) := r if {
	r := pci_18.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"in clear": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "none",
		},
	],
	"encrypted, outside the protected environment": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "fpe_ff1",
		},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
	],
	"an HMAC that can be reversed": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "hmac",
		},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
	],
	"a token whose vault nobody names": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "key", "system"],
			"value": null,
		},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"cut": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.card.field.pan",
				"protection",
				"method",
			],
			"value": "truncate",
		},
	],
	"an HMAC": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.card.field.pan",
				"protection",
				"method",
			],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.card.field.pan",
				"protection",
				"reversible",
			],
			"value": false,
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "prod"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-18", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"systems.*.live_data",
	"systems.*.environment",
	"systems.*.roles",
	"fields.*.protection.method",
	"fields.*.protection.reversible",
	"systems.*.pci.cde",
	"fields.*.protection.key.system?",
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
	"masked for good": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "method"],
				"value": "mask",
			},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "reversible"],
				"value": false,
			},
		],
	},
	"a token whose key lies beside it": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "method"],
				"value": "token_vault",
			},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "key", "system"],
				"value": "target.postgres.scr",
			},
		],
	},
	"a token whose key lies elsewhere": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "method"],
				"value": "token_vault",
			},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "key", "system"],
				"value": "vault.tokens",
			},
		],
	},
	"a key as long as required": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "method"],
				"value": "encrypt",
			},
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
				"path": ["fields", "mapping.card.field.pan", "protection", "method"],
				"value": "encrypt",
			},
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "key", "bits"],
				"value": 127,
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
