package migrateiq.packs.cqc.cqc_02_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.cqc.cqc_02

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := cqc_02.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"an open share": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "access", "deny_by_default"],
			"value": false,
		},
	],
	"in clear": [{"op": "add", "path": ["systems", "target.postgres.scr", "at_rest", "level"], "value": "none"}],
	"no roles": [{"op": "add", "path": ["systems", "target.postgres.scr", "access", "roles"], "value": []}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "clinical"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("CQC-02", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"datasets.*.clinical",
	"datasets.*.system",
	"systems.*.roles",
	"systems.*.at_rest.level",
	"systems.*.access.roles",
	"systems.*.access.deny_by_default",
	"fields.*.sources",
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
	"one role": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["systems", "target.postgres.scr", "access", "roles"], "value": ["loader"]}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
