package migrateiq.packs.pci.pci_19

import future.keywords.not

import data.migrateiq.lib.facts
import data.migrateiq.lib.fields
import data.migrateiq.lib.verdicts

# METADATA
# title: "No test data in production"
# description: >-
#   source.environment != prod or synthetic flag and target prod => deny; test PAN/BIN list filter
# custom:
#   control_id: PCI-19
#   framework: pci
#   variant: D
#   both_variants: false
#   subject: dataset
#   citations:
#     - law: "PCI DSS v4.0.1"
#       reference: "6.5.6"
#   verification: V
#   severity: high
#   level: deny
#   waivable: true
#   phase: [plan, apply]
#   remediation: "Purge test rows"
#   example_pass: "filter test accounts"
#   example_fail: "seed cards loaded"
#   scope_facts:
#     - "index.by_class"
#     - "systems.*.environment"
#     - "systems.*.roles"
#     - "datasets.*.system"
#     - "fields.*.dataset"
#   facts:
#     - "filters"
#     - "systems.*.live_data"
#     - "filters.*.dataset"
#     - "filters.*.kind"
#     - "filters.*.list_ref"
#   reference: []
#   conditions:
#     - "all its sources are live production systems"
#     - "a filter takes out test accounts"
results := verdicts.of(rego.metadata.rule(), _subjects, _met)

violation contains r if some r in verdicts.stopping(results)

warn contains r if some r in verdicts.reported(results)

_subjects := {d: input.datasets[d] |
	some d in fields.datasets_of(fields.group("cardholder"))
	input.datasets[d].system in fields.targets
	fields.production(input.systems[input.datasets[d].system])
}

_met["all its sources are live production systems"] contains id if {
	some id, _ in _subjects
	every source in fields.sources {
		input.systems[source].environment == "prod"
		input.systems[source].live_data == true
	}
}

_met["a filter takes out test accounts"] contains f.dataset if {
	some f in input.filters
	f.kind == "synthetic"
	facts.said(f.list_ref)
}
