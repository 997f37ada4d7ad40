package migrateiq.packs.gdpr.gdpr_04

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Purpose specified and compatible"
# description: >-
#   'purposes' non-empty, from the controlled list; if a source's original purpose not in it then
#   'purpose_compat.basis' is set (consent, law, 6(4) test, UK Annex 2 case)
# custom:
#   control_id: GDPR-04
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(b), 6(4)"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(b), 8A and Annex 2 (number 8A from a secondary source)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Record the compatibility assessment"
#   example_pass: "billing data -> billing"
#   example_fail: "CRM marketing data -> credit scoring, no assessment"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "processing.purposes"
#     - "processing.source_purposes"
#     - "processing.purpose_compat.basis?"
#     - "processing.purpose_compat.ref?"
#     - "project.jurisdictions"
#   reference:
#     - "purposes"
#   conditions:
#     - "its purposes are named, from the list of purposes"
#     - "a new purpose is compatible with the old ones, and it is written down why"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.personal) > 0}

_known := {p | some p in data.migrateiq.reference.purposes.known} | {p | some p in params.value("gdpr", "own_purposes")}

_new := {p | some p in input.processing.purposes} - {p | some p in input.processing.source_purposes}

_known_basis(basis) if basis in {"consent", "law", "compatibility_test"}

# The cases of Annex 2 are the UK's.
_known_basis("annex_2") if {
	"uk" in input.project.jurisdictions
	not "eu" in input.project.jurisdictions
}

_met["its purposes are named, from the list of purposes"] contains "plan" if {
	facts.size(input.processing.purposes) > 0
	every p in input.processing.purposes { p in _known }
}

_met["a new purpose is compatible with the old ones, and it is written down why"] contains "plan" if {
	count(_new) == 0
	facts.size(input.processing.source_purposes) > 0
}

_met["a new purpose is compatible with the old ones, and it is written down why"] contains "plan" if {
	_known_basis(input.processing.purpose_compat.basis)
	facts.said(input.processing.purpose_compat.ref)
}
