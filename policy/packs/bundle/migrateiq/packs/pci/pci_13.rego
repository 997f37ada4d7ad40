package migrateiq.packs.pci.pci_13

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "PAN in transit"
# description: >-
#   PAN edges: trusted, unexpired certs, no insecure fallback (TLS>=1.2), cert/key in inventory;
#   applied to all networks by default
# custom:
#   control_id: PCI-13
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "4.2.1, 4.2.1.1"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Harden TLS"
#   example_pass: "mTLS 1.3"
#   example_fail: "verify=false"
#   scope_facts:
#     - "index.by_class"
#     - "systems"
#   facts:
#     - "systems.*.transport.tls?"
#     - "systems.*.transport.min_version?"
#     - "systems.*.transport.verify?"
#     - "systems.*.transport.cert_inventory_ref?"
#     - "systems.*.transport.network?"
#   reference: []
#   conditions:
#     - "its line is encrypted with TLS 1.2 or newer and verified, or nothing goes over a line"
#     - "its certificate is in the inventory, or nothing goes over a line"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("cardholder")) > 0
	some id, s in input.systems
}

_met["its line is encrypted with TLS 1.2 or newer and verified, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	s.transport.tls == true
	s.transport.min_version in {"1.2", "1.3"}
	s.transport.verify == true
}

_met["its certificate is in the inventory, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	facts.said(s.transport.cert_inventory_ref)
}

_met["its line is encrypted with TLS 1.2 or newer and verified, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	fields.on_this_machine(s)
}

_met["its certificate is in the inventory, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	fields.on_this_machine(s)
}
