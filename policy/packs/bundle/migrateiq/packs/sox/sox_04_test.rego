package migrateiq.packs.sox.sox_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_04

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"IT only": [{"op": "add", "path": ["change", "approvals", "0", "roles"], "value": ["it"]}],
	"the business only": [{"op": "add", "path": ["change", "approvals", "0", "roles"], "value": ["controller"]}],
	"the author approves, in capitals": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "Alice"}],
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

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"change.author.id",
	"plan.intent_digest",
	"evaluated_at",
	"change.approvals",
	"change.approvals.*.verified",
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
	"approved at this very moment": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-11-20T12:00:00Z"}],
	},
	"approved in a second": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-11-20T12:00:01Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
