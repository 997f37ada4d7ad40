# METADATA
# title: Parameters
# description: >-
#   The value of a parameter is the default of the packs, moved by data.params only in the direction that is stricter.
#   A value of the wrong kind moves nothing.
package migrateiq.lib.params

import future.keywords.not

default _given := {}

_given := data.params

_own(pack, name) := object.get(_given, [pack, name], null) if is_object(_given)

else := null

_default(pack, name) := data.migrateiq.params[pack][name]

value(pack, name) := v if {
	d := _default(pack, name)
	v := _moved(d, _own(pack, name))
}

_moved(d, own) := min([d.value, own]) if {
	d.tighten == "lower"
	is_number(own)
}

else := max([d.value, own]) if {
	d.tighten == "higher"
	is_number(own)
}

else := [v | some v in d.value; v in own] if {
	d.tighten == "fewer"
	is_array(own)
}

else := array.concat(d.value, own) if {
	d.tighten in {"more", "own"}
	is_array(own)
}

else if {
	d.tighten == "on"
	own == true
}

else := object.union(d.value, {k: v |
	some k, v in own
	is_number(v)
	v <= object.get(d.value, k, v)
}) if {
	d.tighten == "lower_each"
	is_object(own)
}

else := d.value
