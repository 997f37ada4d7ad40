package migrateiq.packs.nhs.nhs_11

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Need-to-know access"
# description: >-
#   target/staging/quarantine list access roles, deny-by-default, no shared account
# custom:
#   control_id: NHS-11
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "NHS England"
#       reference: "Caldicott Principle 4; CAF B2.a/B2.c"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Define role grants"
#   example_pass: "2 named roles"
#   example_fail: "public schema"
#   scope_facts:
#     - "systems.*.roles"
#     - "index.by_class"
#   facts:
#     - "systems.*.access.roles"
#     - "systems.*.access.deny_by_default"
#     - "systems.*.access.shared"
#   reference: []
#   conditions:
#     - "its roles are named and closed by default"
#     - "nobody shares an account"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.systems[id] |
	count(fields.group("patient")) > 0
	some id in fields.stores
}

_met["its roles are named and closed by default"] contains id if {
	some id, s in _subjects
	facts.size(s.access.roles) > 0
	s.access.deny_by_default == true
}

_met["nobody shares an account"] contains id if {
	some id, s in _subjects
	s.access.shared == false
}
