# METADATA
# title: Names of subjects
# description: What the members of a list are called in results, so that none hides another that is called the same.
package migrateiq.lib.names

import future.keywords.not

# of gives the members of a list by what they say under keys, with their places where several say the same.
of(list, keys) := {texts[i]: m | some i, m in list} if {
	texts := _texts(list, keys)
	count({text | some text in texts}) == count(texts)
}

else := {sprintf("%s #%v", [texts[i], i]): m | some i, m in list} if texts := _texts(list, keys)

_texts(list, keys) := [concat(" ", [sprintf("%v", [_under(m, key)]) | some key in keys]) | some m in list]

_under(m, key) := v if v := m[key]

else := null
