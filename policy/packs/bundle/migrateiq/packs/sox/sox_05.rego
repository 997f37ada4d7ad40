package migrateiq.packs.sox.sox_05

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Tested before production"
# description: >-
#   test_evidence for same config_digest in non-prod, verification passed, within age
# custom:
#   control_id: SOX-05
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "SOX"
#       reference: "COBIT BAI07.03-07.05"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Rehearse the same configuration outside production, and add it to the tests of the change"
#   example_pass: "UAT pass same hash"
#   example_fail: "never rehearsed"
#   scope_facts:
#     - "systems.*.sox.in_scope"
#     - "datasets.*.icfr"
#   facts:
#     - "change.tests"
#     - "plan.config_digest"
#     - "evaluated_at"
#     - "change.tests.*.at?"
#     - "change.tests.*.config_digest?"
#     - "change.tests.*.environment?"
#     - "change.tests.*.verification?"
#   reference: []
#   conditions:
#     - "the same configuration was rehearsed outside production not long ago, and verified"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | _in_scope}

_in_scope if {
	some _, s in input.systems
	not s.sox.in_scope == false
}

_in_scope if {
	some _, d in input.datasets
	not d.icfr == false
}

_met["the same configuration was rehearsed outside production not long ago, and verified"] contains "plan" if {
	some t in input.change.tests
	t.environment in {"preprod", "test", "dev", "training"}
	t.config_digest == input.plan.config_digest
	t.verification == "pass"
	age := facts.days_since(t.at)
	age >= 0
	age <= params.value("sox", "test_days")
}
