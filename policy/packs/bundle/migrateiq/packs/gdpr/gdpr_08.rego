package migrateiq.packs.gdpr.gdpr_08

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Retention set"
# description: >-
#   each dataset holding personal data in target/staging/quarantine has retention period, trigger
#   and disposal method; period <= 'data.retention[record_class].max'
# custom:
#   control_id: GDPR-08
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(e), 30(1)(f)"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(e), which refers to Art. 84B; 30(1)(f)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Bind a retention rule"
#   example_pass: "staging 7d, purge"
#   example_fail: "quarantine table without retention"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "datasets.*.record_class"
#     - "datasets.*.retention.days"
#     - "datasets.*.retention.trigger"
#     - "datasets.*.retention.disposal"
#   reference:
#     - "retention"
#   conditions:
#     - "its retention has a length, a trigger and a disposal"
#     - "it is kept no longer than its record class allows"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.datasets[id] | some id in (_stored | _aside)}

_stored := {id |
	some id in fields.personal_datasets
	input.datasets[id].system in fields.stores
}

# What lies in staging or quarantine may be any row of the plan, so its datasets count as personal where the plan is.
_aside := {id |
	count(fields.personal) > 0
	some id, d in input.datasets
	some role in input.systems[d.system].roles
	role in {"staging", "quarantine"}
}

_longest := object.union(data.migrateiq.reference.retention.days, params.value("gdpr", "retention_days"))

_met["its retention has a length, a trigger and a disposal"] contains id if {
	some id, s in _subjects
	s.retention.days > 0
	facts.said(s.retention.trigger)
	facts.said(s.retention.disposal)
}

_met["it is kept no longer than its record class allows"] contains id if {
	some id, s in _subjects
	s.retention.days <= _longest[s.record_class]
	s.retention.days <= object.get(data.migrateiq.reference.retention.days, s.record_class, s.retention.days)
}
