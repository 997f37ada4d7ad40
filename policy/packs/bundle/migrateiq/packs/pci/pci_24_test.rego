package migrateiq.packs.pci.pci_24_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_24

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := pci_24.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"3DES": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "at_rest", "algorithm"], "value": "3DES"},
	],
	"SSL": [
		{"op": "add", "path": ["systems", "target.postgres.scr", "transport", "protocol"], "value": "SSL3"},
	],
	"SSL on the way from the source": [{"op": "add", "path": ["systems", "source.postgres.pas", "transport", "protocol"], "value": "SSL3"}],
	"rejects under 3DES": [{"op": "add", "path": ["systems", "target.postgres.quarantine", "at_rest", "algorithm"], "value": "3DES"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
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
		waivers := [testing.waiver("PCI-24", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"systems.*.at_rest.algorithm",
	"systems.*.transport.protocol",
	"evaluated_at",
	"systems.*.roles",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_system_on_this_machine_has_no_protocol if {
	doc := json.patch(passing, [
		{"op": "add", "path": ["systems", "target.postgres.scr", "transport", "protocol"], "value": null},
		{"op": "add", "path": ["systems", "target.postgres.scr", "transport", "network"], "value": "local"},
	])
	statuses(doc) == {"pass"}
	"fail" in statuses(json.patch(doc, [{
		"op": "add",
		"path": ["systems", "target.postgres.scr", "transport", "network"],
		"value": "private",
	}]))
}

# The inventory itself ends after a year, so that a shorter time is needed to see this limit.
test_the_inventory_is_reviewed_in_time_up_to_the_last_second if {
	every gives, now in {"pass": "2026-12-01T00:00:00Z", "fail": "2026-12-01T00:00:01Z"} {
		doc := json.patch(passing, [{"op": "add", "path": ["evaluated_at"], "value": now}])
		{r.status | some r in pci_24.results} == {gives} with input as doc
			with data.params as {"pci": {"crypto_review_days": 30}}
	}
}
