package migrateiq.packs.nhs.nhs_28_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_28

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["anonymity"],
		"value": {
			"claim": "anonymised",
			"release": "public",
			"qi": ["age_band"],
			"k": 10,
			"l": 3,
			"t": 0.2,
			"small_number": 5,
			"intruder_test_ref": "MI-1",
			"key_destroyed": true,
		},
	},
])

results_of(doc, waivers) := r if {
	r := nhs_28.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"groups of one": [{"op": "add", "path": ["anonymity", "k"], "value": 1}],
	"no claim": [{"op": "add", "path": ["anonymity", "claim"], "value": "none"}],
	"no intruder": [{"op": "add", "path": ["anonymity", "intruder_test_ref"], "value": null}],
	"no rule of small numbers": [{"op": "add", "path": ["anonymity", "small_number"], "value": 0}],
	"nothing on the spread": [
		{"op": "add", "path": ["anonymity", "l"], "value": null},
		{"op": "add", "path": ["anonymity", "t"], "value": null},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["anonymity", "release"], "value": "internal"}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-28", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"anonymity.release",
	"anonymity.claim",
	"anonymity.k?",
	"anonymity.l?",
	"anonymity.t?",
	"anonymity.small_number?",
	"anonymity.intruder_test_ref?",
	"index.by_class",
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
	"groups as large as required": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["anonymity", "k"], "value": 5}],
	},
	"groups smaller by one": {"gives": {"fail"}, "patch": [{"op": "add", "path": ["anonymity", "k"], "value": 4}]},
	"small numbers smaller by one": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["anonymity", "small_number"], "value": 4}],
	},
	"one field of a special category, and nothing on its spread": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"health.diagnosis": ["mapping.patient.field.diagnosis"]},
			},
			{"op": "add", "path": ["anonymity", "l"], "value": null},
			{"op": "add", "path": ["anonymity", "t"], "value": null},
		],
	},
	"no special category, and nothing on the spread": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"personal.name": ["mapping.patient.field.surname"]},
			},
			{"op": "add", "path": ["anonymity", "l"], "value": null},
			{"op": "add", "path": ["anonymity", "t"], "value": null},
		],
	},
	"no distance at all": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["anonymity", "l"], "value": null},
			{"op": "add", "path": ["anonymity", "t"], "value": 0},
		],
	},
	"a distance below nothing": {
		"gives": {"fail"},
		"patch": [
			{"op": "add", "path": ["anonymity", "l"], "value": null},
			{"op": "add", "path": ["anonymity", "t"], "value": -0.5},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
