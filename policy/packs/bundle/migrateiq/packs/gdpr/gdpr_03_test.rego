package migrateiq.packs.gdpr.gdpr_03_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_03

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["fields", "mapping.patient.field.weight", "class_set", "criminal_offence"],
		"value": true,
	},
	{
		"op": "add",
		"path": ["index", "by_class", "criminal_offence"],
		"value": ["mapping.patient.field.weight"],
	},
	{"op": "add", "path": ["processing", "legal_basis", "art10"], "value": "law of 2019, s.4"},
])

results_of(doc, waivers) := r if {
	r := gdpr_03.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"convictions without authority": [{"op": "add", "path": ["processing", "legal_basis", "art10"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "remove", "path": ["index", "by_class", "criminal_offence"]},
		{
			"op": "remove",
			"path": ["fields", "mapping.patient.field.weight", "class_set", "criminal_offence"],
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-03", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := ["index.by_class", "processing.legal_basis.art10?"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
