package migrateiq.packs.nhs.nhs_15

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Data in transit"
# description: >-
#   edges with important data: cryptographic protection on untrusted carriers; HSCN/private noted
# custom:
#   control_id: NHS-15
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "NHS England"
#       reference: "CAF B3.b"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Enable TLS / private link"
#   example_pass: "TLS1.3 over HSCN"
#   example_fail: "FTP over internet"
#   scope_facts:
#     - "index.by_class"
#     - "systems"
#   facts:
#     - "systems.*.transport.tls?"
#     - "systems.*.transport.min_version?"
#     - "systems.*.transport.verify?"
#     - "systems.*.transport.network"
#   reference: []
#   conditions:
#     - "its line is encrypted and verified, or nothing goes over a line"
#     - "its network is named"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("patient")) > 0
	some id, s in input.systems
}

_met["its line is encrypted and verified, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	s.transport.tls == true
	s.transport.min_version in {"1.2", "1.3"}
	s.transport.verify == true
}

_met["its network is named"] contains id if {
	some id, s in _subjects
	s.transport.network in {"private", "hscn", "internet", "local"}
}

_met["its line is encrypted and verified, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	fields.on_this_machine(s)
}
