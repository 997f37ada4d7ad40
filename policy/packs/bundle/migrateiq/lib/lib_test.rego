package migrateiq.lib_test

import data.migrateiq.fixtures
import data.migrateiq.lib.care
import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.names
import data.migrateiq.lib.origins
import data.migrateiq.lib.own
import data.migrateiq.lib.params
import data.migrateiq.lib.people
import data.migrateiq.lib.testing
import data.migrateiq.lib.verdicts
import data.migrateiq.lib.waivers

about(conditions) := {"title": "T", "custom": {
	"control_id": "X-01",
	"variant": "D",
	"both_variants": false,
	"subject": "field",
	"severity": "high",
	"level": "deny",
	"waivable": true,
	"scope_facts": [],
	"facts": ["fields.*.a"],
	"reference": [],
	"conditions": conditions,
}}

test_what_was_not_shown_fails if {
	found := verdicts.of(about(["it is so", "it was"]), {"f": {"a": 1}}, {"it is so": {"f"}}) with input as {}
	{[r.status, r.unmet] | some r in found} == {["fail", {"it was"}]}
}

# A condition that no rule knows, by a slip of the pen, cannot pass.
test_an_unknown_condition_fails if {
	found := verdicts.of(about(["it is so"]), {"f": {"a": 1}}, {"it is  so": {"f"}}) with input as {}
	{r.status | some r in found} == {"fail"}
}

test_a_subject_that_is_no_object_is_undecidable if {
	found := verdicts.of(about(["it is so"]), {"f": "text"}, {"it is so": {"f"}}) with input as {}
	{r.status | some r in found} == {"undecidable"}
}

test_no_subject_is_not_applicable if {
	{r.status | some r in verdicts.of(about(["it is so"]), {}, {})} == {"not_applicable"} with input as {}
}

test_failures_beyond_the_limit_are_counted if {
	subjects := {sprintf("f%d", [i]): {"a": 1} | some i in numbers.range(1, 450)}
	found := verdicts.of(about(["it is so"]), subjects, {}) with input as {}
	count(found) == 201
	{r.more | some r in found; r.more} == {250}
	{r.status | some r in found} == {"fail"}
	count(verdicts.stopping(found)) == 201
}

test_waivers_for_all_named_subjects_do_not_hide_the_rest if {
	subjects := {sprintf("f%d", [i]): {"a": 1} | some i in numbers.range(1, 450)}
	waivers := [testing.waiver("X-01", id) | some i, id in object.keys(subjects); i != "f7"]
	found := verdicts.of(about(["it is so"]), subjects, {}) with input as fixtures.document
		with data.waivers as waivers
	{r.subject.id | some r in verdicts.stopping(found)} == {"f7"}
}

test_null_is_an_answer_only_where_the_path_says_so if {
	paths := {facts.path(p, p) | some p in ["a.b", "a.c?", "l.*.x", "l.*.y?"]}
	facts.lacking({"a": {"b": null, "c": null}, "l": [{"x": 1, "y": null}]}, paths) == {"a.b"}
	facts.lacking({"a": null, "l": "text"}, paths) == {"a.b", "a.c", "l.*.x", "l.*.y"}
	facts.lacking({"a": {"b": 1, "c": 1}, "l": [{"x": 1, "y": 1}, {}]}, paths) == {"l.*.x", "l.*.y"}
}

test_a_fact_of_members_of_members_is_missing_where_one_lacks_it if {
	paths := {facts.path(p, p) | some p in ["l.*.m.*.x", "l.*.m.*.y?"]}
	facts.lacking({"l": [{"m": [{"x": 1, "y": null}]}, {"m": []}]}, paths) == set()
	facts.lacking({"l": [{"m": [{"x": 1, "y": null}, {"x": null}]}]}, paths) == {"l.*.m.*.x", "l.*.m.*.y"}
	open := facts.path("l.*.m?.*.x", "l.*.m?.*.x")
	facts.lacking({"l": [{"m": null}, {"m": [{"x": 1}]}]}, {open}) == set()
	facts.lacking({"l": [{"m": null}, {}]}, {open}) == {"l.*.m.*.x"}
	every bad in [{"l": [{}]}, {"l": [{"m": null}]}, {"l": [{"m": ["text"]}]}, {"l": "text"}, {}] {
		facts.lacking(bad, paths) == {"l.*.m.*.x", "l.*.m.*.y"}
	}
}

test_a_subject_lacks_a_fact_of_its_members_where_one_does if {
	paths := {facts.path(concat("", ["f.*.", p]), p) | some p in ["m.*.x", "m.*.y?"]}
	open := facts.path("f.*.m?.*.x", "m?.*.x")
	facts.gaps({"null": {"m": null}, "none": {}, "lacks": {"m": [{}]}}, {open}) == {"f.*.m.*.x": {"none", "lacks"}}
	subjects := {"whole": {"m": [{"x": 1, "y": null}]}, "null": {"m": [{"x": null, "y": null}]}, "none": {"m": [{}]}, "text": "m"}
	facts.gaps(subjects, paths) == {"f.*.m.*.x": {"null", "none", "text"}, "f.*.m.*.y": {"none", "text"}}
}

test_a_list_past_its_date_is_stale if {
	count(facts.stale(["adequacy"])) == 1 with input as {"evaluated_at": "2100-01-01T00:00:00Z"}
	count(facts.stale(["adequacy"])) == 0 with input as {"evaluated_at": "2026-11-20T00:00:00Z"}
	count(facts.stale(["no such list"])) == 1 with input as {"evaluated_at": "2026-11-20T00:00:00Z"}
}

test_moments_and_numbers_of_the_wrong_kind_are_undefined if {
	every bad in [null, 1, "", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026-01-01"] { not facts.ns(bad) }
	every bad in [null, "", "1e9", "x", [1]] { not facts.number(bad) }
	facts.number("-1.50") == -1.5
}

test_parameters_move_only_in_their_direction if {
	params.value("gdpr", "consent_age_hours") == 12 with data.params as {"gdpr": {"consent_age_hours": 12}}
	params.value("gdpr", "consent_age_hours") == 24 with data.params as {"gdpr": {"consent_age_hours": 48}}
	params.value("gdpr", "consent_age_hours") == 24 with data.params as {"gdpr": {"consent_age_hours": "1"}}
	params.value("sox", "audit_days") == 3000 with data.params as {"sox": {"audit_days": 3000}}
	params.value("sox", "audit_days") == 2557 with data.params as {"sox": {"audit_days": 1}}
	params.value("core", "waiver_roles") == ["dpo"] with data.params as {"core": {"waiver_roles": ["intern", "dpo"]}}
	params.value("nhs", "uk_only") == true with data.params as {"nhs": {"uk_only": true}}
	params.value("core", "risk_authority").it == 40 with data.params as {"core": {"risk_authority": {"it": 99, "cab": 50}}}
	params.value("core", "risk_authority").cab == 50 with data.params as {"core": {"risk_authority": {"it": 99, "cab": 50}}}
	params.value("gdpr", "consent_age_hours") == 24 with data.params as "all of them"
}

test_own_rules_are_completed if {
	found := own.of("clinic.deny", "deny", {"no", {"msg": "never", "waivable": false}}) with input as {}
	{[r.msg, r.status, r.waivable] | some r in found} == {["no", "fail", true], ["never", "fail", false]}
}

test_of_what_is_no_object_every_fact_is_missing if {
	facts.lacking("text", {facts.path("a", "a")}) == {"a"}
	facts.lacking({"l": [1]}, {facts.path("l.*.a", "l.*.a")}) == {"l.*.a"}
	facts.lacking({"l": [{"a": 1}]}, {facts.path("l.*.a", "l.*.a")}) == set()
}

test_those_that_passed_are_counted if {
	subjects := {sprintf("f%d", [i]): {"a": 1} | some i in numbers.range(1, 300)}
	found := verdicts.of(about(["it is so"]), subjects, {"it is so": object.keys(subjects)}) with input as {}
	{[r.status, r.more, r.subject.id] | some r in found} == {["pass", 300, "plan"]}
	one := verdicts.of(about(["it is so"]), {"f": {"a": 1}}, {"it is so": {"f"}}) with input as {}
	{[r.status, r.subject.id] | some r in one} == {["pass", "f"]}
}

test_an_operation_is_judged_once_there_is_a_run if {
	people.operating with input as {"phase": "apply", "run": {"id": "r"}}
	not people.operating with input as {"phase": "apply", "run": null}
	not people.operating with input as {"phase": "plan", "run": {"id": "r"}}
	people.operating with input as {"phase": "drift"}
}

_masked(params) := {
	"fields": {"f": {"protection": {"method": "mask", "reversible": false, "params": params}}},
}

test_a_mask_hides_where_it_keeps_nothing if {
	fields.safe_outside_production("f") with input as _masked({"keep_first": 0, "keep_last": 0})
	not fields.safe_outside_production("f") with input as _masked({"keep_first": 0, "keep_last": 4})
}

test_a_waiver_for_an_intent_counts_for_that_plan_only if {
	w := object.union(testing.waiver("X-01", "f"), {"scope": {"intent_digest": fixtures.document.plan.intent_digest, "project": ""}})
	waivers.valid(w) with input as fixtures.document
	other := object.union(w, {"scope": {"intent_digest": "sha256:other"}})
	not waivers.valid(other) with input as fixtures.document
}

test_a_waiver_for_a_configuration_counts_for_its_plans_only if {
	w := object.union(testing.waiver("X-01", "f"), {"scope": {"config_digest": fixtures.document.plan.config_digest, "project": ""}})
	waivers.valid(w) with input as fixtures.document
	other := object.union(w, {"scope": {"config_digest": "sha256:other"}})
	not waivers.valid(other) with input as fixtures.document
}

test_members_that_are_called_the_same_do_not_hide_each_other if {
	names.of([{"a": "x", "b": 1}, {"a": "x"}], ["a", "b"]) == {"x 1": {"a": "x", "b": 1}, "x null": {"a": "x"}}
	names.of([{"a": "x", "n": 1}, {"a": "x", "n": 2}, "text"], ["a"]) == {"x #0": {"a": "x", "n": 1}, "x #1": {"a": "x", "n": 2}, "null #2": "text"}
	names.of(null, ["a"]) == {}
}

_from(moment) := object.union(about(["it is so"]), {"custom": {"effective_on": moment}})

test_a_rule_that_counts_from_a_later_day_on_only_reports_until_then if {
	subjects := {"f": {"a": 1}}
	{r.level | some r in verdicts.of(_from("2027-01-01T00:00:00Z"), subjects, {})} == {"warn"} with input as fixtures.document
	{r.level | some r in verdicts.of(_from("2026-01-01T00:00:00Z"), subjects, {})} == {"deny"} with input as fixtures.document
	{r.level | some r in verdicts.of(_from("some day"), subjects, {})} == {"deny"} with input as fixtures.document
}

test_own_rules_may_count_from_a_later_day_on if {
	found := own.of("clinic.deny", "deny", {
		{"msg": "later", "effective_on": "2027-01-01T00:00:00Z"},
		{"msg": "now", "effective_on": "2026-01-01T00:00:00Z"},
	}) with input as fixtures.document
	{[r.msg, r.level] | some r in found} == {["later", "warn"], ["now", "deny"]}
}

_pseudonym := {
	"index": {"by_class": {"personal.pseudonymised": ["f"], "pan": ["g"]}},
	"fields": {
		"f": {"classification": {"inherited": ["pan.full"]}},
		"g": {"classification": {"inherited": []}},
		"h": {"classification": {"inherited": ["panorama"]}},
	},
}

test_a_pseudonym_is_made_of_what_it_hides if {
	origins.of("pan") == {"f", "g"} with input as _pseudonym
	origins.group("direct") == {"f", "g"} with input as _pseudonym
	origins.of("nhs_number") == set() with input as _pseudonym
}

test_care_is_only_what_is_said_to_be if {
	not care.beyond with input as {"processing": {"purposes": ["direct_care"]}}
	every purposes in [["direct_care", "planning"], ["Direct_care"], [], null, "direct_care"] {
		care.beyond with input as {"processing": {"purposes": purposes}}
	}
	care.beyond with input as {}
}

test_what_names_one_person_is_a_direct_identifier if {
	every class in ["nino", "personal.licence", "personal.device", "nhs_number"] {
		"f" in fields.direct with input as {"index": {"by_class": {class: ["f"]}}}
	}
	not "f" in fields.direct with input as {"index": {"by_class": {"personal.birth_date": ["f"]}}}
}
