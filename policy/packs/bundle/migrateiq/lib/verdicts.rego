# METADATA
# title: Results of a control
# description: >-
#   Turns what a control found into result objects. A control hands over its subjects and the conditions that hold for
#   each; whatever does not hold was not shown, so that an undefined expression can only fail, never pass.
package migrateiq.lib.verdicts

import data.migrateiq.lib.facts
import data.migrateiq.lib.waivers
import future.keywords.not

# Of one control at most so many subjects of one status are named; the rest are counted.
limit := 200

# of gives the results of the control that about, its annotations, describes. subjects maps the address of each subject
# to the object its facts are looked up in; met maps each condition to the addresses that it holds for. The work is done on
# sets of addresses, as a plan has thousands of fields; only those that are named get a result of their own.
of(about, subjects, met) := {r |
	mine := waivers.of(about.custom.control_id)
	some found in _found(about, subjects, met, mine)
	r := waivers.applied(found, mine)
}

_found(about, subjects, met, mine) := {_whole(about, "undecidable", facts.lacking(input, _all(about.custom.scope_facts)))} if {
	count(facts.lacking(input, _all(about.custom.scope_facts))) > 0
}

else := {_whole(about, "undecidable", facts.stale(about.custom.reference))} if {
	count(subjects) > 0
	count(facts.stale(about.custom.reference)) > 0
}

else := {_whole(about, "not_applicable", set())} if count(subjects) == 0

else := {_whole(about, "undecidable", facts.lacking(input, _global(about)))} if {
	count(facts.lacking(input, _global(about))) > 0
}

else := found if {
	gaps := facts.gaps(subjects, _own(about))
	undecided := union({ids | some ids in gaps})
	decided := object.keys(subjects) - undecided
	unmet := {condition: ids |
		some condition in about.custom.conditions
		ids := decided - object.get(met, condition, set())
		count(ids) > 0
	}
	failed := union({ids | some ids in unmet})
	waived := (failed | undecided) & {w.subject | about.custom.waivable == true; some w in mine}
	found := union({
		_passed(about, decided - failed),
		{_fails(about, id, unmet) | some id in _first(failed - waived)},
		{_lacks(about, id, gaps) | some id in _first(undecided - waived)},
		{_fails(about, id, unmet) | some id in _first(waived); id in failed},
		{_lacks(about, id, gaps) | some id in _first(waived); id in undecided},
		{_rest(about, status, count(ids) - limit) |
			some status, ids in {"fail": failed - waived, "undecidable": undecided - waived, "waived": waived}
			count(ids) > limit
		},
	})
}

# Those that passed are one result, which says how many they are.
_passed(about, ids) := {_result(about, "pass", id, set(), set()) | some id in ids} if count(ids) < 2

else := {object.union(
	_whole(about, "pass", set()),
	{"more": count(ids), "msg": sprintf("%s: all conditions hold for %d.", [about.title, count(ids)])},
)}

_fails(about, id, unmet) := _result(about, "fail", id, set(), {c | some c, ids in unmet; id in ids})

_lacks(about, id, gaps) := _result(about, "undecidable", id, {name | some name, ids in gaps; id in ids}, set())

_first(ids) := array.slice([id | some id in ids], 0, limit)

# The rest of the waived ones is no failure, but not one that a waiver was checked for by address either: it names none.
_rest(about, status, n) := object.union(
	_whole(about, status, set()),
	{"more": n, "waivable": status == "waived", "msg": sprintf("%s: %d more with the result %s.", [about.title, n, status])},
)

_whole(about, status, lacking) := object.union(
	_result(about, status, "plan", lacking, set()),
	{"subject": {"kind": "plan", "id": "plan"}},
)

_result(about, status, id, lacking, unmet) := {
	"id": _name(about.custom),
	"control_id": about.custom.control_id,
	"variant": about.custom.variant,
	"status": status,
	"level": level(about.custom),
	"severity": about.custom.severity,
	"waivable": about.custom.waivable,
	"waiver": null,
	"subject": {"kind": about.custom.subject, "id": id},
	"facts": lacking,
	"unmet": unmet,
	"msg": _message(about, status, id, lacking, unmet),
}

# METADATA
# description: >-
#   A rule that names a moment in effective_on only reports before it, so that a new one can be shipped before it counts.
#   What is no moment delays nothing.
level(rule) := "warn" if facts.future(rule.effective_on)

else := rule.level

_name(custom) := sprintf("%s/%s", [custom.control_id, custom.variant]) if custom.both_variants

else := custom.control_id

_message(about, "pass", id, _, _) := sprintf("%s: %s holds.", [about.title, id])

_message(about, "not_applicable", _, _, _) := sprintf("%s: nothing in this plan falls under it.", [about.title])

_message(about, "waived", id, _, _) := sprintf("%s: %s is waived.", [about.title, id])

_message(about, "undecidable", id, lacking, _) := sprintf(
	"%s: %s cannot be decided, because the document does not say: %s.",
	[about.title, id, concat(", ", facts.outermost(lacking))],
)

_message(about, "fail", id, _, unmet) := sprintf("%s: %s does not show that %s.", [about.title, id, concat("; ", unmet)])

# A fact is looked up in the subject where its path begins with that of the kind, else in the whole document.
_prefixes := {
	"field": "fields.*.",
	"dataset": "datasets.*.",
	"system": "systems.*.",
	"transfer": "transfers.*.",
	"action": "actions.*.",
	"filter": "filters.*.",
	"bundle": "engine.policy_bundles.*.",
	"approval": "change.approvals.*.",
}

_own(about) := {p |
	prefix := _prefixes[about.custom.subject]
	some text in about.custom.facts
	startswith(text, prefix)
	p := facts.path(text, trim_prefix(text, prefix))
}

_global(about) := {p |
	prefix := object.get(_prefixes, about.custom.subject, "-")
	some text in about.custom.facts
	not startswith(text, prefix)
	p := facts.path(text, text)
}

_all(texts) := {facts.path(text, text) | some text in texts}

# METADATA
# description: Results that stop a plan.
stopping(results) := {r |
	some r in results
	r.level == "deny"
	not r.status in {"pass", "not_applicable", "waived"}
}

# METADATA
# description: Results that are reported and stop nothing.
reported(results) := {r |
	some r in results
	r.level == "warn"
	not r.status in {"pass", "not_applicable", "waived"}
}
