package migrateiq.packs.gdpr.gdpr_03

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Criminal-offence data authority"
# description: >-
#   class criminal_offence => 'legal_basis.art10' set (official authority or law ref)
# custom:
#   control_id: GDPR-03
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 10"
#     - law: "UK GDPR"
#       reference: "Art. 10"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Cite the authorising law or drop the field"
#   example_pass: "law ref present"
#   example_fail: "'convictions' mapped with no Art. 10 basis"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "processing.legal_basis.art10?"
#   reference: []
#   conditions:
#     - "the authority or law for data on offences is named"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.of("criminal_offence")) > 0}

_met["the authority or law for data on offences is named"] contains "plan" if {
	facts.said(input.processing.legal_basis.art10)
}
