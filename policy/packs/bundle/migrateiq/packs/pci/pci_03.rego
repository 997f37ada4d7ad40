package migrateiq.packs.pci.pci_03

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "PAN unreadable wherever stored"
# description: >-
#   class pan in any stored location => method in {keyed hash, truncate, index token, strong
#   encryption}; includes staging/quarantine/temp
# custom:
#   control_id: PCI-03
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.5.1"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Tokenise or encrypt"
#   example_pass: "token vault"
#   example_fail: "clear PAN in quarantine"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#     - "quality.quarantine.system?"
#     - "quality.quarantine.masked?"
#   reference: []
#   conditions:
#     - "it is unreadable wherever it is stored"
#     - "a row that is set aside does not hold it in clear"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("pan"))

_unreadable(p) if p.method in (fields.removing | {"truncate"})

_unreadable(p) if fields.keyed(p)

_met["it is unreadable wherever it is stored"] contains id if {
	some id, s in _subjects
	_unreadable(s.protection)
}

_met["a row that is set aside does not hold it in clear"] contains id if {
	some id, _ in _subjects
	input.quality.quarantine.system == null
}

_met["a row that is set aside does not hold it in clear"] contains id if {
	some id, _ in _subjects
	input.quality.quarantine.masked == true
}
