package migrateiq.packs.core.core_03

import future.keywords.not

import data.migrateiq.lib.names
import data.migrateiq.lib.verdicts
import data.migrateiq.lib.waivers

# METADATA
# title: "Waivers are valid"
# description: >-
#   each matching waiver has ticket, approver in allowed role, approver != requester, 'expires_at' >
#   'evaluated_at', lifetime <= max, exact control + subject + plan scope; expired/over-broad waiver
#   = finding
# custom:
#   control_id: CORE-03
#   framework: core
#   variant: D
#   both_variants: false
#   subject: waiver
#   citations:
#     - law: "migrateiq"
#       reference: "engine rule (Conforma volatile-config pattern)"
#   verification: own
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Mend it, have it renewed by one who may approve, or narrow its subject"
#   example_pass: "waiver W-7 expires in 20 days, approved by DPO"
#   example_fail: "waiver with subject '*' and no expiry"
#   scope_facts: []
#   facts:
#     - "evaluated_at"
#     - "project.id"
#     - "plan.intent_digest"
#     - "plan.config_digest"
#   reference: []
#   conditions:
#     - "it names itself, a control, a subject, a reason and a ticket"
#     - "its subject is one address, no pattern"
#     - "it was asked for and approved by two different people"
#     - "its approver has a role that may approve waivers"
#     - "it has begun and has not ended"
#     - "its life is not longer than allowed"
#     - "it is for this plan, this project or this configuration"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {sprintf("waiver %s", [id]): w | some id, w in names.of(waivers.all, ["id"])} if is_array(waivers.all)

else := {"data.waivers": {}}

_met := {condition: held |
	some condition in waivers.conditions
	held := {id | some id, w in _subjects; not condition in waivers.faults(w)}
}
