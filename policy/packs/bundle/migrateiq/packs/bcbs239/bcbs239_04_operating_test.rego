package migrateiq.packs.bcbs239.bcbs239_04_operating_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.bcbs239.bcbs239_04_operating

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
	r := bcbs239_04_operating.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"rows are missing": [{"op": "add", "path": ["run", "controls", "4", "pass"], "value": false}],
	"the counts do not add up": [{"op": "add", "path": ["run", "counts", "written"], "value": 990}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["phase"], "value": "plan"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("BCB-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"phase",
	"run?",
	"index.by_class",
	"systems.*.roles",
	"datasets.*.system",
	"verification.controls",
	"run.controls",
	"run.counts.read",
	"run.counts.written",
	"run.counts.filtered",
	"run.counts.rejected",
	"run.counts.quarantined",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
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
	"a field that is not critical": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"currency": ["mapping.ledger.field.currency"]},
			},
		],
	},
	"no check at all": {"gives": {"fail"}, "patch": [{"op": "add", "path": ["verification", "controls"], "value": []}]},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
