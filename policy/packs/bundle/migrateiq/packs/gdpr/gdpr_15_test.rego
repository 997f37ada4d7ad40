package migrateiq.packs.gdpr.gdpr_15_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_15

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["transfers", "0", "mechanism"], "value": "derogation"},
	{"op": "add", "path": ["transfers", "0", "mechanism_ref"], "value": "court order 4"},
])

results_of(doc, waivers) := r if {
	r := gdpr_15.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a nightly export": [{"op": "add", "path": ["transfers", "0", "recurring"], "value": true}],
	"no reference": [{"op": "add", "path": ["transfers", "0", "mechanism_ref"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["transfers", "0", "mechanism"], "value": "domestic"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-15", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["transfers", "transfers.*.mechanism", "transfers.*.recurring", "transfers.*.mechanism_ref?"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
