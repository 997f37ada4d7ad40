package migrateiq.packs.pci.pci_14

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No PAN to messaging"
# description: >-
#   notifications, tickets, chat, email reports carry no PAN unless strongly encrypted
# custom:
#   control_id: PCI-14
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "4.2.2"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Redact messages and tickets, and state that they are"
#   example_pass: "masked"
#   example_fail: "PAN in Slack alert"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.notifications_pan"
#     - "audit.pii_in_logs"
#   reference: []
#   conditions:
#     - "messages and tickets hold no card numbers in clear"
#     - "logs hold none either"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.of("pan")) > 0}

_met["messages and tickets hold no card numbers in clear"] contains "plan" if {
	input.audit.notifications_pan in {"none", "masked", "encrypted"}
}

_met["logs hold none either"] contains "plan" if {
	input.audit.pii_in_logs in {"none", "masked"}
}
