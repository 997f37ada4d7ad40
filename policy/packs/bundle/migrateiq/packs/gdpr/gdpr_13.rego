package migrateiq.packs.gdpr.gdpr_13

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Pseudonymised is not anonymous"
# description: >-
#   'anonymity.claim=anonymised' only if no reversible/keyed identifiers remain, or key destroyed,
#   and k/t evidence + motivated-intruder ref; else class stays personal
# custom:
#   control_id: GDPR-13
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 4(5), Recital 26"
#     - law: "UK GDPR"
#       reference: "Art. 4(5), Recital 26"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Change the claim or add evidence"
#   example_pass: "claim=pseudonymised"
#   example_fail: "claim=anonymised with HMAC ids and live key"
#   scope_facts:
#     - "anonymity.claim"
#   facts:
#     - "index.by_class"
#     - "fields.*.protection.method"
#     - "anonymity.k?"
#     - "anonymity.t?"
#     - "anonymity.l?"
#     - "anonymity.intruder_test_ref?"
#     - "anonymity.key_destroyed"
#     - "fields.*.classification.inherited"
#   reference: []
#   conditions:
#     - "no identifier remains under a key, or the key is destroyed"
#     - "k-anonymity and t-closeness are evidenced"
#     - "a motivated intruder was tried"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | input.anonymity.claim == "anonymised"}

_live := {id | some id in origins.group("direct"); not input.fields[id].protection.method in fields.removing}

_met["no identifier remains under a key, or the key is destroyed"] contains "plan" if {
	count(_live) == 0
}

_met["no identifier remains under a key, or the key is destroyed"] contains "plan" if {
	input.anonymity.key_destroyed == true
	every id in _live { input.fields[id].protection.method == "hmac" }
}

_met["k-anonymity and t-closeness are evidenced"] contains "plan" if {
	input.anonymity.k >= params.value("gdpr", "anonymous_k")
	facts.number(input.anonymity.t) >= 0
}

_met["a motivated intruder was tried"] contains "plan" if {
	facts.said(input.anonymity.intruder_test_ref)
}
