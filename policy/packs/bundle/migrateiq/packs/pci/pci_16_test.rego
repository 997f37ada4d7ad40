package migrateiq.packs.pci.pci_16_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.pci.pci_16

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{"op": "add", "path": ["change", "cde_changed"], "value": true},
	{"op": "add", "path": ["change", "scope_confirmation_ref"], "value": "SC-1"},
	{"op": "add", "path": ["change", "data_flow_ref"], "value": "DF-1"},
])

results_of(doc, waivers) := r if {
	r := pci_16.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no confirmation": [{"op": "add", "path": ["change", "scope_confirmation_ref"], "value": null}],
	"no diagram": [{"op": "add", "path": ["change", "data_flow_ref"], "value": null}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["change", "cde_changed"], "value": false}])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("PCI-16", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := ["change.cde_changed", "change.scope_confirmation_ref?", "change.data_flow_ref?"]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
