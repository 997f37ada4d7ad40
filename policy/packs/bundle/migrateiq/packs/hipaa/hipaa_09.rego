package migrateiq.packs.hipaa.hipaa_09

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Integrity"
# description: >-
#   verification.level >= checksums on PHI
# custom:
#   control_id: HIP-09
#   framework: hipaa
#   variant: D
#   both_variants: true
#   subject: plan
#   citations:
#     - law: "HIPAA"
#       reference: "164.312(c)(1)-(2)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Add checksums"
#   example_pass: "checksums"
#   example_fail: "none"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "verification.level"
#   reference: []
#   conditions:
#     - "it is verified at least by checksums"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.group("phi")) > 0}

_met["it is verified at least by checksums"] contains "plan" if {
	people.verified_at_least("checksums")
}
