package migrateiq.packs.nhs.nhs_07

import future.keywords.not

import data.migrateiq.lib.care
import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "Common-law basis for confidential information"
# description: >-
#   confidential patient information + purpose != direct care => basis in {explicit consent,
#   s251/CAG ref, statutory, overriding public interest, anonymised}
# custom:
#   control_id: NHS-07
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "Common law duty of confidentiality; NDOO guidance; CAF-DSPT E3.a (E3.b U)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Record CAG/consent ref"
#   example_pass: "CAG ref + expiry"
#   example_fail: "service-evaluation extract, none"
#   scope_facts:
#     - "datasets.*.cpi"
#     - "processing.purposes"
#   facts:
#     - "processing.legal_basis.common_law"
#     - "processing.legal_basis.cag_ref?"
#   reference: []
#   conditions:
#     - "confidentiality is set aside by consent, support, law, public interest or anonymity"
#     - "support under section 251 is referred to"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	care.beyond
	count(_cpi) > 0
}

_cpi := {id | some id, d in input.datasets; d.cpi == true}

_met["confidentiality is set aside by consent, support, law, public interest or anonymity"] contains "plan" if {
	input.processing.legal_basis.common_law in {"explicit_consent", "s251", "statute", "public_interest", "anonymised"}
}

_met["support under section 251 is referred to"] contains "plan" if {
	input.processing.legal_basis.common_law != "s251"
}

_met["support under section 251 is referred to"] contains "plan" if {
	facts.said(input.processing.legal_basis.cag_ref)
}
