# METADATA
# title: What a plan does to tables
# description: Tells purges, and what is removed of people, from other actions.
package migrateiq.lib.actions

import future.keywords.not

import data.migrateiq.lib.fields

# Operations that remove rows or tables in the course of something else than giving a mapping up.
_others := {"create", "append", "upsert", "backfill", "remap", "reload", "prune", "repair", "discard", "rollback"}

# purges is true of an action that takes all rows of a mapping away since the mapping is gone. What is removed by an
# operation that nobody named is taken for one.
purges(a) if a.operation == "delete"

purges(a) if {
	a.kind in {"delete", "drop", "truncate"}
	not a.operation in _others
}

# holds is true of an action on a table with data of a group of classes, and on one of which nobody knows what it holds.
holds(a, group) if {
	some class in a.classes
	some family in data.migrateiq.reference.classes.groups[group]
	fields.within(class, family)
}

holds(a, _) if not is_array(a.classes)
