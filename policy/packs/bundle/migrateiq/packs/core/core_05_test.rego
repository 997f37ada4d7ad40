package migrateiq.packs.core.core_05_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.core.core_05

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := core_05.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a field that nobody classified": [{"op": "add", "path": ["index", "unclassified"], "value": ["mapping.patient.field.dob"]}],
	"a wildcard": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "sources", "0", "column"],
			"value": "*",
		},
	],
	"a class that no pack knows": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "class_set", "personel.dob"],
			"value": true,
		},
		{
			"op": "add",
			"path": ["index", "by_class", "personel.dob"],
			"value": ["mapping.patient.field.dob"],
		},
	],
	"a decision that is empty": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.dob", "classification", "decision"],
			"value": [],
		},
	],
	"opaque lineage": [
		{"op": "add", "path": ["fields", "mapping.patient.field.dob", "lineage", "opaque"], "value": true},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "add", "path": ["fields"], "value": {}},
		{"op": "add", "path": ["index", "by_class"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("CORE-05", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"fields",
	"index.unclassified",
	"fields.*.classification.decision",
	"fields.*.class_set",
	"fields.*.lineage.opaque",
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
	"a field that only the list of unclassified ones names": {
		"gives": {"pass", "undecidable"},
		"patch": [{"op": "add", "path": ["index", "unclassified"], "value": ["mapping.patient.field.gone"]}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
