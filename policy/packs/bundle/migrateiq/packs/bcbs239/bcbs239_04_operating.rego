package migrateiq.packs.bcbs239.bcbs239_04_operating

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Completeness"
# description: >-
#   all material rows captured by business line/entity/region; exclusions explained
# custom:
#   control_id: BCB-04
#   framework: bcbs239
#   variant: O
#   both_variants: true
#   subject: dataset
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 4"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [apply, verify]
#   remediation: "Explain filters"
#   example_pass: "filter justified"
#   example_fail: "silent filter"
#   scope_facts:
#     - "phase"
#     - "run?"
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "verification.controls"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.runs"
#   facts:
#     - "run.controls"
#     - "run.counts.read"
#     - "run.counts.written"
#     - "run.counts.filtered"
#     - "run.counts.rejected"
#     - "run.counts.quarantined"
#     - "run.controls.*.id"
#     - "run.controls.*.pass"
#     - "verification.controls.*.id"
#     - "verification.controls.*.required"
#     - "verification.controls.*.type"
#   reference: []
#   conditions:
#     - "its rows balanced in the run"
#     - "what was read is what was written, filtered, rejected or set aside"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	people.operating
	some id in fields.datasets_of(_critical)
	input.datasets[id].system in fields.targets
	not id in people.idle
}

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_met["its rows balanced in the run"] contains id if {
	some id, _ in _subjects
	people.ran(id, {"row_balance"})
}

_met["what was read is what was written, filtered, rejected or set aside"] contains id if {
	some id, _ in _subjects
	c := input.run.counts
	facts.number(c.read) == sum([facts.number(n) | some n in [c.written, c.filtered, c.rejected, c.quarantined]])
	every n in [c.written, c.filtered, c.rejected, c.quarantined] { is_number(n) }
}
