package migrateiq.packs.nhs.nhs_28_operating_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_28_operating

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, fixtures.patches.nhs_28_operating_passing)

results_of(doc, waivers) := r if {
	r := nhs_28_operating.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"groups of one": [{"op": "add", "path": ["run", "profile", "k"], "value": 1}],
	"less spread than claimed": [{"op": "add", "path": ["run", "profile", "l"], "value": 1}],
	"smaller than claimed": [{"op": "add", "path": ["run", "profile", "k"], "value": 7}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["phase"], "value": "plan"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-28", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"phase",
	"run?",
	"anonymity.release",
	"run.profile.k",
	"run.profile.l",
	"anonymity.k",
	"anonymity.l?",
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
	"groups as large as required": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["anonymity", "k"], "value": 5},
			{"op": "add", "path": ["run", "profile", "k"], "value": 5},
		],
	},
	"groups smaller by one": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["anonymity", "k"], "value": 4},
			{"op": "add", "path": ["run", "profile", "k"], "value": 4},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
