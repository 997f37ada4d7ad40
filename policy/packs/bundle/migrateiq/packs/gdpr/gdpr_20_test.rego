package migrateiq.packs.gdpr.gdpr_20_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_20

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["processing", "legal_basis", "art6"], "value": "a"},
	{"op": "add", "path": ["processing", "legal_basis", "consent_proof_ref"], "value": "CONSENT-STORE"},
	{
		"op": "add",
		"path": ["filters"],
		"value": [
			{
				"id": "c0",
				"dataset": "target.postgres.scr.table[\"patient\"]",
				"kind": "consent",
				"list_ref": "l",
				"list_as_of": "2026-11-20T06:00:00Z",
				"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
				"scope": "whole_record",
				"exemption": null,
			},
			{
				"id": "c1",
				"dataset": "target.postgres.scr.table[\"card\"]",
				"kind": "consent",
				"list_ref": "l",
				"list_as_of": "2026-11-20T06:00:00Z",
				"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
				"scope": "whole_record",
				"exemption": null,
			},
			{
				"id": "c2",
				"dataset": "target.postgres.scr.table[\"staff\"]",
				"kind": "consent",
				"list_ref": "l",
				"list_as_of": "2026-11-20T06:00:00Z",
				"list_hash": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
				"scope": "whole_record",
				"exemption": null,
			},
		],
	},
])

results_of(doc, waivers) := r if {
	r := gdpr_20.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no filter": [{"op": "add", "path": ["filters"], "value": []}],
	"a list of last month": [{"op": "add", "path": ["filters", "0", "list_as_of"], "value": "2026-10-20T06:00:00Z"}],
	"no proof": [{"op": "add", "path": ["processing", "legal_basis", "consent_proof_ref"], "value": null}],
	"another filter": [{"op": "add", "path": ["filters", "0", "kind"], "value": "cohort"}],
	"a list of tomorrow": [{"op": "add", "path": ["filters", "0", "list_as_of"], "value": "2026-11-21T06:00:00Z"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["processing", "legal_basis", "art6"], "value": "e"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-20", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"processing.legal_basis.art6",
	"processing.legal_basis.art9?",
	"filters",
	"evaluated_at",
	"processing.legal_basis.consent_proof_ref?",
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
	"a list made at this very moment": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["filters", "0", "list_as_of"], "value": "2026-11-20T12:00:00Z"}],
	},
	"a list made in a second": {
		"gives": {"fail", "pass"},
		"patch": [{"op": "add", "path": ["filters", "0", "list_as_of"], "value": "2026-11-20T12:00:01Z"}],
	},
	"a list made as long ago as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["filters", "0", "list_as_of"], "value": "2026-11-19T12:00:00Z"}],
	},
	"a list made a second longer ago": {
		"gives": {"fail", "pass"},
		"patch": [{"op": "add", "path": ["filters", "0", "list_as_of"], "value": "2026-11-19T11:59:59Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
