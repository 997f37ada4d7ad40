package migrateiq.packs.pci.pci_16

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Significant change and scope"
# description: >-
#   new CDE system or data flow => scope confirmation, data-flow diagram export, re-check list
# custom:
#   control_id: PCI-16
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "6.5.2, 12.5.2, 1.2.4"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Confirm scope"
#   example_pass: "scope ref"
#   example_fail: "new PAN store undocumented"
#   scope_facts:
#     - "change.cde_changed"
#   facts:
#     - "change.scope_confirmation_ref?"
#     - "change.data_flow_ref?"
#   reference: []
#   conditions:
#     - "the scope was confirmed"
#     - "the diagram of data flows was renewed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | not input.change.cde_changed == false}

_met["the scope was confirmed"] contains "plan" if {
	facts.said(input.change.scope_confirmation_ref)
}

_met["the diagram of data flows was renewed"] contains "plan" if {
	facts.said(input.change.data_flow_ref)
}
