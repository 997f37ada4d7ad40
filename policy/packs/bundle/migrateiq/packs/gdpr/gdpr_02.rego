package migrateiq.packs.gdpr.gdpr_02

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Special category condition"
# description: >-
#   any target field with class special_category/health/genetic/biometric/... => 'legal_basis.art9'
#   in {a..j}; UK conditions b,g,h,i,j need 'uk_dpa_sch1' paragraph; h needs professional-secrecy
#   flag
# custom:
#   control_id: GDPR-02
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 9(1)-(3)"
#     - law: "UK GDPR"
#       reference: "Art. 9(1)-(3); DPA 2018 s.10-11 and Sch. 1 (DPA part not verified)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Add the condition and appropriate policy document"
#   example_pass: "art9='h', sch1='1(2)'"
#   example_fail: "diagnosis column, art9 missing"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "project.jurisdictions"
#     - "processing.legal_basis.art9?"
#     - "processing.legal_basis.uk_dpa_sch1?"
#     - "processing.legal_basis.professional_secrecy?"
#   reference: []
#   conditions:
#     - "a condition for special categories is named"
#     - "a condition that UK law has to carry names its paragraph of Schedule 1"
#     - "condition h is under professional secrecy"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.special) > 0}

_met["a condition for special categories is named"] contains "plan" if {
	input.processing.legal_basis.art9 in {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
}

_met["a condition that UK law has to carry names its paragraph of Schedule 1"] contains "plan" if {
	not "uk" in input.project.jurisdictions
}

_met["a condition that UK law has to carry names its paragraph of Schedule 1"] contains "plan" if {
	not input.processing.legal_basis.art9 in {"b", "g", "h", "i", "j"}
}

_met["a condition that UK law has to carry names its paragraph of Schedule 1"] contains "plan" if {
	facts.said(input.processing.legal_basis.uk_dpa_sch1)
}

_met["condition h is under professional secrecy"] contains "plan" if {
	input.processing.legal_basis.art9 != "h"
}

_met["condition h is under professional secrecy"] contains "plan" if {
	input.processing.legal_basis.professional_secrecy == true
}
