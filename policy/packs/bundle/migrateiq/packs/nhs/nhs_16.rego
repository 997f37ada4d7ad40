package migrateiq.packs.nhs.nhs_16

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Stored data and less secure copies"
# description: >-
#   encrypted at rest; target with lower assurance tier gets reduced detail or read-only copy
# custom:
#   control_id: NHS-16
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "NHS England"
#       reference: "CAF B3.c (IGP 1-3)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Protect or reduce fields"
#   example_pass: "reduced columns to research SDE"
#   example_fail: "full copy to team file share"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#   facts:
#     - "systems.*.at_rest.level"
#     - "systems.*.access.deny_by_default"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "fields.*.protection.method"
#   reference: []
#   conditions:
#     - "it is encrypted at rest"
#     - "what is less secure holds less: no identifiers in clear where it is open"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.systems[id] |
	count(fields.group("patient")) > 0
	some id in fields.stores
}

_hidden := fields.removing | {"hmac", "token_vault", "encrypt"}

_clear := {id | some id in fields.direct; not input.fields[id].protection.method in _hidden}

_exposed := fields.systems_of(_clear)

_met["it is encrypted at rest"] contains id if {
	some id, s in _subjects
	s.at_rest.level in {"disk", "file", "column", "field"}
}

_met["what is less secure holds less: no identifiers in clear where it is open"] contains id if {
	some id, s in _subjects
	s.access.deny_by_default == true
}

_met["what is less secure holds less: no identifiers in clear where it is open"] contains id if {
	some id, _ in _subjects
	not id in _exposed
}
