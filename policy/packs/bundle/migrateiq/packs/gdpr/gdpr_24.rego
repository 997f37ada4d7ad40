package migrateiq.packs.gdpr.gdpr_24

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Research/statistics safeguards"
# description: >-
#   purpose in {research,statistics,archiving} => pseudonymised/anonymised unless justification; UK:
#   necessity flag, and no decision about particular individuals unless approved medical research
# custom:
#   control_id: GDPR-24
#   framework: gdpr
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "EU GDPR"
#       reference: "Art. 89(1)"
#     - law: "UK GDPR"
#       reference: "Art. 84A-84C (Art. 89 and DPA 2018 s.19 are gone)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Pseudonymise the extract"
#   example_pass: "HMAC ids, age bands"
#   example_fail: "identifiable research extract"
#   scope_facts:
#     - "index.by_class"
#     - "processing.purposes"
#     - "fields"
#   facts:
#     - "project.jurisdictions"
#     - "fields.*.protection.method"
#     - "fields.*.protection.key.bits?"
#     - "fields.*.protection.key.system?"
#     - "fields.*.justification?"
#     - "processing.research.necessity_ref?"
#     - "processing.research.individual_decisions"
#     - "processing.research.approved_medical_research"
#   reference: []
#   conditions:
#     - "it is pseudonymised or removed, or justified"
#     - "it is said why identifiable data is necessary, where UK law applies"
#     - "nothing is decided about single people, save in approved medical research"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some purpose in input.processing.purposes
	purpose in {"research", "statistics", "archiving"}
	some id in fields.personal
}

# Every field about people is under the safeguards; those that name somebody have to be hidden.
_met["it is pseudonymised or removed, or justified"] contains id if {
	some id, _ in _subjects
	not id in fields.direct
}

_met["it is pseudonymised or removed, or justified"] contains id if {
	some id, s in _subjects
	s.protection.method in fields.removing
}

_met["it is pseudonymised or removed, or justified"] contains id if {
	some id, s in _subjects
	fields.keyed(s.protection)
}

_met["it is pseudonymised or removed, or justified"] contains id if {
	some id, s in _subjects
	facts.said(s.justification)
}

_met["it is said why identifiable data is necessary, where UK law applies"] contains id if {
	some id, _ in _subjects
	not "uk" in input.project.jurisdictions
}

_met["it is said why identifiable data is necessary, where UK law applies"] contains id if {
	some id, _ in _subjects
	facts.said(input.processing.research.necessity_ref)
}

_met["nothing is decided about single people, save in approved medical research"] contains id if {
	some id, _ in _subjects
	input.processing.research.individual_decisions == false
}

_met["nothing is decided about single people, save in approved medical research"] contains id if {
	some id, _ in _subjects
	input.processing.research.approved_medical_research == true
}
