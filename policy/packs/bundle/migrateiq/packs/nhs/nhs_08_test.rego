package migrateiq.packs.nhs.nhs_08_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_08

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["processing", "purposes"], "value": ["planning"]},
	{"op": "add", "path": ["processing", "legal_basis", "common_law"], "value": "s251"},
	{"op": "add", "path": ["processing", "legal_basis", "cag_ref"], "value": "24/CAG/1"},
	{
		"op": "add",
		"path": ["processing", "legal_basis", "cag_expires"],
		"value": "2027-05-01T00:00:00Z",
	},
])

results_of(doc, waivers) := r if {
	r := nhs_08.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"support that has ended": [
		{
			"op": "add",
			"path": ["processing", "legal_basis", "cag_expires"],
			"value": "2026-01-01T00:00:00Z",
		},
	],
	"an operator below the standards": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "operator", "dspt", "status"],
			"value": "approaching",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["processing", "legal_basis", "common_law"], "value": "direct_care"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-08", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"processing.legal_basis.common_law",
	"processing.legal_basis.cag_ref?",
	"processing.legal_basis.cag_expires?",
	"systems.*.operator.dspt.status",
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
	"support until this very moment": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["processing", "legal_basis", "cag_expires"], "value": "2026-11-20T12:00:00Z"}],
	},
	"support for another second": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["processing", "legal_basis", "cag_expires"], "value": "2026-11-20T12:00:01Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
