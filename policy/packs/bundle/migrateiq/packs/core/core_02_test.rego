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

_remote(version, expires) := json.patch(passing, [
	{"op": "add", "path": ["engine", "policy_bundles", "0", "origin"], "value": "remote"},
	{"op": "add", "path": ["engine", "policy_bundles", "0", "signature"], "value": {"verified": true, "key_id": "k"}},
	{"op": "add", "path": ["engine", "policy_bundles", "0", "version"], "value": version},
	{"op": "add", "path": ["engine", "policy_bundles", "0", "expires"], "value": expires},
])

_lock := {"bundles": {"gdpr": passing.engine.policy_bundles[0].digest}, "floors": {"gdpr": "1.2.0"}}

_unmet(doc, lock) := u if {
	u := {c | some r in results_of(doc, []); some c in r.unmet} with data.lock as lock
}

test_a_remote_bundle_is_the_one_of_the_lock_file if {
	_unmet(_remote("1.2.0", null), _lock) == set()
	_unmet(_remote("1.2.0", null), {}) == {"its digest is the one of the lock file, as it comes from elsewhere"}
	other := object.union(_lock, {"bundles": {"gdpr": "sha256:other"}})
	_unmet(_remote("1.2.0", null), other) == {"its digest is the one of the lock file, as it comes from elsewhere"}
}

test_a_bundle_may_stand_on_the_floor_and_not_below if {
	_unmet(_remote("1.2.0", null), _lock) == set()
	_unmet(_remote("1.10.0", null), _lock) == set()
	every bad in ["1.1.9", "1.2.0-rc.1"] {
		_unmet(_remote(bad, null), _lock) == {"its version is not below the floor of the lock file"}
	}
}

test_a_bundle_is_good_until_its_date if {
	_unmet(_remote("1.2.0", "2027-01-01T00:00:00Z"), _lock) == set()
	_unmet(_remote("1.2.0", passing.evaluated_at), _lock) == {"it is not past its date"}
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
