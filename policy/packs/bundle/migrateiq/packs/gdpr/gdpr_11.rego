package migrateiq.packs.gdpr.gdpr_11

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Encryption at rest"
# description: >-
#   target/staging/quarantine/backup with personal data encrypted at rest; special category =>
#   customer-managed key or field level
# custom:
#   control_id: GDPR-11
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 32(1)(a)"
#     - law: "UK GDPR"
#       reference: "Art. 32(1)(a)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Enable encryption, set key custody"
#   example_pass: "AES-256, KMS"
#   example_fail: "plain CSV on local disk"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "systems.*.at_rest.level"
#     - "systems.*.at_rest.algorithm"
#     - "systems.*.at_rest.key.custody"
#   reference: []
#   conditions:
#     - "it is encrypted at rest"
#     - "special categories are under a key of one's own or encrypted by field"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects[id] := input.systems[id] if {
	some id in fields.personal_systems
	id in fields.stores
}

_subjects[id] := s if {
	count(fields.personal) > 0
	some id, s in input.systems
	some role in s.roles
	role in {"staging", "quarantine"}
}

_special_systems := fields.systems_of(fields.special) | _aside

# What lies in staging or quarantine may be any row of the plan.
_aside := {id |
	count(fields.special) > 0
	some id, s in input.systems
	some role in s.roles
	role in {"staging", "quarantine"}
}

_met["it is encrypted at rest"] contains id if {
	some id, s in _subjects
	s.at_rest.level in {"disk", "file", "column", "field"}
	facts.said(s.at_rest.algorithm)
}

_met["special categories are under a key of one's own or encrypted by field"] contains id if {
	some id, _ in _subjects
	not id in _special_systems
}

_met["special categories are under a key of one's own or encrypted by field"] contains id if {
	some id, s in _subjects
	s.at_rest.level in {"column", "field"}
}

_met["special categories are under a key of one's own or encrypted by field"] contains id if {
	some id, s in _subjects
	s.at_rest.key.custody in {"hsm", "kms", "vault"}
}
