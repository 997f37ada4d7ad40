package migrateiq.packs.pci.pci_02

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Issuer SAD exception controlled"
# description: >-
#   SAD persisted only if 'pci.issuer=true' with business need ref and field-level strong
#   cryptography
# custom:
#   control_id: PCI-02
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.3.3 (and 3.3.2 pre-authorisation)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Prove issuer status"
#   example_pass: "issuer+HSM key"
#   example_fail: "merchant keeps PIN block"
#   scope_facts:
#     - "index.by_class"
#     - "fields.*.protection.method"
#   facts:
#     - "systems.*.pci.issuer"
#     - "fields.*.protection.need_ref?"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.custody?"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   reference: []
#   conditions:
#     - "an issuer stores it, for a need that is referred to"
#     - "strong cryptography protects the field, with its key in an HSM"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some id in fields.of("sad")
	input.fields[id].protection.method != "drop"
}

_met["an issuer stores it, for a need that is referred to"] contains id if {
	some id, s in _subjects
	fields.system_of(id).pci.issuer == true
	facts.said(s.protection.need_ref)
}

_met["strong cryptography protects the field, with its key in an HSM"] contains id if {
	some id, s in _subjects
	s.protection.method == "encrypt"
	s.protection.key.bits >= 128
	s.protection.key.custody == "hsm"
}
