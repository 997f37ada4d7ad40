package migrateiq.packs.pci.pci_09

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Retention and disposal"
# description: >-
#   PAN datasets: retention length, business justification, secure delete action, quarterly check
#   ref
# custom:
#   control_id: PCI-09
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.2.1"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Define retention"
#   example_pass: "18m + purge"
#   example_fail: "indefinite"
#   scope_facts:
#     - "index.by_class"
#     - "fields.*.dataset"
#     - "datasets"
#   facts:
#     - "datasets.*.retention.days"
#     - "datasets.*.retention.disposal"
#     - "datasets.*.pci_justification?"
#     - "systems.*.pci.retention_check_ref?"
#     - "datasets.*.system"
#   reference: []
#   conditions:
#     - "it is kept for a limited time"
#     - "why it is kept is written down"
#     - "it is securely deleted, and that is checked every quarter"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] | some id in fields.datasets_of(fields.of("pan"))}

_met["it is kept for a limited time"] contains id if {
	some id, s in _subjects
	s.retention.days > 0
	facts.number(s.retention.days) <= params.value("pci", "pan_retention_days")
}

_met["why it is kept is written down"] contains id if {
	some id, s in _subjects
	facts.said(s.pci_justification)
}

_met["it is securely deleted, and that is checked every quarter"] contains id if {
	some id, s in _subjects
	facts.said(s.retention.disposal)
	facts.said(input.systems[s.system].pci.retention_check_ref)
}
