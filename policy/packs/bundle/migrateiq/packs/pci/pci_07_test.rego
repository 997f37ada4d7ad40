package migrateiq.packs.pci.pci_07_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_07

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["fields", "mapping.card.field.pan", "protection"],
		"value": {
			"method": "truncate",
			"keyed": false,
			"reversible": false,
			"key": {"id": null, "custody": null, "custodian": null, "system": null, "bits": null},
			"salt_scope": "none",
			"params": {"keep_first": 6, "keep_last": 4, "band": null},
			"correlation_ref": null,
			"need_ref": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := pci_07.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"the first eight": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_first"],
			"value": 8,
		},
	],
	"the last six": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_last"],
			"value": 6,
		},
	],
	"what was a number, cut to its last six": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_last"],
			"value": 6,
		},
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
			"value": "token_vault",
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-07", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"fields.*.protection.method",
	"fields.*.protection.params.keep_first",
	"fields.*.protection.params.keep_last",
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
	"nothing of the beginning": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_first"],
				"value": 0,
			},
		],
	},
	"less than nothing of the beginning": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_first"],
				"value": -1,
			},
		],
	},
	"one digit too many of the beginning": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_first"],
				"value": 7,
			},
		],
	},
	"nothing of the end": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_last"],
				"value": 0,
			},
		],
	},
	"less than nothing of the end": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_last"],
				"value": -1,
			},
		],
	},
	"one digit too many of the end": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.card.field.pan", "protection", "params", "keep_last"],
				"value": 5,
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
