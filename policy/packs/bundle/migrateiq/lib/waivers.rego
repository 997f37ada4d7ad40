# METADATA
# title: Waivers
# description: >-
#   A waiver accepts the failure of one control about one subject, for a time, with two people's names to it. One that
#   lacks any of that accepts nothing, and CORE-03 reports it.
package migrateiq.lib.waivers

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import future.keywords.not

default all := []

all := data.waivers

# of gives the waivers of a control that count.
of(control) := [w | is_array(all); some w in all; w.control == control; valid(w)]

# applied gives the result as it is, or waived.
applied(result, mine) := object.union(result, {
	"status": "waived",
	"waiver": w.id,
	"msg": sprintf("%s Accepted by waiver %s until %s.", [result.msg, w.id, w.expires_at]),
}) if {
	result.waivable == true
	result.status in {"fail", "undecidable"}
	names := sort([m.id | some m in mine; m.subject == result.subject.id])
	count(names) > 0
	w := [m | some m in mine; m.id == names[0]; m.subject == result.subject.id][0]
}

else := result

valid(w) if count(faults(w)) == 0

# METADATA
# description: What is wrong with a waiver, in words.
faults(w) := {f | some f in conditions; not [f, true] in _held(w)}

conditions := {
	"it names itself, a control, a subject, a reason and a ticket",
	"its subject is one address, no pattern",
	"it was asked for and approved by two different people",
	"its approver has a role that may approve waivers",
	"it has begun and has not ended",
	"its life is not longer than allowed",
	"it is for this plan, this project or this configuration",
}

_held(w) := {[c, true] | some c, ok in _checks(w); ok == true}

_checks(w) := {
	"it names itself, a control, a subject, a reason and a ticket": _named(w),
	"its subject is one address, no pattern": _exact(w),
	"it was asked for and approved by two different people": _two_people(w),
	"its approver has a role that may approve waivers": _role(w),
	"it has begun and has not ended": _running(w),
	"its life is not longer than allowed": _short(w),
	"it is for this plan, this project or this configuration": _scoped(w),
}

default _named(_) := false

_named(w) if every key in ["id", "control", "subject", "reason", "ticket"] { facts.said(w[key]) }

default _exact(_) := false

_exact(w) if {
	is_string(w.subject)
	is_string(w.control)
	not _pattern(w.subject)
	not _pattern(w.control)
}

_pattern(text) if regex.match(`[*?]`, text)

default _two_people(_) := false

_two_people(w) if {
	facts.said(w.requested_by)
	facts.said(w.approved_by)
	facts.lowered(w.requested_by) != facts.lowered(w.approved_by)
}

default _role(_) := false

_role(w) if w.approver_role in params.value("core", "waiver_roles")

default _running(_) := false

_running(w) if {
	facts.past(w.approved_at)
	facts.future(w.expires_at)
}

default _short(_) := false

_short(w) if {
	days := (facts.ns(w.expires_at) - facts.ns(w.approved_at)) / 86400000000000
	days <= params.value("core", "waiver_max_days")
}

default _scoped(_) := false

_scoped(w) if {
	facts.said(input.plan.intent_digest)
	w.scope.intent_digest == input.plan.intent_digest
}

_scoped(w) if {
	facts.said(input.project.id)
	w.scope.project == input.project.id
}

_scoped(w) if {
	facts.said(input.plan.config_digest)
	w.scope.config_digest == input.plan.config_digest
}
