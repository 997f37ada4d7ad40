package migrateiq.packs.pci.pci_23

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Audit log protected and kept"
# description: >-
#   immutable/central sink, change detection, retention >= 365 d with >= 90 d online, synced clock
# custom:
#   control_id: PCI-23
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "10.3.1-10.3.4, 10.5.1, 10.6"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Configure sink"
#   example_pass: "400/120 d"
#   example_fail: "30 d"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.immutable"
#     - "audit.hash_chain.alg"
#     - "audit.retention_days"
#     - "audit.online_days"
#     - "audit.clock"
#     - "audit.access_restricted"
#   reference: []
#   conditions:
#     - "its log cannot be changed unseen"
#     - "its log is kept as long as required"
#     - "its clock is synchronised"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("cardholder")) > 0}

_met["its log cannot be changed unseen"] contains "plan" if {
	input.audit.immutable == true
	input.audit.hash_chain.alg == "sha256"
	input.audit.access_restricted == true
}

_met["its log is kept as long as required"] contains "plan" if {
	input.audit.retention_days >= params.value("pci", "audit_days")
	input.audit.online_days >= params.value("pci", "audit_online_days")
}

_met["its clock is synchronised"] contains "plan" if {
	facts.said(input.audit.clock)
}
