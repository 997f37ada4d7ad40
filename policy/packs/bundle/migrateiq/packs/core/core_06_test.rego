package migrateiq.packs.core.core_06_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.core.core_06

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := core_06.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a score above every authority": [{"op": "add", "path": ["risk", "score"], "value": 91}],
	"nobody approved it": [{"op": "add", "path": ["change", "approvals"], "value": []}],
	"an approval that nobody verified": [{"op": "add", "path": ["change", "approvals", "0", "verified"], "value": false}],
	"an approval of another plan": [
		{
			"op": "add",
			"path": ["change", "approvals", "0", "intent_digest"],
			"value": "sha256:9999999999999999999999999999999999999999999999999999999999999999",
		},
	],
	"a score above the ceiling": [{"op": "add", "path": ["risk", "score"], "value": 86}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("CORE-06", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["risk.score", "change.approvals", "change.approvals.*.verified", "plan.intent_digest"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# Whose authority reaches beyond the ceiling does not move it.
test_a_score_is_held_by_the_ceiling_whoever_approved if {
	board := [{"op": "add", "path": ["change", "approvals", "0", "roles"], "value": ["cab"]}]
	every gives, score in {"pass": 85, "fail": 86} {
		doc := json.patch(passing, array.concat(board, [{"op": "add", "path": ["risk", "score"], "value": score}]))
		{r.status | some r in core_06.results} == {gives} with input as doc
			with data.params as {"core": {"risk_authority": {"cab": 90}}}
	}
}

# At each limit, and one step off it.
boundaries := {
	"a score as high as the authority": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["risk", "score"], "value": 85}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
