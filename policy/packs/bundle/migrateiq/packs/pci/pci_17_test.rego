package migrateiq.packs.pci.pci_17_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_17

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := pci_17.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"the author applies": [{"op": "add", "path": ["change", "applier", "id"], "value": "alice"}],
	"the author approves": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "alice"}],
	"the author starts the pipeline": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "alice"}],
	"one login for test and production": [{"op": "add", "path": ["systems", "source.postgres.pas", "environment"], "value": "test"}],
	"nobody says who started the pipeline": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": null}],
	"nobody approved": [{"op": "add", "path": ["change", "approvals"], "value": []}],
	"the approver applies": [{"op": "add", "path": ["change", "applier", "id"], "value": "bob"}],
	"card numbers in production that is said to be out of scope": [
		{"op": "add", "path": ["systems", "source.postgres.pas", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "pci", "cde"], "value": false},
		{"op": "add", "path": ["change", "applier", "id"], "value": "alice"},
	],
	"an author in capitals who approves": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "Alice"}],
	"an author in capitals who applies": [{"op": "add", "path": ["change", "applier", "id"], "value": "ALICE"}],
	"an approver in capitals who applies": [{"op": "add", "path": ["change", "applier", "id"], "value": "BOB"}],
	"an author in capitals who starts the pipeline": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "Alice"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {"a person": [
	{"op": "add", "path": ["change", "applier", "type"], "value": "human"},
	{"op": "add", "path": ["change", "applier", "triggered_by"], "value": null},
]}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
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
		waivers := [testing.waiver("PCI-17", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"systems.*.pci.cde",
	"systems.*.environment",
	"change.author.id",
	"change.applier.id",
	"change.applier.triggered_by?",
	"change.approvals",
	"change.approvals.*.verified",
	"systems.*.access.connection_role",
	"systems.*.transport.network",
	"plan.intent_digest",
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
	"a system outside production with a login of its own": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["systems", "target.postgres.quarantine", "environment"], "value": "test"},
			{
				"op": "add",
				"path": ["systems", "target.postgres.quarantine", "access", "connection_role"],
				"value": "tester",
			},
		],
	},
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
