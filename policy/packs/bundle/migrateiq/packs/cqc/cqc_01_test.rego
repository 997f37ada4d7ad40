package migrateiq.packs.cqc.cqc_01_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.cqc.cqc_01

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := cqc_01.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"entries lose their author": [{"op": "remove", "path": ["index", "by_class", "record_author"]}],
	"verified by counts": [{"op": "add", "path": ["verification", "level"], "value": "counts"}],
	"no balance": [{"op": "add", "path": ["verification", "controls"], "value": []}],
	"it goes on after a reject": [{"op": "add", "path": ["quality", "on_breach"], "value": "continue"}],
	"entries lose their time": [{"op": "remove", "path": ["index", "by_class", "record_time"]}],
	"an author that is cut": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.author", "lineage", "loss"],
			"value": "truncate",
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
			"path": ["datasets", "target.postgres.scr.table[\"patient\"]", "clinical"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("CQC-01", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"datasets.*.clinical",
	"datasets.*.system",
	"systems.*.roles",
	"verification.level",
	"verification.controls",
	"index.by_class",
	"quality.on_breach",
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
	"another table's rows are balanced": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["verification", "controls"],
				"value": [
					{
						"id": "row_balance",
						"type": "row_balance",
						"dataset": "target.postgres.scr.table[\"ledger\"]",
						"columns": [],
						"group_by": [],
						"tolerance": "0",
						"required": true,
						"runs": true,
					},
				],
			},
		],
	},
	"another check of its rows": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["verification", "controls"],
				"value": [
					{
						"id": "checksum",
						"type": "field_checksum",
						"dataset": "target.postgres.scr.table[\"patient\"]",
						"columns": [],
						"group_by": [],
						"tolerance": "0",
						"required": true,
						"runs": true,
					},
				],
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
