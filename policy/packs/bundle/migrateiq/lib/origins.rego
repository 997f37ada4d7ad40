# METADATA
# title: What fields are made of
# description: >-
#   A pseudonym, or a part of a value, has lost the class of what it was made of. Rules about how something was hidden ask
#   for the fields that are of a class or were made of it.
package migrateiq.lib.origins

import data.migrateiq.lib.fields

_inherited := {class: ids |
	some class in _classes
	ids := {id | some id, f in input.fields; class == f.classification.inherited[_]}
}

_classes := {class | some _, f in input.fields; some class in f.classification.inherited}

# of gives the fields that are of a class, or were made of one.
of(class) := fields.of(class) | {id |
	some name, ids in _inherited
	fields.within(name, class)
	some id in ids
}

# group does so for a group of classes.
group(name) := fields.group(name) | {id |
	some class, ids in _inherited
	some family in data.migrateiq.reference.classes.groups[name]
	fields.within(class, family)
	some id in ids
}
