package migrateiq.packs.hipaa.hipaa_10

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Documentation kept 6 years"
# description: >-
#   evidence/audit retention >= 2190 d
# custom:
#   control_id: HIP-10
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "HIPAA"
#       reference: "164.316(b)(2)(i)"
#   verification: U
#   severity: medium
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Keep the evidence for six years or more"
#   example_pass: "2200 d"
#   example_fail: "365 d"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.retention_days"
#   reference: []
#   conditions:
#     - "its evidence is kept for six years"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("phi")) > 0}

_met["its evidence is kept for six years"] contains "plan" if {
	input.audit.retention_days >= params.value("hipaa", "documentation_days")
}
