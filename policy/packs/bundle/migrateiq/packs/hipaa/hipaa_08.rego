package migrateiq.packs.hipaa.hipaa_08

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Audit controls and unique user"
# description: >-
#   audit on; unique ids
# custom:
#   control_id: HIP-08
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "HIPAA"
#       reference: "164.312(b), 164.312(a)(2)(i)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Turn the audit on, and give everybody an account of their own"
#   example_pass: "on"
#   example_fail: "off"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.enabled"
#     - "change.applier.id"
#     - "change.applier.shared"
#     - "systems.*.access.shared"
#   reference: []
#   conditions:
#     - "its audit is on"
#     - "everybody has an account of their own"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("phi")) > 0}

_met["its audit is on"] contains "plan" if {
	input.audit.enabled == true
}

_met["everybody has an account of their own"] contains "plan" if {
	facts.said(input.change.applier.id)
	input.change.applier.shared == false
	every _, s in input.systems { s.access.shared == false }
}
