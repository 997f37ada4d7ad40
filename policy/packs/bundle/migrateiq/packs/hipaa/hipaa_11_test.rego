package migrateiq.packs.hipaa.hipaa_11_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.hipaa.hipaa_11

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, fixtures.patches.hipaa_11_passing)

results_of(doc, waivers) := r if {
	r := hipaa_11.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no agreement": [{"op": "add", "path": ["anonymity", "dua_ref"], "value": null}],
	"a name": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "none",
		},
	],
	"an expert without report": [{"op": "add", "path": ["anonymity", "claim"], "value": "expert"}],
	"an expert's report past its date": [
		{"op": "add", "path": ["anonymity", "claim"], "value": "expert"},
		{"op": "add", "path": ["anonymity", "report_ref"], "value": "ED-3"},
		{"op": "add", "path": ["anonymity", "report_expires"], "value": "2026-01-01T00:00:00Z"},
	],
	"a pseudonym of a name, of which the class is gone": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "hmac",
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "class_set"],
			"value": {"personal.pseudonymised": true},
		},
		{"op": "add", "path": ["index", "by_class", "personal.name"], "value": []},
		{
			"op": "add",
			"path": ["index", "by_class", "personal.pseudonymised"],
			"value": ["mapping.patient.field.surname"],
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "classification", "inherited"],
			"value": ["personal.name"],
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"an expert's report": [
		{"op": "add", "path": ["anonymity", "claim"], "value": "expert"},
		{"op": "add", "path": ["anonymity", "report_ref"], "value": "ED-3"},
		{"op": "add", "path": ["anonymity", "report_expires"], "value": "2027-01-01T00:00:00Z"},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["anonymity", "claim"], "value": "none"}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("HIP-11", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"anonymity.claim",
	"anonymity.report_ref?",
	"anonymity.report_expires?",
	"anonymity.dua_ref?",
	"index.by_class",
	"fields.*.protection.method",
	"evaluated_at",
	"fields.*.classification.inherited",
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
	"a field of a class about nobody, in clear": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"currency": ["mapping.ledger.field.currency"]},
			},
			{
				"op": "add",
				"path": ["fields", "mapping.ledger.field.currency", "protection", "method"],
				"value": "none",
			},
		],
	},
	"a report until this very moment": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["anonymity", "claim"], "value": "expert"},
			{"op": "add", "path": ["anonymity", "report_ref"], "value": "ED-3"},
			{"op": "add", "path": ["anonymity", "report_expires"], "value": "2026-11-20T12:00:00Z"},
		],
	},
	"a report for another second": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["anonymity", "claim"], "value": "expert"},
			{"op": "add", "path": ["anonymity", "report_ref"], "value": "ED-3"},
			{"op": "add", "path": ["anonymity", "report_expires"], "value": "2026-11-20T12:00:01Z"},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
