# METADATA
# title: Results of a project's own rules
# description: >-
#   Own rules give the result object of the packs, or an object or text with a message as conftest takes it. This fills in
#   what they leave out and applies waivers.
package migrateiq.lib.own

import future.keywords.not

import data.migrateiq.lib.verdicts
import data.migrateiq.lib.waivers

# of completes what a rule of a package found. A rule named warn reports, every other one stops the plan.
of(control, level, found) := {r |
	some f in found
	full := object.union(_blank(control, level), _object(f))
	dated := object.union(full, {"level": verdicts.level(full)})
	r := waivers.applied(dated, waivers.of(full.control_id))
}

_object(f) := f if is_object(f)

else := {"msg": f} if is_string(f)

else := {"msg": json.marshal(f)}

_blank(control, level) := {
	"id": control,
	"control_id": control,
	"variant": "D",
	"status": "fail",
	"level": level,
	"severity": "medium",
	"waivable": true,
	"waiver": null,
	"subject": {"kind": "plan", "id": "plan"},
	"facts": [],
	"unmet": [],
	"msg": sprintf("The rule %s found something and says nothing about it.", [control]),
}
