package migrateiq.packs.pci.pci_25_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_25

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := pci_25.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"notes with card numbers": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.author", "classification", "detected"],
			"value": [{"tag": "pan", "detector": "luhn", "confidence": 0.9, "n": 1000, "hit_rate": 0.03}],
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"card numbers where they are known": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.card.field.pan",
				"classification",
				"detected",
			],
			"value": [
				{
					"tag": "pan",
					"detector": "luhn",
					"confidence": 1,
					"n": 100,
					"hit_rate": 1,
				},
			],
		},
	],
	"an incident": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"classification",
				"detected",
			],
			"value": [
				{
					"tag": "pan",
					"detector": "luhn",
					"confidence": 1,
					"n": 100,
					"hit_rate": 0.1,
				},
			],
		},
		{
			"op": "add",
			"path": [
				"change",
				"incident_ref",
			],
			"value": "INC-1",
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["fields"], "value": {}}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-25", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["fields", "fields.*.classification.detected", "fields.*.class_set", "change.incident_ref?"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

unsearched := json.patch(passing, [{"op": "add", "path": ["fields", id, "classification", "detected"], "value": null} |
	some id, _ in passing.fields
])

test_where_no_search_was_made_nobody_can_tell if {
	{[r.status, r.subject.id] | some r in results_of(unsearched, [])} == {["undecidable", "plan"]}
}

# One waiver is enough for what was not searched, and accepts nothing of what was found.
test_a_waiver_for_the_plan_is_of_what_was_not_searched if {
	waivers := [testing.waiver("PCI-25", "plan")]
	{r.status | some r in results_of(unsearched, waivers)} == {"waived"}
	found := json.patch(unsearched, failing["notes with card numbers"])
	{[r.status, r.subject.id] | some r in results_of(found, waivers)} == {
		["waived", "plan"],
		["fail", "mapping.patient.field.author"],
	}
}

test_an_incident_is_about_what_was_found if {
	incident := [{"op": "add", "path": ["change", "incident_ref"], "value": "INC-7"}]
	found := array.concat(failing["notes with card numbers"], incident)
	statuses(json.patch(passing, found)) == {"pass"}
	statuses(json.patch(unsearched, incident)) == {"undecidable"}
}

test_what_is_classed_as_a_card_number_is_expected if {
	classed := json.patch(passing, [
		{
			"op": "add",
			"path": ["fields", "mapping.card.field.pan", "classification", "detected"],
			"value": [{"tag": "pan", "detector": "luhn", "confidence": 0.9, "n": 1000, "hit_rate": 1}],
		},
	])
	statuses(classed) == {"pass"}
}

test_one_field_that_was_not_searched_is_enough if {
	doc := json.patch(passing, [
		{"op": "add", "path": ["fields", "mapping.staff.field.name", "classification", "detected"], "value": null},
	])
	statuses(doc) == {"pass", "undecidable"}
}
