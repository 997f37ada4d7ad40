package migrateiq.packs.gdpr.gdpr_20

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Consent evidenced and current"
# description: >-
#   art6=a or art9=a => filter kind consent with list_as_of age <= param and proof store ref
# custom:
#   control_id: GDPR-20
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 7(1), 7(3)"
#     - law: "UK GDPR"
#       reference: "Art. 7(1), 7(3)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Join the consent ledger"
#   example_pass: "ledger as of 6h ago"
#   example_fail: "marketing list, no consent filter"
#   scope_facts:
#     - "index.by_class"
#     - "processing.legal_basis.art6"
#     - "processing.legal_basis.art9?"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "systems.*.roles"
#   facts:
#     - "filters"
#     - "evaluated_at"
#     - "processing.legal_basis.consent_proof_ref?"
#     - "filters.*.dataset"
#     - "filters.*.kind"
#     - "filters.*.list_as_of?"
#   reference: []
#   conditions:
#     - "a list of consents filters it, and the list is fresh"
#     - "the proof of consent is referred to"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] |
	some basis in ["art6", "art9"]
	input.processing.legal_basis[basis] == "a"
	some id in fields.personal_datasets
	input.datasets[id].system in fields.targets
}

_met["a list of consents filters it, and the list is fresh"] contains f.dataset if {
	some f in input.filters
	f.kind == "consent"
	hours := facts.days_since(f.list_as_of) * 24
	hours >= 0
	hours <= params.value("gdpr", "consent_age_hours")
}

_met["the proof of consent is referred to"] contains id if {
	some id, _ in _subjects
	facts.said(input.processing.legal_basis.consent_proof_ref)
}
