package migrateiq.packs.sox.sox_01_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_01

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_01.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a purge that the change does not name": [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": "mapping.notes", "dataset": "target.postgres.scr.table[\"ledger\"]",
			"destructive": true, "reversible": false, "rows": 10, "category": "breaking", "irreversible": true,
			"exposure": false, "reasons": ["F002"], "treated_as": [], "classes": ["financial_amount"],
			"backup": {"ref": null, "taken_at": null, "verified": false, "immutable": false, "restore_tested_at": null},
			"approval_ref": null, "certificate_ref": null,
		}],
	}],
	"a purge of a mapping that nobody names": [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": null, "dataset": "target.postgres.scr.table[\"ledger\"]",
			"destructive": true, "reversible": false, "rows": 10, "category": "breaking", "irreversible": true,
			"exposure": false, "reasons": ["F002"], "treated_as": [], "classes": ["financial_amount"],
			"backup": {"ref": null, "taken_at": null, "verified": false, "immutable": false, "restore_tested_at": null},
			"approval_ref": null, "certificate_ref": null,
		}],
	}, {"op": "add", "path": ["change", "purges"], "value": ["mapping.notes"]}],
	"a drop by nobody knows what": [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "drop", "operation": null, "mapping": null, "dataset": "target.postgres.scr.table[\"ledger\"]",
			"destructive": true, "reversible": false, "rows": 10, "category": "breaking", "irreversible": true,
			"exposure": false, "reasons": ["F002"], "treated_as": [], "classes": ["financial_amount"],
			"backup": {"ref": null, "taken_at": null, "verified": false, "immutable": false, "restore_tested_at": null},
			"approval_ref": null, "certificate_ref": null,
		}],
	}],
	"a draft": [{"op": "add", "path": ["change", "ticket", "state"], "value": "draft"}],
	"no reason": [{"op": "add", "path": ["change", "reason"], "value": null}],
	"another commit": [{"op": "add", "path": ["change", "ticket", "config_commit"], "value": "def"}],
	"an approval that nobody verified": [{"op": "add", "path": ["change", "approvals", "0", "verified"], "value": false}],
	"no ticket": [{"op": "add", "path": ["change", "ticket", "id"], "value": ""}],
	"no approval": [{"op": "add", "path": ["change", "approvals"], "value": []}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a purge that the change names": [
	{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "delete", "mapping": "mapping.notes", "dataset": "target.postgres.scr.table[\"ledger\"]",
			"destructive": true, "reversible": false, "rows": 10, "category": "breaking", "irreversible": true,
			"exposure": false, "reasons": ["F002"], "treated_as": [], "classes": ["financial_amount"],
			"backup": {"ref": null, "taken_at": null, "verified": false, "immutable": false, "restore_tested_at": null},
			"approval_ref": null, "certificate_ref": null,
		}],
	},
	{"op": "add", "path": ["change", "purges"], "value": ["mapping.notes"]},
	],
	"rows that a filter takes out": [{
		"op": "add",
		"path": ["actions"],
		"value": [{
			"kind": "delete", "operation": "prune", "mapping": "mapping.notes", "dataset": "target.postgres.scr.table[\"ledger\"]",
			"destructive": true, "reversible": false, "rows": 10, "category": "breaking", "irreversible": true,
			"exposure": false, "reasons": ["F002"], "treated_as": [], "classes": ["financial_amount"],
			"backup": {"ref": null, "taken_at": null, "verified": false, "immutable": false, "restore_tested_at": null},
			"approval_ref": null, "certificate_ref": null,
		}],
	}],
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

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-01", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"change.ticket.id?",
	"change.ticket.state",
	"change.ticket.type",
	"change.reason?",
	"change.ticket.config_commit?",
	"plan.source.commit?",
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
