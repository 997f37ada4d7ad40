package migrateiq.packs.gdpr.gdpr_24_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_24

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, fixtures.patches.gdpr_24_passing)

results_of(doc, waivers) := r if {
	r := gdpr_24.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"an identifiable extract": [
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.surname", "protection", "method"],
			"value": "none",
		},
	],
	"decisions about people": [{"op": "add", "path": ["processing", "research", "individual_decisions"], "value": true}],
	"no necessity": [{"op": "add", "path": ["processing", "research", "necessity_ref"], "value": null}],
	"health data for research, decided by without its names": [
		{"op": "add", "path": ["index", "by_class", "personal.name"], "value": []},
		{"op": "add", "path": ["index", "by_class", "hr.name"], "value": []},
		{"op": "add", "path": ["index", "by_class", "nhs_number"], "value": []},
		{"op": "add", "path": ["index", "by_class", "pan"], "value": []},
		{"op": "add", "path": ["processing", "research", "individual_decisions"], "value": true},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"removed": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"protection",
				"method",
			],
			"value": "drop",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"protection",
				"method",
			],
			"value": "drop",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.staff.field.name",
				"protection",
				"method",
			],
			"value": "drop",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.dob",
				"protection",
				"method",
			],
			"value": "drop",
		},
	],
	"justified": [
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"protection",
				"method",
			],
			"value": "none",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.nhs_number",
				"justification",
			],
			"value": "linkage by hand",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"protection",
				"method",
			],
			"value": "none",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.surname",
				"justification",
			],
			"value": "linkage by hand",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.staff.field.name",
				"protection",
				"method",
			],
			"value": "none",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.staff.field.name",
				"justification",
			],
			"value": "linkage by hand",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.dob",
				"protection",
				"method",
			],
			"value": "none",
		},
		{
			"op": "add",
			"path": [
				"fields",
				"mapping.patient.field.dob",
				"justification",
			],
			"value": "linkage by hand",
		},
	],
	"decisions in approved medical research": [
		{
			"op": "add",
			"path": [
				"processing",
				"research",
				"individual_decisions",
			],
			"value": true,
		},
		{
			"op": "add",
			"path": [
				"processing",
				"research",
				"approved_medical_research",
			],
			"value": true,
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["processing", "purposes"], "value": ["direct_care"]}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-24", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"processing.purposes",
	"project.jurisdictions",
	"fields.*.protection.method",
	"fields.*.protection.key.bits?",
	"fields.*.protection.key.system?",
	"fields.*.justification?",
	"processing.research.necessity_ref?",
	"processing.research.individual_decisions",
	"processing.research.approved_medical_research",
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
	"a key as long as required": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "bits"],
				"value": 128,
			},
		],
	},
	"a key shorter by a bit": {
		"gives": {"fail", "pass"},
		"patch": [
			{
				"op": "add",
				"path": ["fields", "mapping.patient.field.nhs_number", "protection", "key", "bits"],
				"value": 127,
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
