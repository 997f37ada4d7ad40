package migrateiq.packs.nhs.nhs_24_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_24

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_24.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"an open hazard": [{"op": "add", "path": ["clinical", "open_unacceptable_hazards"], "value": 1}],
	"no sign-off": [{"op": "add", "path": ["change", "approvals", "0", "roles"], "value": ["it"]}],
	"no local hazard log": [{"op": "add", "path": ["clinical", "dcb0160_ref"], "value": null}],
	"no hazard log": [{"op": "add", "path": ["clinical", "hazard_log_ref"], "value": null}],
	"clinical where it comes from, with an open hazard": [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "clinical"],
			"value": false,
		},
		{
			"op": "add",
			"path": ["datasets", "source.postgres.pas.table[\"PATIENT\"]", "clinical"],
			"value": true,
		},
		{"op": "add", "path": ["clinical", "open_unacceptable_hazards"], "value": 1},
	],
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

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-24", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"datasets.*.clinical",
	"datasets.*.system",
	"systems.*.environment",
	"systems.*.roles",
	"clinical.dcb0160_ref?",
	"clinical.hazard_log_ref?",
	"clinical.open_unacceptable_hazards",
	"change.approvals",
	"change.approvals.*.verified",
	"change.author.id",
	"plan.intent_digest",
	"evaluated_at",
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
