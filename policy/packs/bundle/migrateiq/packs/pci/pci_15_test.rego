package migrateiq.packs.pci.pci_15_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_15

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := pci_15.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no way back": [{"op": "add", "path": ["change", "rollback", "strategy"], "value": "none"}],
	"no reason": [{"op": "add", "path": ["change", "reason"], "value": null}],
	"not tested": [{"op": "add", "path": ["change", "tests"], "value": []}],
	"not approved": [{"op": "add", "path": ["change", "approvals"], "value": []}],
	"no impact": [{"op": "add", "path": ["change", "security_impact"], "value": ""}],
	"an approval that nobody verified": [{"op": "add", "path": ["change", "approvals", "0", "verified"], "value": false}],
	"the author's approval": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "alice"}],
	"an approval of another plan": [
		{
			"op": "add",
			"path": ["change", "approvals", "0", "intent_digest"],
			"value": "sha256:9999999999999999999999999999999999999999999999999999999999999999",
		},
	],
	"a test of something else": [
		{
			"op": "add",
			"path": ["change", "tests", "0", "config_digest"],
			"value": "sha256:9999999999999999999999999999999999999999999999999999999999999999",
		},
	],
	"a test that failed": [{"op": "add", "path": ["change", "tests", "0", "verification"], "value": "fail"}],
	"no ticket": [{"op": "add", "path": ["change", "ticket", "id"], "value": ""}],
	"card numbers in production that is said to be out of scope": [
		{"op": "add", "path": ["systems", "source.postgres.pas", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "pci", "cde"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "pci", "cde"], "value": false},
		{"op": "add", "path": ["change", "rollback", "strategy"], "value": "none"},
	],
	"an author in capitals": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "Alice "}],
	"an approval of nobody": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": null}],
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

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-15", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"systems.*.pci.cde",
	"systems.*.environment",
	"change.reason?",
	"change.ticket.id?",
	"change.security_impact?",
	"change.approvals",
	"change.approvals.*.verified",
	"plan.intent_digest",
	"change.tests",
	"plan.config_digest",
	"change.rollback.strategy",
	"index.by_class",
	"datasets.*.system",
	"change.author.id",
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
