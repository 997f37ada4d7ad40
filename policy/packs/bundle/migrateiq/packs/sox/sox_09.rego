package migrateiq.packs.sox.sox_09

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No lossy money"
# description: >-
#   class financial_amount: decimal to decimal with scale >= source, no float, rounding mode
#   declared, sign/currency preserved
# custom:
#   control_id: SOX-09
#   framework: sox
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "SOX"
#       reference: "COSO P13; AS 2110 .B4 (inaccurate processing)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Use a decimal with at least the scale of each source"
#   example_pass: "NUMERIC(38,6)"
#   example_fail: "float64"
#   scope_facts:
#     - "index.by_class"
#     - "fields"
#   facts:
#     - "fields.*.type.base"
#     - "fields.*.type.scale?"
#     - "fields.*.sources"
#     - "fields.*.lineage.loss"
#     - "fields.*.lineage.rounding?"
#     - "fields.*.lineage.loss_ack?"
#     - "fields.*.sources.*.type.base"
#     - "fields.*.sources.*.type.scale?"
#   reference: []
#   conditions:
#     - "it is a decimal or a whole number"
#     - "its scale is at least that of each source"
#     - "nothing of it is lost, or only rounded in a way that is declared"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := fields.records(fields.of("financial_amount"))

_whole := {"int16", "int32", "int64"}

_exact := {"decimal", "numeric", "money"} | _whole

# A decimal without a scale takes every scale. One that is not known is null, too, of a type that is no decimal.
_holds(target, source) if {
	target.base in {"decimal", "numeric"}
	target.scale == null
	source.base in _exact
}

_holds(_, source) if source.base in _whole

_holds(target, source) if {
	is_number(source.scale)
	_scale(target) >= source.scale
}

_scale(type) := 0 if type.base in _whole

else := type.scale if is_number(type.scale)

_met["it is a decimal or a whole number"] contains id if {
	some id, s in _subjects
	s.type.base in _exact
}

_met["its scale is at least that of each source"] contains id if {
	some id, s in _subjects
	every c in s.sources {
		c.type.base in _exact
		_holds(s.type, c.type)
	}
}

_met["nothing of it is lost, or only rounded in a way that is declared"] contains id if {
	some id, s in _subjects
	s.lineage.loss == "none"
}

_met["nothing of it is lost, or only rounded in a way that is declared"] contains id if {
	some id, s in _subjects
	s.lineage.loss == "round"
	facts.said(s.lineage.rounding)
	facts.said(s.lineage.loss_ack)
}
