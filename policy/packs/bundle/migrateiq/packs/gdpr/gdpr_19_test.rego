package migrateiq.packs.gdpr.gdpr_19_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_19

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["processing", "dpia", "residual_risk"], "value": "high"},
	{"op": "add", "path": ["processing", "dpia", "consultation_ref"], "value": "ICO-1"},
	{"op": "add", "path": ["processing", "dpia", "consultation_outcome"], "value": "no objection"},
])

results_of(doc, waivers) := r if {
	r := gdpr_19.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no consultation": [{"op": "add", "path": ["processing", "dpia", "consultation_ref"], "value": null}],
	"no answer": [{"op": "add", "path": ["processing", "dpia", "consultation_outcome"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["processing", "dpia", "residual_risk"], "value": "medium"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-19", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"index.by_class",
	"processing.dpia.residual_risk",
	"processing.dpia.consultation_ref?",
	"processing.dpia.consultation_outcome?",
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
	"one field with personal data": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"personal.name": ["mapping.patient.field.surname"]},
			},
		],
	},
	"no field with personal data": {
		"gives": {"not_applicable"},
		"patch": [{"op": "add", "path": ["index", "by_class"], "value": {}}],
	},
	"a field of a class about nobody": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"currency": ["mapping.ledger.field.currency"]},
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
