package migrateiq.packs.sox.sox_03_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_03

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_03.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"another intent": [
		{
			"op": "add",
			"path": ["change", "approvals", "0", "intent_digest"],
			"value": "sha256:9999999999999999999999999999999999999999999999999999999999999999",
		},
	],
	"an old approval": [{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-01-01T00:00:00Z"}],
	"an approval from the future": [{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2027-01-01T00:00:00Z"}],
	"none": [{"op": "add", "path": ["change", "approvals"], "value": []}],
	"an approval that nobody verified": [{"op": "add", "path": ["change", "approvals", "0", "verified"], "value": false}],
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
	statuses(json.patch(passing, [
		{"op": "add", "path": ["systems", "source.postgres.pas", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "sox", "in_scope"], "value": false},
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
		waivers := [testing.waiver("SOX-03", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"plan.intent_digest",
	"evaluated_at",
	"change.approvals.*.intent_digest",
	"change.approvals.*.at",
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
	"approved as long ago as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-11-06T12:00:00Z"}],
	},
	"approved a second longer ago": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-11-06T11:59:59Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
