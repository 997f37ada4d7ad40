package migrateiq.packs.gdpr.gdpr_14_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.gdpr.gdpr_14

# A document that falls under the control and passes.
passing := json.patch(fixtures.document, [
	{
		"op": "add",
		"path": ["transfers"],
		"value": [
			{
				"id": "t1",
				"from": "source.postgres.pas",
				"to": "target.postgres.scr",
				"from_country": "GB",
				"to_country": "DE",
				"recurring": false,
				"mechanism": "adequacy",
				"mechanism_ref": null,
				"assessment_ref": null,
			},
			{
				"id": "t2",
				"from": "source.postgres.pas",
				"to": "target.postgres.scr",
				"from_country": "DE",
				"to_country": "IN",
				"recurring": true,
				"mechanism": "sccs",
				"mechanism_ref": "SCC-1",
				"assessment_ref": "TIA-1",
			},
		],
	},
])

results_of(doc, waivers) := r if {
	r := gdpr_14.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"no mechanism": [{"op": "add", "path": ["transfers", "1", "mechanism"], "value": "none"}],
	"a mechanism of the other law": [{"op": "add", "path": ["transfers", "1", "mechanism"], "value": "idta"}],
	"no assessment": [{"op": "add", "path": ["transfers", "1", "assessment_ref"], "value": null}],
	"a country that no decision names": [{"op": "add", "path": ["transfers", "0", "to_country"], "value": "CN"}],
	"a decision that covers only some recipients": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "GB",
					"to_country": "US",
					"recurring": false,
					"mechanism": "adequacy",
					"mechanism_ref": null,
					"assessment_ref": null,
				},
			],
		},
	],
	"safeguards without reference": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "GB",
					"to_country": "IN",
					"recurring": false,
					"mechanism": "idta",
					"mechanism_ref": null,
					"assessment_ref": "TRA-1",
				},
			],
		},
	],
	"a derogation without reference": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "GB",
					"to_country": "IN",
					"recurring": false,
					"mechanism": "derogation",
					"mechanism_ref": null,
					"assessment_ref": null,
				},
			],
		},
	],
	"called domestic": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "GB",
					"to_country": "DE",
					"recurring": false,
					"mechanism": "domestic",
					"mechanism_ref": null,
					"assessment_ref": null,
				},
			],
		},
	],
	"from a third country, where nobody says whose law holds": [
		{"op": "add", "path": ["project", "jurisdictions"], "value": []},
		{"op": "add", "path": ["transfers", "0", "from_country"], "value": "US"},
		{"op": "add", "path": ["transfers", "0", "to_country"], "value": "IN"},
		{"op": "add", "path": ["transfers", "0", "mechanism"], "value": "none"},
	],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

also_passing := {
	"a recipient that the decision covers": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "GB",
					"to_country": "US",
					"recurring": false,
					"mechanism": "adequacy",
					"mechanism_ref": "DPF-1",
					"assessment_ref": null,
				},
			],
		},
	],
	"EU to UK": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "DE",
					"to_country": "GB",
					"recurring": false,
					"mechanism": "adequacy",
					"mechanism_ref": null,
					"assessment_ref": null,
				},
			],
		},
	],
	"a derogation, which GDPR-15 judges": [
		{
			"op": "add",
			"path": ["transfers"],
			"value": [
				{
					"id": "t1",
					"from": "source.postgres.pas",
					"to": "target.postgres.scr",
					"from_country": "GB",
					"to_country": "IN",
					"recurring": false,
					"mechanism": "derogation",
					"mechanism_ref": "court order",
					"assessment_ref": null,
				},
			],
		},
	],
}

test_also_passes if {
	every patch in also_passing { statuses(json.patch(passing, patch)) == {"pass"} }
}

test_not_applicable if {
	statuses(json.patch(passing, [{"op": "add", "path": ["transfers"], "value": []}])) == {"not_applicable"}
}

test_no_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("GDPR-14", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"fail"}
	}
}

facts := [
	"transfers",
	"transfers.*.from_country",
	"transfers.*.to_country",
	"project.jurisdictions",
	"transfers.*.mechanism",
	"transfers.*.mechanism_ref?",
	"transfers.*.assessment_ref?",
	"evaluated_at",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_country_is_adequate_until_the_last_second if {
	every gives, until in {"fail": "2026-11-20T12:00:00Z", "pass": "2026-11-20T12:00:01Z"} {
		statuses(json.patch(passing, [{"op": "remove", "path": ["transfers", "1"]}])) == {gives} with data.migrateiq.reference.adequacy.uk as [
			{"country": "DE", "until": until, "only": null},
		]
	}
}

# At each limit, and one step off it.
boundaries := {
	"within a country": {
		"gives": {"not_applicable"},
		"patch": [
			{
				"op": "add",
				"path": ["transfers"],
				"value": [
					{
						"id": "t1",
						"from": "source.postgres.pas",
						"to": "target.postgres.scr",
						"from_country": "GB",
						"to_country": "GB",
						"recurring": false,
						"mechanism": "domestic",
						"mechanism_ref": null,
						"assessment_ref": null,
					},
				],
			},
		],
	},
	"from a third country, under one of the two laws": {
		"gives": {"pass"},
		"patch": [
			{"op": "add", "path": ["project", "jurisdictions"], "value": ["uk", "us"]},
			{
				"op": "add",
				"path": ["transfers"],
				"value": [
					{
						"id": "t1",
						"from": "source.postgres.pas",
						"to": "target.postgres.scr",
						"from_country": "US",
						"to_country": "IN",
						"recurring": false,
						"mechanism": "idta",
						"mechanism_ref": "IDTA-1",
						"assessment_ref": "TRA-1",
					},
				],
			},
		],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
