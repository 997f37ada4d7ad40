package migrateiq.packs.gdpr.gdpr_04_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_04

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := gdpr_04.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no purpose": [{"op": "add", "path": ["processing", "purposes"], "value": []}],
	"marketing data used for scoring": [{"op": "add", "path": ["processing", "source_purposes"], "value": ["marketing"]}],
	"a purpose that is not in the list": [{"op": "add", "path": ["processing", "purposes"], "value": ["whatever"]}],
	"a purpose beside a known one": [
		{"op": "add", "path": ["processing", "purposes"], "value": ["direct_care", "whatever"]},
		{"op": "add", "path": ["processing", "source_purposes"], "value": ["direct_care", "whatever"]},
	],
	"a test that nobody wrote down": [
		{"op": "add", "path": ["processing", "source_purposes"], "value": ["marketing"]},
		{
			"op": "add",
			"path": ["processing", "purpose_compat"],
			"value": {"basis": "compatibility_test", "ref": null},
		},
	],
	"a basis that does not exist": [
		{"op": "add", "path": ["processing", "source_purposes"], "value": ["marketing"]},
		{"op": "add", "path": ["processing", "purpose_compat"], "value": {"basis": "because", "ref": "X"}},
	],
	"a case of the UK's annex under the law of the EU": [
		{"op": "add", "path": ["project", "jurisdictions"], "value": ["uk", "eu"]},
		{"op": "add", "path": ["processing", "source_purposes"], "value": ["billing"]},
		{"op": "add", "path": ["processing", "purpose_compat"], "value": {"basis": "annex_2", "ref": "CA-1"}},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a new purpose with its test": [
		{"op": "add", "path": ["processing", "source_purposes"], "value": ["marketing"]},
		{
			"op": "add",
			"path": ["processing", "purpose_compat"],
			"value": {"basis": "compatibility_test", "ref": "T-1"},
		},
	],
	"a case of the UK's annex": [
		{"op": "add", "path": ["project", "jurisdictions"], "value": ["uk"]},
		{"op": "add", "path": ["processing", "source_purposes"], "value": ["billing"]},
		{"op": "add", "path": ["processing", "purpose_compat"], "value": {"basis": "annex_2", "ref": "CA-1"}},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["index", "by_class"],
			"value": {
				"nhs_number_status": ["mapping.patient.field.trace_status"],
				"clinical_code": ["mapping.patient.field.diagnosis"],
				"clinical_quantity": ["mapping.patient.field.weight"],
				"dd_code": ["mapping.patient.field.ethnicity"],
				"record_author": ["mapping.patient.field.author"],
				"record_time": ["mapping.patient.field.recorded_at"],
				"financial_amount": ["mapping.ledger.field.amount"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.patient.field.surname", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.patient.field.dob", "class_set"], "value": {}},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.diagnosis", "class_set"],
			"value": {"clinical_code": true},
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.weight", "class_set"],
			"value": {"clinical_quantity": true},
		},
		{
			"op": "add",
			"path": ["fields", "mapping.patient.field.ethnicity", "class_set"],
			"value": {"dd_code": true},
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set"], "value": {}},
		{"op": "add", "path": ["fields", "mapping.staff.field.name", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-04", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"processing.purposes",
	"processing.source_purposes",
	"processing.purpose_compat.basis?",
	"processing.purpose_compat.ref?",
	"project.jurisdictions",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

# Where no purpose was ever named, none is new, and yet nothing shows that they go together.
test_purposes_that_nobody_named_are_not_compatible if {
	doc := json.patch(passing, [
		{"op": "add", "path": ["processing", "purposes"], "value": []},
		{"op": "add", "path": ["processing", "source_purposes"], "value": []},
	])
	count({condition | some r in results_of(doc, []); some condition in r.unmet}) == 2
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
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
