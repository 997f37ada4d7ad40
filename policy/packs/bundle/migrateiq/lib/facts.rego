# METADATA
# title: Facts of the document
# description: >-
#   Tells a fact that nobody stated from one that was answered. A path is keys with dots between; `*` stands for every
#   member of an object or array, and may stand twice; `?` says that null is an answer (there is none), not a missing fact:
#   at the end, or before the last `*` of a list.
package migrateiq.lib.facts

import future.keywords.not

_absent := "\u0000absent"

# path reads the text of a fact; name is what a message calls it.
path(name, text) := {
	"name": replace(name, "?", ""),
	"null_is_answer": endswith(text, "?"),
	"none_is_answer": contains(text, "?.*."),
	"each": count(parts) > 1,
	"first": split(parts[0], "."),
	"then": split(parts[min([1, count(parts) - 1])], "."),
	"last": [key | count(parts) == 3; some key in split(parts[2], ".")],
} if {
	parts := split(replace(text, "?", ""), ".*.")
}

# lacking names those facts that doc does not hold.
lacking(doc, paths) := {p.name | some p in paths; not _stated(doc, p)} if is_object(doc)

else := {p.name | some p in paths}

_stated(doc, p) if {
	p.each == false
	none := _none(p)
	object.get(doc, p.first, none) != none
}

_stated(doc, p) if {
	_none_at(doc, p.first, p)
	p.last == []
}

_stated(doc, p) if {
	p.each == true
	members := object.get(doc, p.first, null)
	_objects(members)
	not _one_lacks(members, p, _none(p))
}

_none_at(doc, at, p) if {
	p.none_is_answer == true
	object.get(doc, at, _absent) == null
}

# What stands for no answer.
_none(p) := _absent if p.null_is_answer == true

else := null

_objects(members) if {
	_collection(members)
	not _one_is_none(members)
}

_one_is_none(members) if {
	some m in members
	type_name(m) != "object"
}

_one_lacks(members, p, none) if {
	p.last == []
	some m in members
	object.get(m, p.then, none) == none
}

_one_lacks(members, p, none) if {
	p.last != []
	some m in members
	not _none_at(m, p.then, p)
	not _all_state(object.get(m, p.then, null), p.last, none)
}

_all_state(members, at, none) if {
	_objects(members)
	every m in members { object.get(m, at, none) != none }
}

# METADATA
# description: >-
#   Of names of facts those that lie in no other of them: where a whole list is missing, nobody need be told that its
#   members are.
outermost(names) := {name | some name in names; not _inside(name, names)}

_inside(name, names) if {
	some other in names
	startswith(name, sprintf("%s.", [other]))
}

# gaps gives for each fact that is not stated of every subject the addresses of those that lack it.
gaps(subjects, paths) := {p.name: ids |
	none := {id | some id, doc in subjects; type_name(doc) != "object"}
	docs := object.remove(subjects, none)
	some p in paths
	ids := none | _without(docs, p)
	count(ids) > 0
}

_without(docs, p) := {id | some id, doc in docs; not _stated(doc, p)} if p.each == true

else := {id | some id, doc in docs; object.get(doc, p.first, none) == none} if none := _none(p)

_collection(v) if is_object(v)

_collection(v) if is_array(v)

# stale names the lists of reference data that are missing or past their date.
stale(names) := {sprintf("reference data %s that is in date", [n]) | some n in names; not in_date(n)}

in_date(name) if {
	list := data.migrateiq.reference[name]
	ns(list.expires) > now
}

# METADATA
# description: When the plan is judged. Rules have no clock of their own.
now := ns(input.evaluated_at)

# days_since is how long ago a moment was, in days; undefined for what is no moment.
days_since(moment) := (now - ns(moment)) / 86400000000000

past(moment) if ns(moment) <= now

future(moment) if ns(moment) > now

# said is true of a text that says something.
said(v) if {
	is_string(v)
	trim_space(v) != ""
}

# METADATA
# description: >-
#   A moment in nanoseconds; undefined for what is none. This function and those below let a value of the wrong kind be
#   undefined, so that it fails its own control and not the whole evaluation.
ns(moment) := time.parse_rfc3339_ns(moment) if {
	is_string(moment)
	regex.match(`^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`, moment)
}

number(v) := v if is_number(v)

number(v) := to_number(v) if {
	is_string(v)
	regex.match(`^-?\d{1,18}(\.\d{1,18})?$`, v)
}

# METADATA
# description: How many members a collection has; a text has none.
size(v) := count(v) if _collection(v)

digest(v) if {
	is_string(v)
	regex.match(`^sha256:[0-9a-f]{64}$`, v)
}

lowered(v) := lower(v) if is_string(v)
