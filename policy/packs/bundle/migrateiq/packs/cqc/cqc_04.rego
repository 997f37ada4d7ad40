package migrateiq.packs.cqc.cqc_04

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Risk to service users assessed"
# description: >-
#   clinical cut-over has hazard/risk assessment ref
# custom:
#   control_id: CQC-04
#   framework: cqc
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "CQC"
#       reference: "reg. 12, 17(2)(b) (12 U)"
#   verification: S
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Assess the risks, close or accept the hazards, and refer to both"
#   example_pass: "HL-3"
#   example_fail: "none"
#   scope_facts:
#     - "datasets.*.clinical"
#     - "fields.*.sources"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "clinical.hazard_log_ref?"
#     - "change.risk_assessment_ref?"
#     - "clinical.open_unacceptable_hazards"
#   reference: []
#   conditions:
#     - "its risks to patients were assessed"
#     - "no hazard is open that cannot be accepted"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.clinical_datasets) > 0}

_met["its risks to patients were assessed"] contains "plan" if {
	facts.said(input.clinical.hazard_log_ref)
}

_met["its risks to patients were assessed"] contains "plan" if {
	facts.said(input.change.risk_assessment_ref)
}

_met["no hazard is open that cannot be accepted"] contains "plan" if {
	input.clinical.open_unacceptable_hazards == 0
}
