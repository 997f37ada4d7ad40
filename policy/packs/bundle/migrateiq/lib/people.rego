# METADATA
# title: Approvals and controls of the verification
# description: Who approved what, and which checks the plan carries.
package migrateiq.lib.people

import data.migrateiq.lib.facts
import future.keywords.not

# approved is true where someone with the role approved exactly this plan's intent, and was not its author. An approval
# counts once it was verified: by its signature, or by asking the code host.
approved(role) if {
	some a in input.change.approvals
	a.verified == true
	role in a.roles
	person(a.actor) != person(input.change.author.id)
	facts.said(a.intent_digest)
	a.intent_digest == input.plan.intent_digest
	facts.past(a.at)
}

# METADATA
# description: >-
#   Who a name stands for: names that differ in capitals or blanks are of one person. Undefined for nobody.
person(name) := lower(trim_space(name)) if facts.said(name)

# METADATA
# description: Those whose verified approval is of exactly this plan's intent.
approvers := {person(a.actor) |
	some a in input.change.approvals
	a.verified == true
	facts.said(a.intent_digest)
	a.intent_digest == input.plan.intent_digest
}

# METADATA
# description: The order of the levels of verification.
strength := {"none": 0, "counts": 1, "checksums": 2, "full": 3}

verified_at_least(level) if strength[input.verification.level] >= strength[level]

# checked is true where the dataset has a required check of the type that allows no difference.
checked(dataset, type) if [dataset, type] in _checked

_checked := {[c.dataset, c.type] |
	some c in input.verification.controls
	c.required == true
	facts.number(c.tolerance) == 0
}

_stand := {c.dataset | some c in input.verification.controls; c.runs == false}

_run := {c.dataset | some c in input.verification.controls; not c.runs == false}

# METADATA
# description: >-
#   Datasets that no row of the plan moves into: their checks stand as they are configured, and there is nothing that could
#   have been checked.
idle := _stand - _run

# ran is true where every required check of the dataset of these types ran and passed.
ran(dataset, types) if {
	wanted := {c.id | some c in _required[dataset]; c.type in types}
	count(wanted) > 0
	count(wanted - _passed) == 0
}

_required := {dataset: required |
	some dataset in {c.dataset | some c in input.verification.controls}
	required := [c | some c in input.verification.controls; c.dataset == dataset; c.required == true]
}

_passed := {c.id | some c in input.run.controls; c.pass == true} - _failed

_failed := {c.id | some c in input.run.controls; not c.pass == true}

# METADATA
# description: A run is there to be judged, or should be.
operating if input.phase in {"verify", "drift"}

operating if {
	input.phase == "apply"
	is_object(input.run)
}
