package migrateiq.packs.nhs.nhs_19_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_19

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["actions"],
		"value": [
			{
				"kind": "truncate",
				"dataset": "target.postgres.scr.table[\"patient\"]",
				"destructive": true,
				"reversible": false,
				"rows": 10,
				"backup": {
					"ref": "B-1",
					"taken_at": "2026-11-20T10:00:00Z",
					"verified": true,
					"immutable": true,
					"restore_tested_at": "2026-11-10T00:00:00Z",
				},
				"approval_ref": "REC-1",
				"certificate_ref": "CERT-1",
			},
		],
	},
])

results_of(doc, waivers) := r if {
	r := nhs_19.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no backup": [{"op": "add", "path": ["actions", "0", "backup", "verified"], "value": false}],
	"a backup that can be changed": [{"op": "add", "path": ["actions", "0", "backup", "immutable"], "value": false}],
	"a backup from the future": [{"op": "add", "path": ["actions", "0", "backup", "taken_at"], "value": "2026-11-21T10:00:00Z"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["actions", "0", "destructive"], "value": false}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-19", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"actions",
	"actions.*.destructive",
	"actions.*.dataset",
	"datasets.*.essential",
	"actions.*.backup.verified",
	"actions.*.backup.immutable",
	"actions.*.backup.taken_at?",
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
	"a backup taken at this very moment": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["actions", "0", "backup", "taken_at"], "value": "2026-11-20T12:00:00Z"}],
	},
	"a backup taken in a second": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["actions", "0", "backup", "taken_at"], "value": "2026-11-20T12:00:01Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
