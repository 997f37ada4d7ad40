package migrateiq.packs.gdpr.gdpr_17

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Record of processing exists"
# description: >-
#   'ropa_ref' set and the generated Art. 30 record has all seven elements
# custom:
#   control_id: GDPR-17
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 30(1)(a)-(g)"
#     - law: "UK GDPR"
#       reference: "Art. 30(1)(a)-(g)"
#   verification: V
#   severity: medium
#   level: warn
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Complete the processing block"
#   example_pass: "record complete"
#   example_fail: "recipients empty"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "processing.ropa_ref?"
#     - "project.controller.name"
#     - "project.controller.contact"
#     - "processing.purposes"
#     - "processing.data_subjects"
#     - "processing.recipients"
#     - "transfers"
#     - "datasets.*.retention.days"
#     - "systems.*.at_rest.level"
#     - "fields.*.dataset"
#     - "transfers.*.mechanism?"
#   reference: []
#   conditions:
#     - "the record of processing is referred to"
#     - "controller and contact are named"
#     - "purposes, subjects and recipients are named"
#     - "transfers are listed with their safeguards"
#     - "limits of erasure are set"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.personal) > 0}

_met["the record of processing is referred to"] contains "plan" if {
	facts.said(input.processing.ropa_ref)
}

_met["controller and contact are named"] contains "plan" if {
	facts.said(input.project.controller.name)
	facts.said(input.project.controller.contact)
}

_met["purposes, subjects and recipients are named"] contains "plan" if {
	facts.size(input.processing.purposes) > 0
	facts.size(input.processing.data_subjects) > 0
	facts.size(input.processing.recipients) > 0
}

_met["transfers are listed with their safeguards"] contains "plan" if {
	every t in input.transfers { facts.said(t.mechanism) }
}

_met["limits of erasure are set"] contains "plan" if {
	every id in fields.personal_datasets { input.datasets[id].retention.days > 0 }
}
