package migrateiq.packs.pci.pci_11_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_11

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

# The number is hidden by a key, and what is left is of another class.
pseudonym := [
	{"op": "remove", "path": ["index", "by_class", "pan"]},
	{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set"], "value": {}},
	{"op": "add", "path": ["fields", "mapping.card.field.pan", "classification", "inherited"], "value": ["pan"]},
	{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "method"], "value": "hmac"},
]

results_of(doc, waivers) := r if {
	r := pci_11.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a field under a key whose period is over": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "cryptoperiod_end"], "value": "2026-11-20T11:59:59Z"}],
	"a field under a key whose period ends at this moment": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "cryptoperiod_end"], "value": fixtures.document.evaluated_at}],
	"a field under a key without a period": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "cryptoperiod_end"], "value": null}],
	"a field under a key that was retired": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "status"], "value": "retired"}],
	"a field under a key of which nobody says what it is": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "status"], "value": null}],
	"a period of the system that nobody knows": [{
		"op": "add",
		"path": ["systems", "target.postgres.scr", "at_rest", "key", "cryptoperiod_end"],
		"value": null,
	}],
	"a state of the system's key that nobody knows": [{
		"op": "add",
		"path": ["systems", "target.postgres.scr", "at_rest", "key", "status"],
		"value": null,
	}],
	"a pseudonym, which is of no class of cards any more": array.concat(pseudonym, [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "status"], "value": "compromised"}]),
	"a period that is over": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "at_rest", "key", "cryptoperiod_end"],
			"value": "2026-01-01T00:00:00Z",
		},
	],
	"a key that leaked": [
		{
			"op": "add",
			"path": ["systems", "target.postgres.scr", "at_rest", "key", "status"],
			"value": "compromised",
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a field under a key that ends a second later": [{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "cryptoperiod_end"], "value": "2026-11-20T12:00:01Z"}],
	"a field without a key": [
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "method"], "value": "redact"},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "cryptoperiod_end"], "value": null},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "protection", "key", "status"], "value": null},
	],
	"a pseudonym in a system whose own key is of no matter": array.concat(pseudonym, [
		{"op": "add", "path": ["systems", "target.postgres.scr", "at_rest", "key", "status"], "value": "retired"},
		{"op": "add", "path": ["systems", "target.postgres.scr", "at_rest", "key", "cryptoperiod_end"], "value": null},
	]),
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
				"nhs_number": ["mapping.patient.field.nhs_number"],
				"nhs_number_status": ["mapping.patient.field.trace_status"],
				"personal.name": ["mapping.patient.field.surname"],
				"personal.birth_date": ["mapping.patient.field.dob"],
				"health.diagnosis": ["mapping.patient.field.diagnosis"],
				"clinical_code": ["mapping.patient.field.diagnosis"],
				"health.measurement": ["mapping.patient.field.weight"],
				"clinical_quantity": ["mapping.patient.field.weight"],
				"special.ethnicity": ["mapping.patient.field.ethnicity"],
				"dd_code": ["mapping.patient.field.ethnicity"],
				"record_author": ["mapping.patient.field.author"],
				"record_time": ["mapping.patient.field.recorded_at"],
				"financial_amount": ["mapping.ledger.field.amount"],
				"currency": ["mapping.ledger.field.currency"],
				"posting_date": ["mapping.ledger.field.posted_on"],
				"risk.counterparty": ["mapping.ledger.field.counterparty"],
				"hr.name": ["mapping.staff.field.name"],
			},
		},
		{"op": "add", "path": ["fields", "mapping.card.field.pan", "class_set"], "value": {}},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-11", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"datasets.*.system",
	"systems.*.at_rest.key.cryptoperiod_end",
	"systems.*.at_rest.key.status",
	"evaluated_at",
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
	"a key until this very moment": {
		"gives": {"fail"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "at_rest", "key", "cryptoperiod_end"],
				"value": "2026-11-20T12:00:00Z",
			},
		],
	},
	"a key for another second": {
		"gives": {"pass"},
		"patch": [
			{
				"op": "add",
				"path": ["systems", "target.postgres.scr", "at_rest", "key", "cryptoperiod_end"],
				"value": "2026-11-20T12:00:01Z",
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
