package migrateiq.packs.nhs.nhs_06_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_06

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["filters", "-"],
		"value": {
			"id": "ndoo",
			"dataset": "target.postgres.scr.table[\"patient\"]",
			"kind": "ndoo",
			"list_ref": "mesh.ndoo",
			"list_as_of": "2026-11-19T00:00:00Z",
			"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
			"scope": "whole_record",
			"exemption": null,
		},
	},
])

results_of(doc, waivers) := r if {
	r := nhs_06.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a column with the opt-out": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.weight", "class_set", "optout"],
			"value": true,
		},
		{"op": "add", "path": ["index", "by_class", "optout"], "value": ["mapping.patient.field.weight"]},
	],
	"a field that reads the list": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "sources", "0", "dataset"],
			"value": "mesh.ndoo",
		},
	],
	"a column with the opt-out, and no filter": [
		{"op": "add", "path": ["filters"], "value": []},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.weight", "class_set", "optout"],
			"value": true,
		},
		{"op": "add", "path": ["index", "by_class", "optout"], "value": ["mapping.patient.field.weight"]},
	],
	"an expression that asks the list": [
		{"op": "add", "path": ["filters", "9", "list_ref"], "value": "lookup.optouts"},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "lineage", "expr"],
			"value": "src.ID in lookup.optouts ? 'out' : 'in'",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"an expression that asks another list": [
		{"op": "add", "path": ["filters", "9", "list_ref"], "value": "lookup.optouts"},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "lineage", "expr"],
			"value": "src.ID in lookup.optouts_of_posters ? 'out' : 'in'",
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["filters"], "value": []}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-06", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := ["filters", "index.by_class", "fields.*.sources", "fields.*.lineage.expr"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# At each limit, and one step off it.
boundaries := {
	"filters of other kinds only": {
		"gives": {"not_applicable"},
		"patch": [{"op": "add", "path": ["filters", "9", "kind"], "value": "cohort"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
