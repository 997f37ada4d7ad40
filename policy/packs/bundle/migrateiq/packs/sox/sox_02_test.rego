package migrateiq.packs.sox.sox_02_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_02

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_02.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"the author approves": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "alice"}],
	"the author applies": [{"op": "add", "path": ["change", "applier", "id"], "value": "alice"}],
	"the approver applies": [{"op": "add", "path": ["change", "applier", "id"], "value": "bob"}],
	"the approver starts the pipeline": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "bob"}],
	"nobody stands behind the service": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": null}],
	"nobody approved": [{"op": "add", "path": ["change", "approvals"], "value": []}],
	"the author starts the pipeline": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "alice"}],
	"the author approves, in capitals": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": "ALICE"}],
	"the author applies, in capitals": [{"op": "add", "path": ["change", "applier", "id"], "value": "Alice"}],
	"the approver applies, in capitals": [{"op": "add", "path": ["change", "applier", "id"], "value": "Bob "}],
	"the approver starts the pipeline, in capitals": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "BOB"}],
	"the author starts the pipeline, in capitals": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "ALICE"}],
	"nobody with a name approved": [{"op": "add", "path": ["change", "approvals", "0", "actor"], "value": ""}],
	"the service started itself": [{"op": "add", "path": ["change", "applier", "triggered_by"], "value": "Pipeline"}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a person": [
		{
			"op": "add",
			"path": [
				"change",
				"applier",
				"type",
			],
			"value": "human",
		},
		{
			"op": "add",
			"path": [
				"change",
				"applier",
				"triggered_by",
			],
			"value": null,
		},
	],
	"a dataset of the reporting on systems that are not": [
		{
			"op": "add",
			"path": [
				"systems",
				"source.postgres.pas",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.scr",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.postgres.quarantine",
				"sox",
				"in_scope",
			],
			"value": false,
		},
		{
			"op": "add",
			"path": [
				"systems",
				"target.s3.audit",
				"sox",
				"in_scope",
			],
			"value": false,
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{"op": "add", "path": ["systems", "source.postgres.pas", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.scr", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.postgres.quarantine", "sox", "in_scope"], "value": false},
		{"op": "add", "path": ["systems", "target.s3.audit", "sox", "in_scope"], "value": false},
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-02", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"systems.*.sox.in_scope",
	"datasets.*.icfr",
	"change.author.id",
	"change.applier.id",
	"change.applier.type",
	"change.applier.triggered_by?",
	"plan.intent_digest",
	"change.approvals",
	"change.approvals.*.verified",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}
