package migrateiq.packs.nhs.nhs_28

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Publication is anonymised"
# description: >-
#   release=public => claim=anonymised, k>=param(5), small-number rule, l/t where sensitive,
#   intruder test ref
# custom:
#   control_id: NHS-28
#   framework: nhs
#   variant: D
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "ISB1523 Anonymisation Standard (existence V; thresholds U); ICO anonymisation guidance Mar 2025"
#   verification: S
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Raise k, suppress"
#   example_pass: "k=10, counts <5 suppressed"
#   example_fail: "row-level public file k=1"
#   scope_facts:
#     - "anonymity.release"
#   facts:
#     - "anonymity.claim"
#     - "anonymity.k?"
#     - "anonymity.l?"
#     - "anonymity.t?"
#     - "anonymity.small_number?"
#     - "anonymity.intruder_test_ref?"
#     - "index.by_class"
#   reference: []
#   conditions:
#     - "it is claimed to be anonymous"
#     - "groups are as large as required"
#     - "small numbers are suppressed"
#     - "sensitive values are spread within groups"
#     - "an intruder was tried"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | not input.anonymity.release in {"internal", "restricted"}}

_met["it is claimed to be anonymous"] contains "plan" if {
	input.anonymity.claim == "anonymised"
}

_met["groups are as large as required"] contains "plan" if {
	input.anonymity.k >= params.value("nhs", "public_k")
}

_met["small numbers are suppressed"] contains "plan" if {
	input.anonymity.small_number >= params.value("nhs", "small_number")
}

_met["sensitive values are spread within groups"] contains "plan" if {
	count(fields.special) == 0
}

_met["sensitive values are spread within groups"] contains "plan" if {
	is_number(input.anonymity.l)
}

_met["sensitive values are spread within groups"] contains "plan" if {
	facts.number(input.anonymity.t) >= 0
}

_met["an intruder was tried"] contains "plan" if {
	facts.said(input.anonymity.intruder_test_ref)
}
