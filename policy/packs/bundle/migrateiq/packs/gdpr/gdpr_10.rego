package migrateiq.packs.gdpr.gdpr_10

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Encryption in transit"
# description: >-
#   each edge carrying personal data: TLS enabled, min_version >= 1.2, certificate verified
# custom:
#   control_id: GDPR-10
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 32(1)(a), 5(1)(f)"
#     - law: "UK GDPR"
#       reference: "Art. 32(1)(a), 5(1)(f)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Enable verified TLS"
#   example_pass: "TLS1.3 verified"
#   example_fail: "'sslmode=disable'"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "systems.*.transport.tls?"
#     - "systems.*.transport.min_version?"
#     - "systems.*.transport.verify?"
#     - "systems.*.transport.network?"
#   reference: []
#   conditions:
#     - "its line is encrypted with TLS 1.2 or newer, or nothing goes over a line"
#     - "its certificate is verified, or nothing goes over a line"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects[id] := input.systems[id] if some id in fields.personal_systems

# Every source feeds the plan, so its line carries what the plan carries.
_subjects[id] := input.systems[id] if {
	count(fields.personal) > 0
	some id in (fields.sources | fields.stores)
}

_met["its line is encrypted with TLS 1.2 or newer, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	s.transport.tls == true
	s.transport.min_version in {"1.2", "1.3"}
}

_met["its certificate is verified, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	s.transport.verify == true
}

_met["its line is encrypted with TLS 1.2 or newer, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	fields.on_this_machine(s)
}

_met["its certificate is verified, or nothing goes over a line"] contains id if {
	some id, s in _subjects
	fields.on_this_machine(s)
}
