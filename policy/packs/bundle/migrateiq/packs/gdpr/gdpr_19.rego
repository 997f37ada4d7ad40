package migrateiq.packs.gdpr.gdpr_19

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Prior consultation"
# description: >-
#   dpia.residual_risk=high => consultation ref + outcome
# custom:
#   control_id: GDPR-19
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 36(1)"
#     - law: "UK GDPR"
#       reference: "Art. 36(1)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Mitigate or consult the SA/ICO"
#   example_pass: "residual medium"
#   example_fail: "residual high, no consultation"
#   scope_facts:
#     - "index.by_class"
#     - "processing.dpia.residual_risk"
#   facts:
#     - "processing.dpia.consultation_ref?"
#     - "processing.dpia.consultation_outcome?"
#   reference: []
#   conditions:
#     - "the supervisory authority was consulted and answered"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input |
	count(fields.personal) > 0
	not input.processing.dpia.residual_risk in {"low", "medium"}
}

_met["the supervisory authority was consulted and answered"] contains "plan" if {
	facts.said(input.processing.dpia.consultation_ref)
	facts.said(input.processing.dpia.consultation_outcome)
}
