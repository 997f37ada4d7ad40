package migrateiq.packs.core.core_01_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.core.core_01

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := core_01.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"another schema version": [{"op": "add", "path": ["schema_version"], "value": "9"}],
	"a text where an object belongs": [{"op": "add", "path": ["fields"], "value": "all of them"}],
	"an unknown enum value": [{"op": "add", "path": ["systems", "target.postgres.scr", "environment"], "value": "staging"}],
	"an index that leaves a class out": [{"op": "remove", "path": ["index", "by_class", "pan"]}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("CORE-01", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := ["schema_version", "phase", "evaluated_at"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_gap_of_a_control_that_denies_is_one_of_this_control if {
	found := [{"id": id, "status": status, "level": level, "subject": {"kind": "plan", "id": id}, "facts": {"a"}} |
		some [id, status, level] in [
			["X-01", "undecidable", "deny"],
			["X-02", "fail", "deny"],
			["X-03", "undecidable", "warn"],
			["X-04", "waived", "deny"],
		]
	]
	{r.subject.id | some r in core_01.lacking(found)} == {"X-01"}
}
