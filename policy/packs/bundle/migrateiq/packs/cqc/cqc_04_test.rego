package migrateiq.packs.cqc.cqc_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.cqc.cqc_04

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := cqc_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no assessment": [
		{"op": "add", "path": ["clinical", "hazard_log_ref"], "value": null},
		{"op": "add", "path": ["change", "risk_assessment_ref"], "value": null},
	],
	"an open hazard": [{"op": "add", "path": ["clinical", "open_unacceptable_hazards"], "value": 2}],
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
		waivers := [testing.waiver("CQC-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"datasets.*.clinical",
	"clinical.hazard_log_ref?",
	"change.risk_assessment_ref?",
	"clinical.open_unacceptable_hazards",
	"fields.*.sources",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
