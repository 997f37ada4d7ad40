package migrateiq.packs.pci.pci_06

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Disk encryption is not enough"
# description: >-
#   non-removable storage with PAN: at_rest.level in {file,column,field} or another 3.5.1 method;
#   disk-only fails
# custom:
#   control_id: PCI-06
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.5.1.2-3.5.1.3"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add column/field protection"
#   example_pass: "field AES"
#   example_fail: "EBS/TDE-disk only"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems"
#   facts:
#     - "systems.*.at_rest.level"
#     - "fields.*.protection.method"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#   reference: []
#   conditions:
#     - "it is encrypted by file, column or field, or every number is unreadable by other means"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.systems[id] | some id in fields.systems_of(fields.of("pan"))}

_hidden := fields.removing | {"truncate"}

_readable := {id |
	some id in fields.of("pan")
	not input.fields[id].protection.method in _hidden
	not fields.keyed(input.fields[id].protection)
}

_exposed := fields.systems_of(_readable)

_met["it is encrypted by file, column or field, or every number is unreadable by other means"] contains id if {
	some id, s in _subjects
	s.at_rest.level in {"file", "column", "field"}
}

_met["it is encrypted by file, column or field, or every number is unreadable by other means"] contains id if {
	some id, _ in _subjects
	not id in _exposed
}
