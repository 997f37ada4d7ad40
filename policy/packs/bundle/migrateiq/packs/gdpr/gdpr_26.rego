package migrateiq.packs.gdpr.gdpr_26

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Children's data flagged"
# description: >-
#   class child_data => DPIA covers children; default high protection
# custom:
#   control_id: GDPR-26
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 8"
#     - law: "UK GDPR"
#       reference: "Art. 8; Art. 25 (children's higher-protection matters, DUAA s.81)"
#   verification: S
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Extend the DPIA"
#   example_pass: "DPIA section 4"
#   example_fail: "school roll, DPIA silent"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "processing.dpia.covers_children"
#     - "processing.dpia.status"
#   reference: []
#   conditions:
#     - "its assessment covers children"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.of("child_data")) > 0}

_met["its assessment covers children"] contains "plan" if {
	input.processing.dpia.status == "approved"
	input.processing.dpia.covers_children == true
}
