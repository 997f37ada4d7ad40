package migrateiq.packs.sox.sox_15_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_15

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_15.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"opaque": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "opaque"],
			"value": true,
		},
	],
	"random": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "deterministic"],
			"value": false,
		},
	],
	"no hash": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.amount", "lineage", "expr_hash"],
			"value": "",
		},
	],
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
		waivers := [testing.waiver("SOX-15", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"datasets.*.icfr",
	"fields.*.dataset",
	"fields.*.lineage.opaque",
	"fields.*.lineage.deterministic",
	"fields.*.lineage.expr_hash",
	"fields.*.sources",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
