package migrateiq.packs.pci.pci_21_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_21

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := pci_21.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a shared account": [{"op": "add", "path": ["systems", "target.postgres.scr", "access", "shared"], "value": true}],
	"a password in clear": [{"op": "add", "path": ["secrets", "inline_count"], "value": 1}],
	"a service with a password": [{"op": "add", "path": ["change", "applier", "auth"], "value": "password"}],
	"an applier that is shared": [{"op": "add", "path": ["change", "applier", "shared"], "value": true}],
	"card numbers in production that is said to be out of scope": [
		{"op": "add", "path": ["systems", "source.postgres.pas", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "pci", "cde"], "value": false},
		{"op": "add", "path": ["secrets", "inline_count"], "value": 1},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "remove", "path": ["index", "by_class", "pan"]},
		{"op": "add", "path": ["systems", "source.postgres.pas", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "pci", "cde"], "value": false},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-21", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"systems.*.pci.cde",
	"systems.*.environment",
	"change.applier.shared",
	"change.applier.auth",
	"systems.*.access.shared",
	"secrets.inline_count",
	"index.by_class",
	"datasets.*.system",
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
	"account data outside production only": {
		"gives": {"not_applicable"},
		"patch": [
			{"op": "add", "path": ["systems", "source.postgres.pas", "environment"], "value": "test"},
			{"op": "add", "path": ["systems", "target.postgres.quarantine", "environment"], "value": "test"},
			{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "test"},
			{"op": "add", "path": ["systems", "target.s3.audit", "environment"], "value": "test"},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
