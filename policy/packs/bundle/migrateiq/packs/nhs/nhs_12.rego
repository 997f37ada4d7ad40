package migrateiq.packs.nhs.nhs_12

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No surprises"
# description: >-
#   privacy notice ref covers purpose and recipients
# custom:
#   control_id: NHS-12
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "Caldicott Principle 8; CAF-DSPT E1.a"
#   verification: V
#   severity: low
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Update the notice"
#   example_pass: "PN v12"
#   example_fail: "ref missing"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "processing.privacy_notice_ref?"
#     - "processing.purposes"
#     - "processing.recipients"
#   reference: []
#   conditions:
#     - "a privacy notice is referred to, with purposes and recipients named"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("patient")) > 0}

_met["a privacy notice is referred to, with purposes and recipients named"] contains "plan" if {
	facts.said(input.processing.privacy_notice_ref)
	facts.size(input.processing.purposes) > 0
	facts.size(input.processing.recipients) > 0
}
