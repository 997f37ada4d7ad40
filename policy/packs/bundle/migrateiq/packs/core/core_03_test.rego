package migrateiq.packs.core.core_03_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.core.core_03

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

good := {
	"id": "W-7",
	"control": "GDPR-11",
	"subject": "target.postgres.scr",
	"reason": "pilot",
	"ticket": "IG-1",
	"requested_by": "a@example.org",
	"approved_by": "b@example.org",
	"approver_role": "dpo",
	"approved_at": "2026-11-01T00:00:00Z",
	"expires_at": "2026-12-10T00:00:00Z",
	"scope": {"project": "scr"},
}

results_of(doc, waivers) := r if {
	r := core_03.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [good])}

test_passes if statuses(passing) == {"pass"}

bad := {
	"no expiry": [{"op": "remove", "path": ["expires_at"]}],
	"ended": [{"op": "add", "path": ["expires_at"], "value": "2026-11-19T00:00:00Z"}],
	"a subject with a star": [{"op": "add", "path": ["subject"], "value": "*"}],
	"one person": [{"op": "add", "path": ["approved_by"], "value": "A@example.org"}],
	"too long": [{"op": "add", "path": ["expires_at"], "value": "2028-01-01T00:00:00Z"}],
	"no ticket": [{"op": "add", "path": ["ticket"], "value": ""}],
	"a role that may not": [{"op": "add", "path": ["approver_role"], "value": "intern"}],
	"another project": [{"op": "add", "path": ["scope"], "value": {"project": "other"}}],
	"not begun": [{"op": "add", "path": ["approved_at"], "value": "2026-11-21T00:00:00Z"}],
}

test_fails if {
	every patch in bad {
		"fail" in {r.status | some r in results_of(passing, [json.patch(good, patch)])}
	}
}

# A waiver that counts for nothing waives nothing.
test_a_faulty_waiver_accepts_nothing if {
	every patch in bad {
		count(testing.counting("GDPR-11", [json.patch(good, patch)])) == 0 with input as passing with data.params as fixtures.params
	}
	count(testing.counting("GDPR-11", [good])) == 1 with input as passing with data.params as fixtures.params
}

test_waivers_that_are_no_list_fail if {
	"fail" in {r.status | some r in results_of(passing, "all")}
}

test_not_applicable_without_waivers if {
	{r.status | some r in results_of(passing, [])} == {"not_applicable"}
}

facts := ["evaluated_at", "project.id", "plan.intent_digest"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
