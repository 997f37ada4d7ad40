package migrateiq.packs.pci.pci_10

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Key storage and custody"
# description: >-
#   keys in HSM/KMS or wrapped; KEK strength >= DEK; KEK separate; custodians listed
# custom:
#   control_id: PCI-10
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.6.1, 3.6.1.2-3.6.1.4"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Move to KMS/HSM"
#   example_pass: "KMS wrapped"
#   example_fail: "key in HCL/env file"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems"
#   facts:
#     - "systems.*.at_rest.key.custody"
#     - "systems.*.at_rest.key.custodian?"
#     - "systems.*.at_rest.key.wrapped_by?"
#     - "systems.*.at_rest.key.id"
#     - "systems.*.at_rest.key.strength_bits"
#     - "systems.*.at_rest.key.wrapping_strength_bits?"
#     - "fields.*.protection.key.custody?"
#     - "fields.*.protection.method"
#   reference: []
#   conditions:
#     - "its key is in an HSM or key service, or wrapped by a key at least as strong that lies apart"
#     - "its key has a custodian"
#     - "the keys of its fields are managed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.systems[id] | some id in fields.systems_of(fields.group("cardholder"))}

_held_badly(system) := {id |
	some id in fields.group("cardholder")
	input.datasets[input.fields[id].dataset].system == system
	input.fields[id].protection.method in {"hmac", "encrypt", "fpe_ff1", "token_vault"}
	not input.fields[id].protection.key.custody in {"hsm", "kms", "vault"}
}

_met["its key is in an HSM or key service, or wrapped by a key at least as strong that lies apart"] contains id if {
	some id, s in _subjects
	s.at_rest.key.custody in {"hsm", "kms"}
}

_met["its key is in an HSM or key service, or wrapped by a key at least as strong that lies apart"] contains id if {
	some id, s in _subjects
	s.at_rest.key.custody in {"vault", "file"}
	facts.said(s.at_rest.key.wrapped_by)
	s.at_rest.key.wrapped_by != s.at_rest.key.id
	s.at_rest.key.wrapping_strength_bits >= s.at_rest.key.strength_bits
}

_met["its key has a custodian"] contains id if {
	some id, s in _subjects
	facts.said(s.at_rest.key.custodian)
}

_met["the keys of its fields are managed"] contains id if {
	some id, _ in _subjects
	count(_held_badly(id)) == 0
}
