package migrateiq.packs.nhs.nhs_23

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Clinical safety of migration tooling (manufacturer)"
# description: >-
#   clinical dataset => hazard_log_ref, cscr_ref + version, CSO name + registration; CSCR covers
#   engine version
# custom:
#   control_id: NHS-23
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "DCB0129 v4.2 (must comply since 7 Jul 2025, HSCA 2012 s.250; supplier scope widened by DUAA s.121)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Provide the safety case"
#   example_pass: "CSCR 2.1"
#   example_fail: "none"
#   scope_facts:
#     - "datasets.*.clinical"
#     - "fields.*.sources"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "clinical.hazard_log_ref?"
#     - "clinical.cscr_ref?"
#     - "clinical.cscr_version?"
#     - "clinical.cso.id?"
#     - "clinical.cso.registration?"
#     - "clinical.cscr_engine_version?"
#     - "engine.version"
#   reference: []
#   conditions:
#     - "a hazard log and a safety case with its version are referred to"
#     - "a registered clinical safety officer is named"
#     - "the safety case covers this version of the engine"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.clinical_datasets) > 0}

_met["a hazard log and a safety case with its version are referred to"] contains "plan" if {
	facts.said(input.clinical.hazard_log_ref)
	facts.said(input.clinical.cscr_ref)
	facts.said(input.clinical.cscr_version)
}

_met["a registered clinical safety officer is named"] contains "plan" if {
	facts.said(input.clinical.cso.id)
	facts.said(input.clinical.cso.registration)
}

_met["the safety case covers this version of the engine"] contains "plan" if {
	input.clinical.cscr_engine_version == input.engine.version
}
