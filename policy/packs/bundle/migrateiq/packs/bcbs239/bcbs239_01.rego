package migrateiq.packs.bcbs239.bcbs239_01

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Governance and ownership"
# description: >-
#   critical data elements have business owner and independent validation ref
# custom:
#   control_id: BCB-01
#   framework: bcbs239
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 1"
#   verification: S
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Assign owner"
#   example_pass: "owner set"
#   example_fail: "none"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "datasets.*.owner?"
#     - "verification.controls"
#     - "verification.controls.*.dataset"
#     - "verification.controls.*.required"
#   reference: []
#   conditions:
#     - "its owner is named"
#     - "something validates it independently"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some id in fields.datasets_of(_critical)
	input.datasets[id].system in fields.targets
}

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_met["its owner is named"] contains id if {
	some id, s in _subjects
	facts.said(s.owner)
}

_met["something validates it independently"] contains c.dataset if {
	some c in input.verification.controls
	c.required == true
}
