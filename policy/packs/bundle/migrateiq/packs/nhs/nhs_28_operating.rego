package migrateiq.packs.nhs.nhs_28_operating

import future.keywords.not

import data.migrateiq.lib.params
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Publication is anonymised"
# description: >-
#   release=public => claim=anonymised, k>=param(5), small-number rule, l/t where sensitive,
#   intruder test ref
# custom:
#   control_id: NHS-28
#   framework: nhs
#   variant: O
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "ISB1523 Anonymisation Standard (existence V; thresholds U); ICO anonymisation guidance Mar 2025"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [apply, verify]
#   remediation: "Raise k, suppress"
#   example_pass: "k=10, counts <5 suppressed"
#   example_fail: "row-level public file k=1"
#   scope_facts:
#     - "phase"
#     - "run?"
#     - "anonymity.release"
#   facts:
#     - "run.profile.k"
#     - "run.profile.l"
#     - "anonymity.k"
#     - "anonymity.l?"
#   reference: []
#   conditions:
#     - "groups in the result are as large as required and claimed"
#     - "values in the result are as spread as claimed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	people.operating
	not input.anonymity.release in {"internal", "restricted"}
}

_met["groups in the result are as large as required and claimed"] contains "plan" if {
	input.run.profile.k >= params.value("nhs", "public_k")
	input.run.profile.k >= input.anonymity.k
}

_met["values in the result are as spread as claimed"] contains "plan" if {
	input.anonymity.l == null
}

_met["values in the result are as spread as claimed"] contains "plan" if {
	input.run.profile.l >= input.anonymity.l
}
