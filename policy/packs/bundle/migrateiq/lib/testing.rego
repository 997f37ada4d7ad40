# METADATA
# title: For tests of rules
# description: Documents that lack a fact, and waivers that count.
package migrateiq.lib.testing

import future.keywords.not

import data.migrateiq.lib.waivers

# without takes a fact out of the document, from every member that `*` stands for.
without(doc, fact) := json.remove(doc, _paths(doc, trim_suffix(fact, "?")))

_paths(_, fact) := [split(fact, ".")] if not contains(fact, ".*.")

_paths(doc, fact) := [p |
	[head, tail] := split(fact, ".*.")
	some key, _ in object.get(doc, split(head, "."), {})
	p := array.concat(array.concat(split(head, "."), [sprintf("%v", [key])]), split(tail, "."))
] if contains(fact, ".*.")

# METADATA
# description: A waiver for the document of the fixtures.
waiver(control, subject) := {
	"id": sprintf("W %s %s", [control, subject]),
	"control": control,
	"subject": subject,
	"reason": "pilot",
	"ticket": "IG-1",
	"requested_by": "a@example.org",
	"approved_by": "b@example.org",
	"approver_role": "dpo",
	"approved_at": "2026-11-01T00:00:00Z",
	"expires_at": "2026-12-10T00:00:00Z",
	"scope": {"project": "scr"},
}

counting(control, all) := m if m := waivers.of(control) with data.waivers as all
