package migrateiq.packs.pci.pci_01

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No SAD stored after authorisation"
# description: >-
#   class sad (track, cvv, pin/pin block) => protection drop; absent from target, staging,
#   quarantine, logs, samples, backups; encryption does not satisfy
# custom:
#   control_id: PCI-01
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "PCI DSS 3.3.1, 3.3.1.1-3.3.1.3 (not eligible for customised approach)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Drop at source extract"
#   example_pass: "cvv -> drop"
#   example_fail: "cvv encrypted into target"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.dataset"
#     - "systems.*.pci.issuer"
#     - "datasets.*.system"
#   reference: []
#   conditions:
#     - "it is dropped before it is stored anywhere, or an issuer keeps it"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("sad"))

# PCI-02 judges what an issuer keeps.
_issued(id) if fields.system_of(id).pci.issuer == true

_met["it is dropped before it is stored anywhere, or an issuer keeps it"] contains id if {
	some id, s in _subjects
	s.protection.method == "drop"
}

_met["it is dropped before it is stored anywhere, or an issuer keeps it"] contains id if {
	some id, _ in _subjects
	_issued(id)
}
