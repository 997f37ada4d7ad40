package migrateiq.packs.bcbs239.bcbs239_02

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Architecture, taxonomy, identifiers"
# description: >-
#   CDEs use golden identifiers (LEI, account, counterparty) with dictionary ref; multiple models =>
#   automated reconciliation
# custom:
#   control_id: BCB-02
#   framework: bcbs239
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "BCBS 239"
#       reference: "BCBS 239 Principle 2"
#   verification: S
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Map identifiers"
#   example_pass: "LEI validated"
#   example_fail: "free-text counterparty"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.dictionary_ref?"
#     - "fields.*.validators"
#     - "fields.*.validators.*.name"
#     - "fields.*.validators.*.on_fail?"
#   reference: []
#   conditions:
#     - "the dictionary is referred to"
#     - "an identifier is a golden one, and validated"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(_critical)

# Critical data elements: fields of the class risk, and amounts.
_critical := fields.of("risk") | fields.of("financial_amount")

_identifiers := fields.of("risk.counterparty") | fields.of("risk.account")

_met["the dictionary is referred to"] contains id if {
	some id, s in _subjects
	facts.said(s.dictionary_ref)
}

_met["an identifier is a golden one, and validated"] contains id if {
	some id, _ in _subjects
	not id in _identifiers
}

_met["an identifier is a golden one, and validated"] contains id if {
	some id, s in _subjects
	some v in s.validators
	v.name in {"lei", "iban", "golden_record"}
	v.on_fail in {"quarantine", "abort"}
}
