package migrateiq.packs.gdpr.gdpr_06

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "No clear personal data in non-production"
# description: >-
#   target.environment in {dev,test,preprod,training} and source.live_data => every direct
#   identifier and special-category field has effective protection in {drop, synthetic,
#   mask_irreversible, generalise, tokenise/hmac with key outside target env}
# custom:
#   control_id: GDPR-06
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(f), 25, 32(1)(a)"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(f), 25, 32(1)(a)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Apply protection or use synthetic data"
#   example_pass: "email -> synthetic"
#   example_fail: "email pass-through to UAT"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.environment"
#     - "systems.*.live_data"
#     - "systems.*.roles"
#     - "fields.*.classification.inherited"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.protection.reversible"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#     - "fields.*.protection.key.custodian?"
#     - "fields.*.protection.params.keep_first?"
#     - "fields.*.protection.params.keep_last?"
#     - "datasets.*.system"
#   reference: []
#   conditions:
#     - "no value that points to a person leaves production in clear"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	_live
	some id in (origins.group("direct") | fields.special)
	not fields.production(fields.system_of(id))
}

_live if {
	some source in fields.sources
	input.systems[source].live_data == true
}

_met["no value that points to a person leaves production in clear"] contains id if {
	some id, _ in _subjects
	fields.safe_outside_production(id)
}
