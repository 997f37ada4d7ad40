package migrateiq.lib_test

import data.migrateiq.fixtures
import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.testing
import data.migrateiq.lib.verdicts
import data.migrateiq.lib.waivers

_many(n) := {sprintf("f%d", [i]): {"a": 1} | some i in numbers.range(1, n)}

_so := ["it is so"]

_custom(changes) := {"title": "T", "custom": object.union(about(_so).custom, changes)}

test_a_moment_is_past_from_its_second_on if {
	facts.past("2026-11-20T12:00:00Z") with input as fixtures.document
	not facts.past("2026-11-20T12:00:01Z") with input as fixtures.document
	facts.future("2026-11-20T12:00:01Z") with input as fixtures.document
	not facts.future("2026-11-20T12:00:00Z") with input as fixtures.document
}

test_a_list_is_in_date_until_the_last_second if {
	list := {"l": {"expires": "2026-11-20T12:00:00Z"}}
	not facts.in_date("l") with data.migrateiq.reference as list with input as {"evaluated_at": "2026-11-20T12:00:00Z"}
	facts.in_date("l") with data.migrateiq.reference as list with input as {"evaluated_at": "2026-11-20T11:59:59Z"}
}

test_what_nobody_lacks_is_no_gap if facts.gaps({"f": {"a": 1}}, {facts.path("fields.*.a", "a")}) == {}

test_a_parameter_of_ones_own_begins_empty if {
	params.value("gdpr", "processors") == ["A Ltd"] with data.params as {"gdpr": {"processors": ["A Ltd"]}}
}

test_one_fact_of_the_scope_that_is_missing_is_enough if {
	found := verdicts.of(_custom({"scope_facts": ["phase"]}), _many(1), {}) with input as {}
	{[r.status, r.subject.id, r.facts] | some r in found} == {["undecidable", "plan", {"phase"}]}
}

test_one_stale_list_is_enough_where_there_is_a_subject if {
	rule := _custom({"reference": ["no such list"]})
	{r.status | some r in verdicts.of(rule, _many(1), {})} == {"undecidable"} with input as fixtures.document
	{r.status | some r in verdicts.of(rule, {}, {})} == {"not_applicable"} with input as fixtures.document
}

test_two_that_passed_are_one_result if {
	found := verdicts.of(about(_so), _many(2), {"it is so": {"f1", "f2"}}) with input as {}
	{[r.status, r.more] | some r in found} == {["pass", 2]}
}

test_as_many_as_the_limit_leave_no_rest if {
	count(verdicts.of(about(_so), _many(200), {})) == 200 with input as {}
	count(verdicts.of(about(_so), _many(201), {})) == 201 with input as {}
	{r.more | some r in verdicts.of(about(_so), _many(201), {}); r.more} == {1} with input as {}
}

_rest(given) := {[r.status, r.waivable] | some r in found; r.more} if {
	found := verdicts.of(about(_so), _many(201), {}) with input as fixtures.document with data.waivers as given
}

test_the_rest_may_be_waived_where_each_of_it_is if {
	_rest([testing.waiver("X-01", id) | some id, _ in _many(201)]) == {["waived", true]}
	_rest([]) == {["fail", false]}
}

test_a_waived_result_says_what_failed_or_was_not_known if {
	subjects := {"failed": {"a": 1, "b": 1}, "unknown": {"b": 1}, "less": {"a": 1}}
	found := verdicts.of(_custom({"facts": ["fields.*.a", "fields.*.b"]}), subjects, {}) with input as fixtures.document
		with data.waivers as [testing.waiver("X-01", id) | some id in ["failed", "unknown"]]
	{[r.subject.id, r.status, r.facts, r.unmet] | some r in found} == {
		["failed", "waived", set(), {"it is so"}],
		["unknown", "waived", {"fields.*.a"}, set()],
		["less", "undecidable", {"fields.*.b"}, set()],
	}
}

test_what_is_reported_is_of_level_warn_and_did_not_pass if {
	results := {{"level": level, "status": status} |
		some level in ["warn", "deny"]
		some status in ["pass", "fail", "undecidable", "waived", "not_applicable"]
	}
	{[r.level, r.status] | some r in verdicts.reported(results)} == {["warn", "fail"], ["warn", "undecidable"]}
	{[r.level, r.status] | some r in verdicts.stopping(results)} == {["deny", "fail"], ["deny", "undecidable"]}
}

test_a_waiver_lives_as_long_as_allowed if {
	w := object.union(testing.waiver("X-01", "f"), {"expires_at": "2027-01-30T00:00:00Z"})
	waivers.valid(w) with input as fixtures.document
	longer := object.union(w, {"expires_at": "2027-01-30T00:00:01Z"})
	not waivers.valid(longer) with input as fixtures.document
}

test_of_facts_the_outermost_are_named if {
	facts.outermost({"a.b", "a.b.*.c", "a.bc", "d.*.e", "d.*.e.f"}) == {"a.b", "a.bc", "d.*.e"}
	facts.outermost({"a.b.*.c", "a.b.*.d"}) == {"a.b.*.c", "a.b.*.d"}
	facts.outermost(set()) == set()
}
