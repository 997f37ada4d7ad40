package migrateiq.packs.sox.sox_10_test

import data.migrateiq.fixtures
import data.migrateiq.lib.testing
import data.migrateiq.packs.sox.sox_10

# The document of the fixtures falls under the control and passes.
passing := fixtures.document

results_of(doc, waivers) := r if {
	r := sox_10.results with input as doc
		with data.waivers as waivers
		with data.params as fixtures.params
}

statuses(doc) := {r.status | some r in results_of(doc, [])}

test_passes if statuses(passing) == {"pass"}

failing := {
	"a freeze": [{"op": "add", "path": ["change", "window", "freeze"], "value": true}],
	"dates without their day": [
		{
			"op": "add",
			"path": ["fields", "mapping.ledger.field.posted_on", "lineage", "loss"],
			"value": "truncate",
		},
	],
	"no window": [{"op": "add", "path": ["change", "window", "start"], "value": null}],
	"no posting dates": [{"op": "remove", "path": ["index", "by_class", "posting_date"]}],
}

test_fails if {
	every patch in failing { "fail" in statuses(json.patch(passing, patch)) }
}

test_not_applicable if {
	statuses(json.patch(passing, [
		{
			"op": "add",
			"path": ["datasets", "target.postgres.scr.table[\"ledger\"]", "icfr"],
			"value": false,
		},
	])) == {"not_applicable"}
}

test_a_waiver_accepts_the_failure if {
	every patch in failing {
		doc := json.patch(passing, patch)
		failures := {r.subject.id | some r in results_of(doc, []); r.status == "fail"}
		waivers := [testing.waiver("SOX-10", id) | some id in failures]
		{r.status | some r in results_of(doc, waivers); r.subject.id in failures} == {"waived"}
	}
}

facts := [
	"datasets.*.icfr",
	"datasets.*.system",
	"systems.*.roles",
	"index.by_class",
	"change.window.start?",
	"change.window.end?",
	"change.window.freeze",
]

test_a_missing_fact_is_undecidable if {
	every fact in facts {
		found := statuses(testing.without(passing, fact))
		"undecidable" in found
		not "pass" in found
	}
}

test_a_closed_period_stops_the_plan if {
	closed := {"sox": {"closed_periods": [{"from": "2026-11-20T00:00:00Z", "to": "2026-11-30T00:00:00Z"}]}}
	"fail" in {r.status | some r in sox_10.results} with input as passing with data.params as closed
}

_closed(period) := {"sox": {"closed_periods": [period]}}

test_a_period_may_be_given_in_days if {
	every period in [
		{"from": "2026-11-20", "to": "2026-11-30"},
		{"from": "2026-11-01", "to": "2026-11-21"},
		{"from": "2026-11-01T00:00:00Z", "to": "2026-11-21"},
	] {
		"fail" in {r.status | some r in sox_10.results} with input as passing with data.params as _closed(period)
	}
	every period in [{"from": "2026-11-22", "to": "2026-11-30"}, {"from": "2026-11-01", "to": "2026-11-20"}] {
		not "fail" in {r.status | some r in sox_10.results} with input as passing with data.params as _closed(period)
	}
}

test_a_period_that_nobody_can_read_is_closed if {
	every period in [{"from": "1 November", "to": "2026-11-05"}, {"from": "2026-11-01"}, "2026-Q3", null] {
		"fail" in {r.status | some r in sox_10.results} with input as passing with data.params as _closed(period)
	}
}

test_a_window_that_touches_a_closed_period_lies_in_it if {
	every gives, periods in {
		"fail": [
			{"from": "2026-11-21T06:00:00Z", "to": "2026-11-30T00:00:00Z"},
			{"from": "2026-11-01T00:00:00Z", "to": "2026-11-21T00:00:00Z"},
		],
		"pass": [
			{"from": "2026-11-21T06:00:01Z", "to": "2026-11-30T00:00:00Z"},
			{"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T23:59:59Z"},
		],
	} {
		every period in periods {
			{r.status | some r in sox_10.results} == {gives} with input as passing with data.params as _closed(period)
		}
	}
}

# A table that a mapping wrote which is gone has no dates any more that could be lost.
test_a_table_that_nothing_is_written_to_has_no_dates if {
	unwritten := [
		{"op": "remove", "path": ["index", "by_dataset", "target.postgres.scr.table[\"ledger\"]"]},
		{"op": "add", "path": ["index", "by_class", "posting_date"], "value": []},
	]
	statuses(json.patch(passing, unwritten)) == {"pass"}
}

# At each limit, and one step off it.
boundaries := {
	"a window of no time": {
		"gives": {"fail"},
		"patch": [{"op": "add", "path": ["change", "window", "end"], "value": "2026-11-21T00:00:00Z"}],
	},
}

test_boundaries if {
	every case in boundaries { statuses(json.patch(passing, case.patch)) == case.gives }
}
