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
# to the object its facts are looked up in; met holds [condition, address] for each condition that holds.
of(about, subjects, met) := _capped(about, {r |
	mine := waivers.of(about.custom.control_id)
	some found in _found(about, subjects, met)
	r := waivers.applied(found, mine)
})

_found(about, subjects, met) := {_whole(about, "undecidable", facts.lacking(input, _all(about.custom.scope_facts)))} if {
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

else := {r |
	own := _own(about)
	some id, doc in subjects
	r := _one(about, id, facts.lacking(doc, own), _unmet(about, id, met))
}

_one(about, id, lacking, unmet) := _result(about, "undecidable", id, lacking, set()) if count(lacking) > 0

else := _result(about, "fail", id, set(), unmet) if count(unmet) > 0

else := _result(about, "pass", id, set(), set())

_unmet(about, id, met) := {c | some c in about.custom.conditions; not [c, id] in met}

_whole(about, status, lacking) := object.union(
	_result(about, status, "plan", lacking, set()),
	{"subject": {"kind": "plan", "id": "plan"}},
)

_result(about, status, id, lacking, unmet) := {
	"id": _name(about.custom),
	"control_id": about.custom.control_id,
	"variant": about.custom.variant,
	"status": status,
	"level": about.custom.level,
	"severity": about.custom.severity,
	"waivable": about.custom.waivable,
	"waiver": null,
	"subject": {"kind": about.custom.subject, "id": id},
	"facts": lacking,
	"unmet": unmet,
	"msg": _message(about, status, id, lacking, unmet),
}

_name(custom) := sprintf("%s/%s", [custom.control_id, custom.variant]) if custom.both_variants

else := custom.control_id

_message(about, "pass", id, _, _) := sprintf("%s: %s holds.", [about.title, id])

_message(about, "not_applicable", _, _, _) := sprintf("%s: nothing in this plan falls under it.", [about.title])

_message(about, "undecidable", id, lacking, _) := sprintf(
	"%s: %s cannot be decided, because the document does not say: %s.",
	[about.title, id, concat(", ", lacking)],
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

_capped(about, results) := {r |
	some status in {s.status | some s in results}
	same := [s | some s in results; s.status == status]
	some r in _first(about, status, same)
}

_first(about, status, same) := same if count(same) <= limit

else := array.concat(array.slice(same, 0, limit), [_rest(about, status, count(same) - limit)])

# The rest of the waived ones is no failure, but not one that a waiver was checked for by address either: it names none.
_rest(about, status, n) := object.union(
	_whole(about, status, set()),
	{"more": n, "waivable": status == "waived", "msg": sprintf("%s: %d more with the result %s.", [about.title, n, status])},
)

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
