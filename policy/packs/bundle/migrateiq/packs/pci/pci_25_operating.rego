package migrateiq.packs.pci.pci_25_operating

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Unexpected PAN stops the run"
# description: >-
#   detector finds PAN (Luhn+BIN+rate) in field not classed pan => stop; incident ref to continue
# custom:
#   control_id: PCI-25
#   framework: pci
#   variant: O
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "12.10.7"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: true
#   phase: [apply, verify]
#   remediation: "Classify, remediate, open incident"
#   example_pass: "no hits"
#   example_fail: "'notes' 3% Luhn hits"
#   scope_facts:
#     - "phase"
#     - "run?"
#   facts:
#     - "run.profile.pan_hits"
#     - "change.incident_ref?"
#   reference: []
#   conditions:
#     - "the run met no card numbers outside their fields, or an incident says why"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | people.operating}

_met["the run met no card numbers outside their fields, or an incident says why"] contains "plan" if {
	facts.number(input.run.profile.pan_hits) <= params.value("pci", "pan_hits")
}

_met["the run met no card numbers outside their fields, or an incident says why"] contains "plan" if {
	facts.said(input.change.incident_ref)
}
