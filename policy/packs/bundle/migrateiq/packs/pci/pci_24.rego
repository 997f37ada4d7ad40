package migrateiq.packs.pci.pci_24

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Cryptography inventoried"
# description: >-
#   each algorithm/protocol in plan is in the approved crypto inventory, review <= 12 months
# custom:
#   control_id: PCI-24
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "12.3.3"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Update the inventory"
#   example_pass: "AES-256-GCM listed"
#   example_fail: "3DES unlisted"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "systems"
#   facts:
#     - "systems.*.at_rest.algorithm?"
#     - "systems.*.transport.protocol?"
#     - "systems.*.transport.network?"
#     - "evaluated_at"
#   reference:
#     - "cryptography"
#   conditions:
#     - "its algorithm and protocol are in the inventory"
#     - "the inventory was reviewed in time"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("cardholder")) > 0
	some id, s in input.systems
	some role in s.roles
	role in {"source", "target", "staging", "quarantine"}
}

# How a source keeps its own rows is no part of the plan.
_algorithm(id, _) if not id in fields.stores

_algorithm(_, s) if s.at_rest.algorithm in data.migrateiq.reference.cryptography.approved

_met["its algorithm and protocol are in the inventory"] contains id if {
	some id, s in _subjects
	_algorithm(id, s)
	_protocol(s.transport)
}

_protocol(t) if t.protocol in data.migrateiq.reference.cryptography.approved

_protocol(t) if {
	t.protocol == null
	t.network == "local"
}

_met["the inventory was reviewed in time"] contains id if {
	some id, _ in _subjects
	facts.days_since(data.migrateiq.reference.cryptography.reviewed_at) <= params.value("pci", "crypto_review_days")
}
