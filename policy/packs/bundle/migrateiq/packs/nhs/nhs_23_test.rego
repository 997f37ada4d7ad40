package migrateiq.packs.nhs.nhs_23_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_23

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_23.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no safety case": [{"op": "add", "path": ["clinical", "cscr_ref"], "value": null}],
	"a safety case of another version": [{"op": "add", "path": ["clinical", "cscr_engine_version"], "value": "0.9.0"}],
	"no officer": [{"op": "add", "path": ["clinical", "cso", "id"], "value": null}],
	"no hazard log": [{"op": "add", "path": ["clinical", "hazard_log_ref"], "value": null}],
	"no version": [{"op": "add", "path": ["clinical", "cscr_version"], "value": null}],
	"not registered": [{"op": "add", "path": ["clinical", "cso", "registration"], "value": null}],
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
		waivers := [testing.waiver("NHS-23", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"datasets.*.clinical",
	"clinical.hazard_log_ref?",
	"clinical.cscr_ref?",
	"clinical.cscr_version?",
	"clinical.cso.id?",
	"clinical.cso.registration?",
	"clinical.cscr_engine_version?",
	"engine.version",
	"fields.*.sources",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
