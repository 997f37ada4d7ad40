package migrateiq.packs.sox.sox_08_operating_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_08_operating

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["phase"], "value": "verify"},
	{
		"op": "add",
		"path": ["run"],
		"value": {
			"id": "r1",
			"started": "2026-11-20T11:00:00Z",
			"ended": "2026-11-20T11:50:00Z",
			"status": "done",
			"counts": {"read": 1000, "written": 1000, "filtered": 0, "rejected": 0, "quarantined": 0},
			"controls": [
				{"id": "patient_row_balance", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "patient_field_checksum", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "card_row_balance", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "card_field_checksum", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "ledger_row_balance", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "ledger_field_checksum", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "staff_row_balance", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "staff_field_checksum", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "ledger_sum", "expected": "1", "actual": "1", "diff": "0", "pass": true},
				{"id": "ledger_business_rule", "expected": "1", "actual": "1", "diff": "0", "pass": true},
			],
			"exceptions": [],
			"profile": {"k": 10, "l": 3, "pan_hits": 0},
			"policy_decisions": [],
			"chain_verified": true,
		},
	},
])

results_of(doc, waivers) := r if {
	r := sox_08_operating.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a total differs": [{"op": "add", "path": ["run", "controls", "8", "pass"], "value": false}],
	"no total ran": [{"op": "add", "path": ["run", "controls"], "value": []}],
	"a total agrees once and differs once": [
		{
			"op": "add",
			"path": ["run", "controls", "-"],
			"value": {"id": "ledger_sum", "expected": "1", "actual": "2", "diff": "1", "pass": false},
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["phase"], "value": "plan"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-08", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"phase",
	"run?",
	"datasets.*.icfr",
	"datasets.*.system",
	"systems.*.roles",
	"verification.controls",
	"run.controls",
	"index.by_class",
	"fields.*.dataset",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_table_without_amounts_has_no_totals_to_agree if {
	statuses(json.patch(passing, [
		{"op": "remove", "path": ["index", "by_class", "financial_amount"]},
		{"op": "add", "path": ["run", "controls"], "value": []},
		{"op": "add", "path": ["verification", "controls"], "value": []},
	])) == {"pass"}
}

test_there_is_nothing_to_check_where_no_row_moves if {
	still := [p |
		some i, _ in passing.verification.controls
		p := {"op": "add", "path": ["verification", "controls", sprintf("%d", [i]), "runs"], "value": false}
	]
	statuses(json.patch(passing, still)) == {"not_applicable"}
}

# At each limit, and one step off it.
boundaries := {
	"no check at all": {"gives": {"fail"}, "patch": [{"op": "add", "path": ["verification", "controls"], "value": []}]},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
