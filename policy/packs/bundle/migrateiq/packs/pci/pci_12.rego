package migrateiq.packs.pci.pci_12

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Separate prod/test keys"
# description: >-
#   same key id not used by prod and non-prod systems
# custom:
#   control_id: PCI-12
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.6.1.1 (service providers)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Issue separate keys"
#   example_pass: "k-prod,k-test"
#   example_fail: "k1 both"
#   scope_facts:
#     - "systems.*.environment"
#     - "index.by_class"
#   facts:
#     - "systems.*.at_rest.key.id"
#   reference: []
#   conditions:
#     - "its key is used nowhere but in production"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("cardholder")) > 0
	some id, s in input.systems
	s.environment == "prod"
}

_elsewhere := {s.at_rest.key.id | some _, s in input.systems; s.environment != "prod"}

_met["its key is used nowhere but in production"] contains id if {
	some id, s in _subjects
	not s.at_rest.key.id in _elsewhere
}
