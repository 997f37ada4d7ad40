package migrateiq.packs.nhs.nhs_21

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.people
import data.migrateiq.lib.verdicts

# METADATA
# title: "Hosting location"
# description: >-
#   patient data region in {UK,EEA,UK-adequate}; otherwise SIRO approval + transfer risk assessment;
#   stricter 'uk_only' parameter
# custom:
#   control_id: NHS-21
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: system
#   citations:
#     - law: "NHS England"
#       reference: "NHS & social care data: off-shoring and public cloud guidance (UK / EEA / UK-adequate; SIRO satisfied)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Move region or get SIRO approval"
#   example_pass: "uk-south"
#   example_fail: "us-east-1 no SIRO"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.roles"
#   facts:
#     - "systems.*.country"
#     - "change.approvals?"
#     - "plan.intent_digest"
#     - "change.author.id"
#     - "change.risk_assessment_ref?"
#     - "evaluated_at"
#     - "change.approvals?.*.actor"
#     - "change.approvals?.*.at?"
#     - "change.approvals?.*.intent_digest"
#     - "change.approvals?.*.roles"
#     - "change.approvals?.*.verified"
#   reference:
#     - "adequacy"
#   conditions:
#     - "it is in the UK, the EEA or a country the UK finds adequate, or the SIRO accepted it with an assessment"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.systems[id] |
	count(fields.group("patient")) > 0
	some id in fields.stores
}

_near(country) if country == "GB"

_near(country) if {
	params.value("nhs", "uk_only") == false
	some entry in data.migrateiq.reference.adequacy.uk
	entry.country == country
	entry.only == null
	_still(entry)
	not country in params.value("gdpr", "not_adequate")
}

_still(entry) if entry.until == null

_still(entry) if facts.future(entry.until)

_met["it is in the UK, the EEA or a country the UK finds adequate, or the SIRO accepted it with an assessment"] contains id if {
	some id, s in _subjects
	_near(s.country)
}

_met["it is in the UK, the EEA or a country the UK finds adequate, or the SIRO accepted it with an assessment"] contains id if {
	some id, _ in _subjects
	params.value("nhs", "uk_only") == false
	people.approved("siro")
	facts.said(input.change.risk_assessment_ref)
}
