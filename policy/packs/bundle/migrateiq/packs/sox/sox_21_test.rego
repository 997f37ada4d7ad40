package migrateiq.packs.sox.sox_21_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_21

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["systems", "target.postgres.scr", "operator", "third_party"], "value": true},
])

results_of(doc, waivers) := r if {
	r := sox_21.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no report": [{"op": "add", "path": ["systems", "target.postgres.scr", "operator", "soc1_ref"], "value": null}],
	"an old report": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "operator", "soc1_period_end"],
			"value": "2025-01-01T00:00:00Z",
		},
	],
	"not mapped": [{"op": "add", "path": ["systems", "target.postgres.scr", "operator", "cuec_ref"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "operator", "third_party"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-21", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"systems.*.operator.third_party",
	"systems.*.operator.soc1_ref?",
	"systems.*.operator.soc1_period_end?",
	"systems.*.operator.cuec_ref?",
	"evaluated_at",
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
	"a report until this very moment": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "operator", "soc1_period_end"],
				"value": "2026-11-20T12:00:00Z",
			},
		],
	},
	"a report for another second": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "operator", "soc1_period_end"],
				"value": "2026-11-20T12:00:01Z",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
