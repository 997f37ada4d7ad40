package migrateiq.packs.pci.pci_23_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_23

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := pci_23.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a month": [{"op": "add", "path": ["audit", "retention_days"], "value": 30}],
	"nothing at hand": [{"op": "add", "path": ["audit", "online_days"], "value": 1}],
	"a log that can be changed": [{"op": "add", "path": ["audit", "immutable"], "value": false}],
	"no clock": [{"op": "add", "path": ["audit", "clock"], "value": ""}],
	"no chain": [{"op": "add", "path": ["audit", "hash_chain", "alg"], "value": "none"}],
	"open to all": [{"op": "add", "path": ["audit", "access_restricted"], "value": false}],
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
		waivers := [testing.waiver("PCI-23", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"index.by_class",
	"audit.immutable",
	"audit.hash_chain.alg",
	"audit.retention_days",
	"audit.online_days",
	"audit.clock",
	"audit.access_restricted",
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
	"kept as long as required": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["audit", "retention_days"], "value": 365}],
	},
	"kept a day less": {"gives": {"fail"}, "patch": [{"op": "add", "path": ["audit", "retention_days"], "value": 364}]},
	"at hand as long as required": {
		"gives": {"pass"},
		"patch": [{"op": "add", "path": ["audit", "online_days"], "value": 90}],
	},
	"at hand a day less": {"gives": {"fail"}, "patch": [{"op": "add", "path": ["audit", "online_days"], "value": 89}]},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
