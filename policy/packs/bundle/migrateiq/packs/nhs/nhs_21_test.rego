package migrateiq.packs.nhs.nhs_21_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.nhs.nhs_21

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := nhs_21.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"far away, and no SIRO": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "US"},
		{"op": "add", "path": ["change", "approvals", "0", "roles"], "value": ["it"]},
	],
	"far away, without assessment": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "US"},
		{"op": "add", "path": ["change", "risk_assessment_ref"], "value": null},
	],
	"a country in small letters, and no SIRO": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "gb"},
		{"op": "add", "path": ["change", "approvals", "0", "roles"], "value": ["it"]},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"far away, accepted": [{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "US"}],
	"in the EEA": [{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "IE"}],
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
				"personal.name": ["mapping.patient.field.surname"],
				"personal.birth_date": ["mapping.patient.field.dob"],
				"clinical_code": ["mapping.patient.field.diagnosis"],
				"clinical_quantity": ["mapping.patient.field.weight"],
				"special.ethnicity": ["mapping.patient.field.ethnicity"],
				"dd_code": ["mapping.patient.field.ethnicity"],
				"record_author": ["mapping.patient.field.author"],
				"record_time": ["mapping.patient.field.recorded_at"],
				"pan": ["mapping.card.field.pan"],
				"financial_amount": ["mapping.ledger.field.amount"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
				"hr.name": ["mapping.staff.field.name"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.patient.field.nhs_number", "class_set"], "value": {}},
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
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("NHS-21", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"systems.*.roles",
	"systems.*.country",
	"change.approvals",
	"plan.intent_digest",
	"change.author.id",
	"change.risk_assessment_ref?",
	"evaluated_at",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_country_counts_as_adequate_until_it_no_longer_does if {
	doc := json.patch(passing, [
		{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "NZ"},
		{"op": "add", "path": ["change", "approvals"], "value": []},
	])
	statuses(doc) == {"pass"}
	ended := [{"country": "NZ", "until": "2026-01-01T00:00:00Z", "only": null}]
	"fail" in statuses(doc) with data.migrateiq.reference.adequacy.uk as ended
	not "fail" in statuses(doc) with data.migrateiq.reference.adequacy.uk as [{"country": "NZ", "until": "2027-01-01T00:00:00Z", "only": null}]
	refused := {"gdpr": {"not_adequate": ["NZ"]}}
	"fail" in {r.status | some r in nhs_21.results} with input as doc with data.params as refused
}

test_a_country_is_adequate_until_the_last_second if {
	doc := json.patch(passing, [
		{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "NZ"},
		{"op": "add", "path": ["change", "approvals"], "value": []},
	])
	every gives, until in {"fail": "2026-11-20T12:00:00Z", "pass": "2026-11-20T12:00:01Z"} {
		gives in statuses(doc) with data.migrateiq.reference.adequacy.uk as [{"country": "NZ", "until": until, "only": null}]
	}
	not "fail" in statuses(doc) with data.migrateiq.reference.adequacy.uk as [{"country": "NZ", "until": "2026-11-20T12:00:01Z", "only": null}]
}

# At each limit, and one step off it.
boundaries := {
	"one field about patients": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["index", "by_class"],
				"value": {"nhs_number": ["mapping.patient.field.nhs_number"]},
			},
		],
	},
	"far away, approved at this very moment": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "US"},
			{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-11-20T12:00:00Z"},
		],
	},
	"far away, approved in a second": {
		"gives": {"fail", "pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "US"},
			{"op": "add", "path": ["change", "approvals", "0", "at"], "value": "2026-11-20T12:00:01Z"},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}

# That there is no approval leaves open only what needs one.
test_a_near_place_needs_no_approval_to_be_decided if {
	none := [{"op": "add", "path": ["change", "approvals"], "value": null}]
	statuses(json.patch(passing, none)) == {"pass"}
	far := [{"op": "add", "path": ["systems", "target.postgres.scr", "country"], "value": "US"}]
	"fail" in statuses(json.patch(passing, array.concat(none, far)))
}
