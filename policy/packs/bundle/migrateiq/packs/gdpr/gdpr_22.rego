package migrateiq.packs.gdpr.gdpr_22

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.facts
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Logs and rejects free of personal data"
# description: >-
#   'audit.pii_in_logs' in {none,masked}; quarantine encrypted, access-limited, retained <= param;
#   samples masked in reports
# custom:
#   control_id: GDPR-22
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 5(1)(c), 5(1)(f), 25(2), 32"
#     - law: "UK GDPR"
#       reference: "Art. 5(1)(c), 5(1)(f), 25(2), 32"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Turn on log redaction"
#   example_pass: "masked rejects"
#   example_fail: "raw rows in error log"
#   scope_facts:
#     - "index.by_class"
#   facts:
#     - "audit.pii_in_logs"
#     - "quality.quarantine.system?"
#     - "quality.quarantine.masked?"
#     - "quality.quarantine.retention_days?"
#     - "systems.*.at_rest.level"
#     - "systems.*.access.deny_by_default"
#   reference: []
#   conditions:
#     - "its logs hold no personal values"
#     - "its quarantine, if it has one, is encrypted and closed by default"
#     - "its rejects, if any are kept, are masked in reports"
#     - "its rejects, if any are kept, are kept no longer than allowed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {"plan": input | count(fields.personal) > 0}

_met["its logs hold no personal values"] contains "plan" if {
	input.audit.pii_in_logs in {"none", "masked"}
}

_met["its quarantine, if it has one, is encrypted and closed by default"] contains "plan" if {
	q := input.systems[input.quality.quarantine.system]
	q.at_rest.level in {"disk", "file", "column", "field"}
	q.access.deny_by_default == true
}

_met["its rejects, if any are kept, are masked in reports"] contains "plan" if {
	input.quality.quarantine.masked == true
}

_met["its rejects, if any are kept, are kept no longer than allowed"] contains "plan" if {
	facts.number(input.quality.quarantine.retention_days) <= params.value("gdpr", "quarantine_days")
}

# Where a row that fails stops the run, no row is set aside, and nothing of it is kept.
_met[condition] contains "plan" if {
	input.quality.quarantine.system == null
	some condition in {
		"its quarantine, if it has one, is encrypted and closed by default",
		"its rejects, if any are kept, are masked in reports",
		"its rejects, if any are kept, are kept no longer than allowed",
	}
}
