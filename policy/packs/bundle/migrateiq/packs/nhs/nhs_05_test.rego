package migrateiq.packs.nhs.nhs_05_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_05

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["processing", "purposes"], "value": ["planning"]},
	{"op": "add", "path": ["processing", "legal_basis", "common_law"], "value": "s251"},
	{"op": "add", "path": ["processing", "legal_basis", "cag_ref"], "value": "24/CAG/1"},
	{
		"op": "add",
		"path": ["processing", "legal_basis", "cag_expires"],
		"value": "2027-05-01T00:00:00Z",
	},
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
	r := nhs_05.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no opt-out": [{"op": "add", "path": ["filters"], "value": []}],
	"an old list": [{"op": "add", "path": ["filters", "9", "list_as_of"], "value": "2026-01-01T00:00:00Z"}],
	"only some fields": [{"op": "add", "path": ["filters", "9", "scope"], "value": "fields"}],
	"a list of another dataset": [
		{"op": "add", "path": ["filters", "9", "dataset"], "value": "target.postgres.scr.table[\"card\"]"},
	],
	"a list from the future": [{"op": "add", "path": ["filters", "9", "list_as_of"], "value": "2026-12-19T00:00:00Z"}],
	"no purpose that anybody named": [
		{"op": "add", "path": ["processing", "purposes"], "value": []},
		{"op": "add", "path": ["filters"], "value": []},
	],
	"a filter without a list": [{"op": "add", "path": ["filters", "9", "list_ref"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"exempt": [
		{
			"op": "add",
			"path": [
				"filters",
				"9",
				"list_as_of",
			],
			"value": null,
		},
		{
			"op": "add",
			"path": [
				"filters",
				"9",
				"exemption",
			],
			"value": "communicable_disease",
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["processing", "purposes"], "value": ["direct_care"]}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-05", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := ["datasets.*.cpi", "processing.purposes", "filters", "evaluated_at"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_what_is_confidential_at_the_source_is_so_at_the_target if {
	"fail" in statuses(json.patch(passing, [
		{"op": "add", "path": ["datasets", "target.postgres.scr.table[\"patient\"]", "cpi"], "value": false},
		{"op": "add", "path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "cpi"], "value": true},
		{"op": "add", "path": ["processing", "purposes"], "value": ["planning"]},
		{"op": "add", "path": ["filters"], "value": []},
	]))
}

# At each limit, and one step off it.
boundaries := {
	"a list made at this very moment": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["filters", "9", "list_as_of"], "value": "2026-11-20T12:00:00Z"}],
	},
	"a list made in a second": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["filters", "9", "list_as_of"], "value": "2026-11-20T12:00:01Z"}],
	},
	"a list made as long ago as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["filters", "9", "list_as_of"], "value": "2026-10-30T12:00:00Z"}],
	},
	"a list made a second longer ago": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["filters", "9", "list_as_of"], "value": "2026-10-30T11:59:59Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
