package migrateiq.packs.hipaa.hipaa_07

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Encryption (addressable)"
# description: >-
#   PHI encrypted at rest/in transit, or documented equivalent
# custom:
#   control_id: HIP-07
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "HIPAA"
#       reference: "164.312(a)(2)(iv), 164.312(e)(2)(ii)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Encrypt or document"
#   example_pass: "TLS+AES"
#   example_fail: "plain"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#   facts:
#     - "systems.*.at_rest.level"
#     - "systems.*.transport.tls"
#     - "systems.*.transport.verify"
#     - "systems.*.at_rest.equivalent_ref?"
#   reference: []
#   conditions:
#     - "it is encrypted at rest, or an equivalent is documented"
#     - "its line is encrypted, or an equivalent is documented"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: s |
	count(fields.group("phi")) > 0
	some id in (fields.sources | fields.stores)
	s := input.systems[id]
}

_kept(id) if id in fields.stores

_met["it is encrypted at rest, or an equivalent is documented"] contains id if {
	some id, _ in _subjects
	not _kept(id)
}

_met["it is encrypted at rest, or an equivalent is documented"] contains id if {
	some id, s in _subjects
	s.at_rest.level in {"disk", "file", "column", "field"}
}

_met["it is encrypted at rest, or an equivalent is documented"] contains id if {
	some id, s in _subjects
	facts.said(s.at_rest.equivalent_ref)
}

_met["its line is encrypted, or an equivalent is documented"] contains id if {
	some id, s in _subjects
	s.transport.tls == true
	s.transport.verify == true
}

_met["its line is encrypted, or an equivalent is documented"] contains id if {
	some id, s in _subjects
	facts.said(s.at_rest.equivalent_ref)
}
