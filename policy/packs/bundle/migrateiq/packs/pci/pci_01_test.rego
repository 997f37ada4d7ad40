package migrateiq.packs.pci.pci_01_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_01

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set", "sad"], "value": true},
	{"op": "add", "path": ["index", "by_class", "sad"], "value": ["mapping.card.field.pan"]},
	{
		"op": "add",
		"path": ["fields", "mapping.card.field.pan", "protection"],
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
])

results_of(doc, waivers) := r if {
	r := pci_01.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"encrypted into the target": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "encrypt",
		},
	],
	"copied": [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "protection", "method"],
			"value": "none",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"kept by an issuer": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.card.field.pan",
				"protection",
				"method",
			],
			"value": "none",
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.scr",
				"pci",
				"issuer",
			],
			"value": true,
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "remove", "path": ["index", "by_class", "sad"]},
		{"op": "remove", "path": ["fields", "mapping.card.field.pan", "class_set", "sad"]},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-01", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := ["index.by_class", "fields.*.protection.method", "fields.*.dataset", "systems.*.pci.issuer"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
