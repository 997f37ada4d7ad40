package migrateiq.packs.nhs.nhs_08

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.verdicts

# METADATA
# title: "s251 support current and DSPT assured"
# description: >-
#   basis=s251 => cag_ref not expired and all named processors DSPT reviewed 'standards met'
# custom:
#   control_id: NHS-08
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "HRA CAG security assurance guidance; NHS Act 2006 s.251 / COPI 2002 (U for text)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Renew support"
#   example_pass: "CAG 24/xx valid"
#   example_fail: "expired CAG"
#   scope_facts:
#     - "processing.legal_basis.common_law"
#   facts:
#     - "processing.legal_basis.cag_ref?"
#     - "processing.legal_basis.cag_expires?"
#     - "systems.*.operator.dspt.status"
#     - "evaluated_at"
#   reference: []
#   conditions:
#     - "the support is in date"
#     - "every operator meets the toolkit's standards"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | input.processing.legal_basis.common_law == "s251"}

_met["the support is in date"] contains "plan" if {
	facts.said(input.processing.legal_basis.cag_ref)
	facts.future(input.processing.legal_basis.cag_expires)
}

_met["every operator meets the toolkit's standards"] contains "plan" if {
	every _, s in input.systems { s.operator.dspt.status in {"met", "exceeded"} }
}
