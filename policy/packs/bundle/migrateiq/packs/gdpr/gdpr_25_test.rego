package migrateiq.packs.gdpr.gdpr_25_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_25

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
				"classes": [],
"certificate_ref": "CERT-1",
			},
		],
	},
])

results_of(doc, waivers) := r if {
	r := gdpr_25.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a purge of a mapping that is gone": [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": "mapping.notes",
			"dataset": "target.postgres.scr.table[\"notes\"]", "destructive": true, "reversible": false, "rows": 10,
			"category": "breaking", "irreversible": true, "exposure": false, "reasons": ["F002"], "treated_as": [],
			"classes": ["health"], "backup": {
				"ref": "B-1", "taken_at": null, "verified": false, "immutable": false,
				"restore_tested_at": null,
			}, "approval_ref": null, "certificate_ref": null,
		}],
	}],
	"a drop of what nobody knows": [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": "mapping.notes",
			"dataset": "target.postgres.scr.table[\"notes\"]", "destructive": true, "reversible": false, "rows": 10,
			"category": "breaking", "irreversible": true, "exposure": false, "reasons": ["F002"], "treated_as": [],
			"classes": null, "backup": {
				"ref": "B-1", "taken_at": null, "verified": false, "immutable": false,
				"restore_tested_at": null,
			}, "approval_ref": null, "certificate_ref": null,
		}],
	}],
	"no backup": [{"op": "add", "path": ["actions", "0", "backup", "verified"], "value": false}],
	"a backup of last year": [{"op": "add", "path": ["actions", "0", "backup", "taken_at"], "value": "2025-11-20T10:00:00Z"}],
	"nobody tried to restore": [{"op": "add", "path": ["actions", "0", "backup", "restore_tested_at"], "value": null}],
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
		waivers := [testing.waiver("GDPR-25", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"actions",
	"actions.*.destructive",
	"actions.*.dataset",
	"actions.*.backup.taken_at?",
	"actions.*.backup.verified",
	"actions.*.backup.restore_tested_at?",
	"evaluated_at",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_purge_of_no_personal_data_does_not_fall_under_it if {
	none := [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": "mapping.notes",
			"dataset": "target.postgres.scr.table[\"notes\"]", "destructive": true, "reversible": false, "rows": 10,
			"category": "breaking", "irreversible": true, "exposure": false, "reasons": ["F002"], "treated_as": [],
			"classes": [], "backup": {
				"ref": "B-1", "taken_at": null, "verified": false, "immutable": false,
				"restore_tested_at": null,
			}, "approval_ref": null, "certificate_ref": null,
		}],
	}]
	statuses(json.patch(passing, none)) == {"not_applicable"}
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
	"a backup taken as long ago as allowed": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["actions", "0", "backup", "taken_at"], "value": "2026-11-19T12:00:00Z"}],
	},
	"a backup taken a second longer ago": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["actions", "0", "backup", "taken_at"], "value": "2026-11-19T11:59:59Z"}],
	},
	"a table without personal data": {
		"gives": {"not_applicable"},
		"patch": [{"op": "add", "path": ["actions", "0", "dataset"], "value": "target.postgres.scr.table[\"ledger\"]"}],
	},
	"restored at this very moment": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["actions", "0", "backup", "restore_tested_at"],
				"value": "2026-11-20T12:00:00Z",
			},
		],
	},
	"restored in a second": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["actions", "0", "backup", "restore_tested_at"],
				"value": "2026-11-20T12:00:01Z",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
