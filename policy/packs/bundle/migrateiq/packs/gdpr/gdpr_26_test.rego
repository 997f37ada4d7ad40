package migrateiq.packs.gdpr.gdpr_26_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_26

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.dob", "class_set", "child_data"],
		"value": true,
	},
	{"op": "add", "path": ["index", "by_class", "child_data"], "value": ["mapping.patient.field.dob"]},
])

results_of(doc, waivers) := r if {
	r := gdpr_26.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"an assessment that is silent on children": [{"op": "add", "path": ["processing", "dpia", "covers_children"], "value": false}],
	"a draft": [{"op": "add", "path": ["processing", "dpia", "status"], "value": "draft"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "remove", "path": ["index", "by_class", "child_data"]},
		{"op": "remove", "path": ["fields", "mapping.patient.field.dob", "class_set", "child_data"]},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-26", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["index.by_class", "processing.dpia.covers_children", "processing.dpia.status"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
