package migrateiq.packs.sox.sox_17_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_17

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["change", "emergency"], "value": true},
	{"op": "add", "path": ["change", "post_review_due"], "value": "2026-11-22T00:00:00Z"},
	{"op": "add", "path": ["change", "open_emergencies"], "value": 1},
])

results_of(doc, waivers) := r if {
	r := sox_17.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"three open ones": [{"op": "add", "path": ["change", "open_emergencies"], "value": 3}],
	"no review": [{"op": "add", "path": ["change", "post_review_due"], "value": null}],
	"one person": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "alice"}],
	"a review in a month": [{"op": "add", "path": ["change", "post_review_due"], "value": "2026-12-22T00:00:00Z"}],
	"nobody approved": [{"op": "add", "path": ["change", "approvals"], "value": []}],
	"a review that was due": [{"op": "add", "path": ["change", "post_review_due"], "value": "2026-11-18T00:00:00Z"}],
	"one person in two spellings": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "ALICE"}],
	"somebody without a name": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a dataset of the reporting on systems that are not": [
		{
			"op": "add",
			"path": [
				"systems",
				"source.postgres.pas",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.scr",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.quarantine",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.s3.audit",
				"sox",
				"in_scope",
			],
			"value": false,
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["change", "emergency"], "value": false}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-17", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"change.emergency",
	"change.post_review_due?",
	"change.open_emergencies",
	"change.author.id",
	"evaluated_at",
	"plan.intent_digest",
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
	"nothing of the reporting": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["systems", "source.postgres.pas", "sox", "in_scope"], "value": false},
			{
				"op": "add",
				"path": ["systems", "target.postgres.quarantine", "sox", "in_scope"],
				"value": false,
			},
			{"op": "add", "path": ["systems", "target.postgres.scr", "sox", "in_scope"], "value": false},
			{"op": "add", "path": ["systems", "target.s3.audit", "sox", "in_scope"], "value": false},
			{
				"op": "add",
				"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
				"value": false,
			},
		],
	},
	"a review due at this very moment": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "post_review_due"], "value": "2026-11-20T12:00:00Z"}],
	},
	"a review due a second ago": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "post_review_due"], "value": "2026-11-20T11:59:59Z"}],
	},
	"a review due as late as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "post_review_due"], "value": "2026-11-25T12:00:00Z"}],
	},
	"a review due a second later": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "post_review_due"], "value": "2026-11-25T12:00:01Z"}],
	},
	"as many open ones as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "open_emergencies"], "value": 2}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
