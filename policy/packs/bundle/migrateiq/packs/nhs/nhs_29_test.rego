package migrateiq.packs.nhs.nhs_29_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_29

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.weight", "class_set", "legally_restricted"],
		"value": true,
	},
	{
		"op": "add",
		"path": ["index", "by_class", "legally_restricted"],
		"value": ["mapping.patient.field.weight"],
	},
	{
		"op": "add",
		"path": ["index", "by_dataset", "target.postgres.scr.table[\"patient\"]"],
		"value": ["mapping.patient.field.weight"],
	},
])

results_of(doc, waivers) := r if {
	r := nhs_29.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"among other data": [
		{
			"op": "add",
			"path": ["index", "by_dataset", "target.postgres.scr.table[\"patient\"]"],
			"value": ["mapping.patient.field.weight", "mapping.patient.field.dob"],
		},
	],
	"nobody approved": [{"op": "add", "path": ["change", "approvals"], "value": []}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "remove", "path": ["index", "by_class", "legally_restricted"]},
		{
			"op": "remove",
			"path": ["fields", "mapping.patient.field.weight", "class_set", "legally_restricted"],
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-29", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"datasets.*.record_class",
	"change.approvals",
	"change.approvals.*.verified",
	"change.author.id",
	"plan.intent_digest",
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
