package migrateiq.packs.sox.sox_08_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_08

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_08.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"counts only": fixtures.patches.sox_08_fails_0,
	"one total over all currencies": [{"op": "add", "path": ["verification", "controls", "8", "group_by"], "value": []}],
	"a tolerance": [{"op": "add", "path": ["verification", "controls", "8", "tolerance"], "value": "0.01"}],
	"a total that is not required": [{"op": "add", "path": ["verification", "controls", "8", "required"], "value": false}],
	"a total of another dataset": [
		{
			"op": "add",
			"path": ["verification", "controls", "8", "dataset"],
			"value": "target.postgres.scr.table[\"card\"]",
		},
	],
	"a sample for a total": [{"op": "add", "path": ["verification", "controls", "8", "type"], "value": "sample"}],
	"a negative tolerance": [{"op": "add", "path": ["verification", "controls", "8", "tolerance"], "value": "-1"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-08", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"datasets.*.icfr",
	"datasets.*.system",
	"systems.*.roles",
	"verification.controls",
	"index.by_class",
	"fields.*.dataset",
	"fields.*.column",
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
	"a total by one column": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["verification", "controls", "8", "group_by"], "value": ["currency"]}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
