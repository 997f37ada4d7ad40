package migrateiq.decision_test

import data.migrateiq.decision
import data.migrateiq.fixtures

only(frameworks) := json.patch(fixtures.document, [{"op": "add", "path": ["project", "frameworks"], "value": frameworks}])

families(doc) := found if {
	found := {split(r.id, "-")[0] | some r in decision.results} with input as doc with data.params as fixtures.params
}

test_the_packs_that_the_document_names_are_asked if {
	families(only(["pci_dss"])) == {"CORE", "PCI"}
	families(only(["gdpr_uk", "cqc"])) == {"CORE", "GDPR", "CQC"}
}

test_all_packs_are_asked_where_the_document_does_not_say_or_says_something_strange if {
	every frameworks in [null, "gdpr", ["gpdr"]] {
		families(only(frameworks)) == {"CORE", "GDPR", "NHS", "PCI", "SOX", "HIP", "BCB", "CQC"}
	}
}

test_a_document_without_failures_is_allowed if {
	decision.allow with input as only(["cqc"]) with data.params as fixtures.params
}

test_an_empty_document_is_not_allowed if {
	not decision.allow with input as {}
	count(decision.violation) > 0 with input as {}
}

test_a_failure_is_a_violation_with_a_message if {
	doc := json.patch(only(["cqc"]), [{"op": "add", "path": ["secrets", "inline_count"], "value": 1}])
	not decision.allow with input as doc with data.params as fixtures.params
	some v in decision.violation with input as doc with data.params as fixtures.params
	v.control_id == "CORE-04"
	is_string(v.msg)
}

test_a_missing_fact_is_one_of_core_01_too if {
	doc := json.patch(only(["cqc"]), [{"op": "remove", "path": ["verification", "level"]}])
	found := decision.results with input as doc with data.params as fixtures.params
	{"CQC-01", "CORE-01"} - {r.control_id | some r in found; r.status in {"undecidable", "fail"}} == set()
}

# Under conftest and opa a control answers by itself.
test_every_control_says_itself_what_stops_a_plan_and_what_is_reported if {
	stopping := {v.id | some pack, control; some v in data.migrateiq.packs[pack][control].violation} with input as {}
	warning := {v.id | some pack, control; some v in data.migrateiq.packs[pack][control].warn} with input as {}
	"PCI-03" in stopping
	"GDPR-09" in warning
	count(stopping & warning) == 0
	count(decision.warn) > 0 with input as {}
}
