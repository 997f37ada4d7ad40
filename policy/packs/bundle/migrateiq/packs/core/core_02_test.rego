package migrateiq.packs.core.core_02_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.core.core_02

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := core_02.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a remote bundle without signature": [{"op": "add", "path": ["engine", "policy_bundles", "0", "origin"], "value": "remote"}],
	"a bundle past its date": [
		{
			"op": "add",
			"path": ["engine", "policy_bundles", "0", "expires"],
			"value": "2026-01-01T00:00:00Z",
		},
	],
	"a digest that is none": [{"op": "add", "path": ["engine", "policy_bundles", "0", "digest"], "value": "md5:1"}],
	"a remote bundle that nobody verified": [
		{"op": "add", "path": ["engine", "policy_bundles", "0", "origin"], "value": "remote"},
		{
			"op": "add",
			"path": ["engine", "policy_bundles", "0", "signature"],
			"value": {"verified": false, "key_id": "k"},
		},
	],
	"a remote bundle that the lock file does not have": [
		{"op": "add", "path": ["engine", "policy_bundles", "0", "origin"], "value": "remote"},
		{
			"op": "add",
			"path": ["engine", "policy_bundles", "0", "signature"],
			"value": {"verified": true, "key_id": "k"},
		},
	],
	"a remote bundle of no key": [
		{"op": "add", "path": ["engine", "policy_bundles", "0", "origin"], "value": "remote"},
		{
			"op": "add",
			"path": ["engine", "policy_bundles", "0", "signature"],
			"value": {"verified": true, "key_id": null},
		},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("CORE-02", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"engine.policy_bundles",
	"engine.policy_bundles.*.name",
	"engine.policy_bundles.*.digest",
	"engine.policy_bundles.*.origin",
	"engine.policy_bundles.*.signature?",
	"engine.policy_bundles.*.expires?",
	"evaluated_at",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_no_bundle_at_all_is_undecidable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["engine", "policy_bundles"], "value": []}])) == {"undecidable"}
}
