package migrateiq.packs.pci.pci_20

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Least privilege and query restriction"
# description: >-
#   connection roles match declared minimum; direct query on CHD repository only by programmatic
#   role/DBA
# custom:
#   control_id: PCI-20
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "7.2.1, 7.2.2, 7.2.5, 7.2.6"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Reduce grants"
#   example_pass: "ro extractor role"
#   example_fail: "sa/dba role for extract"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems"
#   facts:
#     - "systems.*.access.connection_role"
#     - "systems.*.access.least_privilege_role"
#     - "systems.*.access.standing_admin"
#   reference: []
#   conditions:
#     - "its connection uses the least role declared for it"
#     - "its role is none of an administrator"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects[id] := input.systems[id] if some id in fields.systems_of(fields.group("cardholder"))

# Every source feeds the plan, and its rows may hold what the plan carries.
_subjects[id] := input.systems[id] if {
	count(fields.group("cardholder")) > 0
	some id in fields.sources
}

_met["its connection uses the least role declared for it"] contains id if {
	some id, s in _subjects
	facts.said(s.access.connection_role)
	s.access.connection_role == s.access.least_privilege_role
}

_met["its role is none of an administrator"] contains id if {
	some id, s in _subjects
	s.access.standing_admin == false
	not facts.lowered(s.access.connection_role) in {"sa", "dba", "postgres", "root", "sys", "system", "admin"}
}
