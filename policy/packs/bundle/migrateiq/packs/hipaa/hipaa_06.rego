package migrateiq.packs.hipaa.hipaa_06

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Business associate agreement"
# description: >-
#   third-party PHI system has baa_ref
# custom:
#   control_id: HIP-06
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "HIPAA"
#       reference: "164.504(e), 164.308(b)"
#   verification: U
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Sign BAA"
#   example_pass: "BAA-1"
#   example_fail: "none"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.operator.third_party"
#   facts:
#     - "systems.*.operator.baa_ref?"
#   reference: []
#   conditions:
#     - "an agreement with its operator is referred to"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("phi")) > 0
	some id, s in input.systems
	s.operator.third_party == true
}

_met["an agreement with its operator is referred to"] contains id if {
	some id, s in _subjects
	facts.said(s.operator.baa_ref)
}
