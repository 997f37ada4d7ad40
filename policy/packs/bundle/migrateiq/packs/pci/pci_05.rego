package migrateiq.packs.pci.pci_05

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.origins
import data.migrateiq.lib.verdicts

# METADATA
# title: "No hash+truncation correlation"
# description: >-
#   same PAN as both hashed and truncated, or two truncation formats, in one environment =>
#   'correlation_control_ref'
# custom:
#   control_id: PCI-05
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: field
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "3.5.1 (second bullet)"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Keep one form, or separate"
#   example_pass: "only truncated"
#   example_fail: "sha + first6/last4 in one row"
#   scope_facts:
#     - "index.by_class"
#     - "fields.*.protection.method"
#     - "systems.*.environment"
#     - "fields.*.classification.inherited"
#     - "fields.*.sources"
#     - "fields.*.dataset"
#     - "datasets.*.system"
#   facts:
#     - "fields.*.protection.correlation_ref?"
#     - "fields.*.protection.params.keep_first?"
#     - "fields.*.protection.params.keep_last?"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#     - "fields.*.sources.*.column"
#     - "fields.*.sources.*.dataset"
#   reference: []
#   conditions:
#     - "no second form of it lies in the same environment, or something keeps the two apart"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {id: input.fields[id] |
	some id in origins.of("pan")
	input.fields[id].protection.method in {"hash", "hmac", "truncate", "mask"}
}

# Two fields of one environment are about the same numbers where they read the same column, or stand in one row.
_places(id, f) := {["column", environment, c.dataset, c.column] | some c in f.sources} | {["row", environment, f.dataset]} if {
	environment := fields.system_of(id).environment
}

# How a number was made unreadable. Two hashes tell no more than one; a hash and a truncation, or two truncations, do.
_form(p) := "hashed" if p.method in {"hash", "hmac"}

else := sprintf("first %v last %v", [p.params.keep_first, p.params.keep_last])

_forms := {place: forms |
	some place in {p[0] | some p in _placed}
	forms := {p[1] | some p in _placed; p[0] == place}
}

_placed := {[place, form] |
	some id, s in _subjects
	form := _form(s.protection)
	some place in _places(id, s)
}

_correlates(id) if {
	own := _form(input.fields[id].protection)
	some place in _places(id, input.fields[id])
	count(_forms[place] - {own}) > 0
}

_met["no second form of it lies in the same environment, or something keeps the two apart"] contains id if {
	some id, _ in _subjects
	not _correlates(id)
}

_met["no second form of it lies in the same environment, or something keeps the two apart"] contains id if {
	some id, s in _subjects
	facts.said(s.protection.correlation_ref)
}
