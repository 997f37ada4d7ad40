package migrateiq.packs.nhs.nhs_06

import future.keywords.not

import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "Opt-out list not written to records or shared"
# description: >-
#   no field sourced from the opt-out cleaned list maps to a target; list is not disclosed to
#   another organisation
# custom:
#   control_id: NHS-06
#   framework: nhs
#   variant: D
#   both_variants: false
#   subject: plan
#   citations:
#     - law: "NHS England"
#       reference: "Check for National Data Opt-outs service licence"
#   verification: V
#   severity: critical
#   level: deny
#   waivable: false
#   phase: [plan, apply]
#   remediation: "Use the list only as a filter"
#   example_pass: "list in ephemeral staging"
#   example_fail: "'optout_flag' column loaded into EPR"
#   scope_facts:
#     - "filters"
#     - "index.by_class"
#     - "filters.*.kind"
#   facts:
#     - "fields.*.sources"
#     - "fields.*.lineage.expr"
#     - "fields.*.sources.*.dataset"
#     - "filters.*.list_ref"
#   reference: []
#   conditions:
#     - "no field of a target comes from the opt-out list"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects["plan"] := input if {
	some f in input.filters
	f.kind == "ndoo"
}

_subjects["plan"] := input if count(fields.of("optout")) > 0

_lists := {f.list_ref | some f in input.filters; f.kind == "ndoo"}

# An expression names a list by the last part of its address: lookup.optouts.
_named := {regex.replace(list, `^.*\blookup\.`, "lookup\\.") | some list in _lists; is_string(list); contains(list, "lookup.")}

_copied := {id | some id, f in input.fields; f.sources[_].dataset in _lists} | {id |
	some id, f in input.fields
	is_string(f.lineage.expr)
	some name in _named
	regex.match(sprintf(`\b%s\b`, [name]), f.lineage.expr)
}

_met["no field of a target comes from the opt-out list"] contains "plan" if {
	count(_copied) == 0
	count(fields.of("optout")) == 0
}
