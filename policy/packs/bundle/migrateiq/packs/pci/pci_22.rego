package migrateiq.packs.pci.pci_22

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Audit events complete"
# description: >-
#   audit.fields includes user, event type, time, outcome, origin, affected resource; access to CHD
#   logged
# custom:
#   control_id: PCI-22
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "10.2.1.1-10.2.1.7, 10.2.2"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Extend audit fields"
#   example_pass: "six fields"
#   example_fail: "no origin"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.enabled"
#     - "audit.fields"
#   reference: []
#   conditions:
#     - "its audit is on"
#     - "its audit says who, what, when, with which outcome, from where and to what"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("cardholder")) > 0}

_met["its audit is on"] contains "plan" if {
	input.audit.enabled == true
}

_met["its audit says who, what, when, with which outcome, from where and to what"] contains "plan" if {
	every f in ["user", "event_type", "time", "outcome", "origin", "resource"] { f in input.audit.fields }
}
