package migrateiq.packs.hipaa.hipaa_11

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "Expert determination / limited data set"
# description: >-
#   claim=expert => report ref + expiry; limited_data_set => DUA ref and 16 direct identifiers
#   removed
# custom:
#   control_id: HIP-11
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "HIPAA"
#       reference: "164.514(b)(1); 164.514(e) (e U)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Attach report/DUA"
#   example_pass: "ED-3"
#   example_fail: "none"
#   scope_facts:
#     - "anonymity.claim"
#   facts:
#     - "anonymity.report_ref?"
#     - "anonymity.report_expires?"
#     - "anonymity.dua_ref?"
#     - "index.by_class"
#     - "fields.*.protection.method"
#     - "evaluated_at"
#     - "fields.*.classification.inherited"
#   reference: []
#   conditions:
#     - "an expert's report is referred to and in date"
#     - "a limited data set has an agreement, and no direct identifiers"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | input.anonymity.claim in {"expert", "limited_data_set"}}

_kept := {id | some id in origins.group("limited"); not input.fields[id].protection.method in fields.removing}

_met["an expert's report is referred to and in date"] contains "plan" if {
	input.anonymity.claim == "limited_data_set"
}

_met["an expert's report is referred to and in date"] contains "plan" if {
	facts.said(input.anonymity.report_ref)
	facts.future(input.anonymity.report_expires)
}

_met["a limited data set has an agreement, and no direct identifiers"] contains "plan" if {
	input.anonymity.claim == "expert"
}

_met["a limited data set has an agreement, and no direct identifiers"] contains "plan" if {
	facts.said(input.anonymity.dua_ref)
	count(_kept) == 0
}
