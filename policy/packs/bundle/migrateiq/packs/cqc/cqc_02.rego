package migrateiq.packs.cqc.cqc_02

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Records held securely"
# description: >-
#   encryption + access roles on care records
# custom:
#   control_id: CQC-02
#   framework: cqc
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "CQC"
#       reference: "reg. 17 (guidance: securely maintain)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Encrypt the system and name the roles that may use it"
#   example_pass: "ok"
#   example_fail: "open share"
#   scope_facts:
#     - "datasets.*.clinical"
#     - "datasets.*.system"
#     - "systems.*.roles"
#     - "fields.*.sources"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "systems.*.at_rest.level"
#     - "systems.*.access.roles"
#     - "systems.*.access.deny_by_default"
#   reference: []
#   conditions:
#     - "its system is encrypted at rest"
#     - "its system is closed by default, with named roles"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.clinical_datasets
	input.datasets[id].system in fields.targets
}

_met["its system is encrypted at rest"] contains id if {
	some id, s in _subjects
	input.systems[s.system].at_rest.level in {"disk", "file", "column", "field"}
}

_met["its system is closed by default, with named roles"] contains id if {
	some id, s in _subjects
	a := input.systems[s.system].access
	a.deny_by_default == true
	facts.size(a.roles) > 0
}
