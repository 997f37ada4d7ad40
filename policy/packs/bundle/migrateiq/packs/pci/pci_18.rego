package migrateiq.packs.pci.pci_18

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No live PAN in pre-production"
# description: >-
#   class pan + live source + target.environment != prod => irreversible protection, unless
#   target.pci.cde=true and all PCI controls pass
# custom:
#   control_id: PCI-18
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "6.5.5"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Use test PANs/tokens"
#   example_pass: "tokens to UAT"
#   example_fail: "clear or reversible PAN to UAT"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.live_data"
#     - "systems.*.environment"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.protection.reversible"
#     - "systems.*.pci.cde"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#   reference: []
#   conditions:
#     - "no live number reaches pre-production that can be read or got back"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	_live
	some id in fields.of("pan")
	not fields.production(fields.system_of(id))
}

_live if {
	some source in fields.sources
	input.systems[source].live_data == true
}

_met["no live number reaches pre-production that can be read or got back"] contains id if {
	some id, s in _subjects
	s.protection.method in (fields.removing | {"truncate"})
}

_met["no live number reaches pre-production that can be read or got back"] contains id if {
	some id, s in _subjects
	s.protection.method == "hmac"
	s.protection.reversible == false
}

_met["no live number reaches pre-production that can be read or got back"] contains id if {
	some id, s in _subjects
	s.protection.method == "token_vault"
	facts.said(s.protection.key.system)
	s.protection.key.system != fields.dataset_of(id).system
}

_met["no live number reaches pre-production that can be read or got back"] contains id if {
	some id, s in _subjects
	fields.system_of(id).pci.cde == true
	fields.keyed(s.protection)
}
