package migrateiq.packs.nhs.nhs_10

import future.keywords.not

import data.migrateiq.lib.care
import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.params
import data.migrateiq.lib.verdicts

# METADATA
# title: "Identifiable only when necessary; minimum used"
# description: >-
#   direct identifiers reaching target have field justification; otherwise pseudonym; count of
#   identifiers <= param for secondary use
# custom:
#   control_id: NHS-10
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "NHS England"
#       reference: "Caldicott Principles 2-3"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Pseudonymise or drop"
#   example_pass: "pseudonym + age band"
#   example_fail: "name+DOB+postcode+NHS no. in BI mart"
#   scope_facts:
#     - "index.by_class"
#     - "datasets.*.cpi"
#     - "fields.*.sources"
#     - "processing.purposes"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.dataset"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.justification?"
#     - "fields.*.required_for"
#   reference: []
#   conditions:
#     - "it is a pseudonym, removed, needed for care or justified"
#     - "beyond care, no more identifiers stay than allowed"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some id in fields.direct
	input.fields[id].dataset in fields.confidential
}

# A date of birth and a postcode point to a person where other identifiers stand beside them.
_identifying := (fields.direct | fields.of("personal.birth_date")) | fields.of("personal.postcode")

_clear := {id |
	some id in _identifying
	input.fields[id].dataset in fields.confidential
	not input.fields[id].protection.method in (fields.removing | {"hmac", "token_vault", "generalise"})
}

_met["it is a pseudonym, removed, needed for care or justified"] contains id if {
	some id, s in _subjects
	not care.beyond
	some p in s.required_for
	p == "direct_care"
}

_met["it is a pseudonym, removed, needed for care or justified"] contains id if {
	some id, s in _subjects
	facts.said(s.justification)
}

_met["it is a pseudonym, removed, needed for care or justified"] contains id if {
	some id, s in _subjects
	s.protection.method in (fields.removing | {"hmac", "token_vault"})
}

_met["beyond care, no more identifiers stay than allowed"] contains id if {
	some id, _ in _subjects
	not care.beyond
}

_met["beyond care, no more identifiers stay than allowed"] contains id if {
	some id, _ in _subjects
	count(_clear) <= params.value("nhs", "identifiers_beyond_care")
}
