package migrateiq.packs.hipaa.hipaa_01

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "Safe Harbor identifiers removed"
# description: >-
#   claim=safe_harbor => no target field in the 18 classes except permitted forms; free text =>
#   scrubbed or dropped
# custom:
#   control_id: HIP-01
#   framework: hipaa
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "HIPAA"
#       reference: "45 CFR 164.514(b)(2)(i)(A)-(R)"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Drop/generalise"
#   example_pass: "18 clear"
#   example_fail: "phone kept"
#   scope_facts:
#     - "anonymity.claim"
#     - "index.by_class"
#     - "fields.*.classification.inherited"
#     - "fields"
#   facts:
#     - "fields.*.protection.method"
#     - "fields.*.protection.params.band?"
#   reference: []
#   conditions:
#     - "it is removed, or in a form that the rule permits"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	input.anonymity.claim == "safe_harbor"
	some id in origins.group("safe_harbor")
}

# What is to go whatever is made of it: fields with a class that no wider form is permitted of.
_others := {id |
	some family in data.migrateiq.reference.classes.groups.safe_harbor
	not family in {"personal.zip", "personal.postcode", "personal.date", "personal.birth_date", "personal.age"}
	some id in origins.of(family)
}

# HIP-02 and HIP-03 judge how areas and dates were made wide enough; HIP-04 judges codes.
_permitted(id) if {
	input.fields[id].protection.method == "generalise"
	not id in _others
}

_permitted(id) if {
	id in fields.of("record_code")
	input.fields[id].protection.method == "token_vault"
}

_met["it is removed, or in a form that the rule permits"] contains id if {
	some id, s in _subjects
	s.protection.method in fields.removing
}

_met["it is removed, or in a form that the rule permits"] contains id if {
	some id, _ in _subjects
	_permitted(id)
}
