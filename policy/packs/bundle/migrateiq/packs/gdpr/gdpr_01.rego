package migrateiq.packs.gdpr.gdpr_01

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Lawful basis declared"
# description: >-
#   if any target field is personal (after protection) then 'processing.legal_basis.art6' in allowed
#   set for each jurisdiction; 'ea' only for uk and never for a public authority's tasks; 'f' needs
#   'lia_ref'
# custom:
#   control_id: GDPR-01
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 6(1)(a)-(f)"
#     - law: "UK GDPR"
#       reference: "Art. 6(1)(a)-(f), 6(1)(ea) and Annex 1"
#   verification: V
#   severity: high
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Record the basis in the processing block; attach the LIA"
#   example_pass: "art6='e', jurisdiction uk"
#   example_fail: "personal fields, basis empty; or 'ea' with jurisdiction eu"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "project.jurisdictions"
#     - "project.controller.public_authority"
#     - "processing.legal_basis.art6"
#     - "processing.legal_basis.lia_ref?"
#   reference: []
#   conditions:
#     - "its legal basis is one that every jurisdiction knows"
#     - "a public authority does not rest its tasks on recognised legitimate interests"
#     - "legitimate interests were weighed in an assessment"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.personal) > 0}

_met["its legal basis is one that every jurisdiction knows"] contains "plan" if {
	facts.size(input.project.jurisdictions) > 0
	input.processing.legal_basis.art6 in {"a", "b", "c", "d", "e", "f"}
}

_met["its legal basis is one that every jurisdiction knows"] contains "plan" if {
	input.processing.legal_basis.art6 == "ea"
	"uk" in input.project.jurisdictions
	not "eu" in input.project.jurisdictions
}

_met["a public authority does not rest its tasks on recognised legitimate interests"] contains "plan" if {
	input.processing.legal_basis.art6 != "ea"
}

_met["a public authority does not rest its tasks on recognised legitimate interests"] contains "plan" if {
	input.project.controller.public_authority == false
}

_met["legitimate interests were weighed in an assessment"] contains "plan" if {
	input.processing.legal_basis.art6 != "f"
}

_met["legitimate interests were weighed in an assessment"] contains "plan" if {
	facts.said(input.processing.legal_basis.lia_ref)
}
