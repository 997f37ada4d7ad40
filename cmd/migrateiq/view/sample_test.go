package view_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func column(name string, k schema.Kind, null bool) schema.Column {
	return schema.Column{Name: name, Type: schema.Type{Kind: k}, Null: null}
}

func plain(name string, k schema.Kind) plan.Field {
	return plan.Field{Name: name, CEL: "src." + name, Plain: name, Column: column(name, k, false), Fidelity: plan.Fidelity{Verdict: plan.Exact}}
}

// patient is a mapping with one of everything.
func patient() plan.Mapping {
	d := &plan.Definition{
		Source: "source.csv.files", SourceTable: schema.Ref{Name: "patients"}, Target: "target.postgres.warehouse",
		TargetTable: schema.Ref{Schema: "clinical", Name: "patient"}, Key: []string{"patient_id"}, Where: "src.DEATHDATE == null",
		Fields: []plan.Field{
			plain("patient_id", schema.UUID),
			{Name: "full_name", CEL: "text.squish(src.FIRST + ' ' + src.LAST)", Column: column("full_name", schema.String, false),
				Fidelity: plan.Fidelity{Verdict: plan.Exact}, Classes: []string{"personal.name"}},
			{Name: "weight", CEL: "decimal(src.WEIGHT)", Column: column("weight", schema.Decimal, true), OnRowError: "quarantine", Expect: "out == null || out > 0",
				Fidelity: plan.Fidelity{Verdict: plan.Checked, Why: "A weight may have more digits than the column."}},
			{Name: "seen", CEL: "src.A == null\n  ? null\n  : src.A", Column: column("seen", schema.Date, true), Fidelity: plan.Fidelity{Verdict: plan.Lossy, Allow: "zone", Why: "The zone is lost."}},
		},
	}
	return plan.Mapping{
		Address: "mapping.patient", At: plan.Place{File: "main.miq.hcl", Line: 12}, Definition: d,
		Actions:     []plan.Action{{Kind: plan.Create, Category: "additive", Rows: 3, Exact: true, Bytes: 3100, Lane: "typed"}},
		NotMapped:   []string{"SSN", "DRIVERS"},
		Unsupported: []schema.Object{{Kind: "view", Name: "v", Why: "views are not carried over"}},
		Notes:       []string{"The source is moving."},
	}
}

// album is one of many tables whose columns pass as they are.
func album(name string) plan.Mapping {
	d := &plan.Definition{Source: "source.sqlite.shop", SourceTable: schema.Ref{Name: name}, Target: "target.postgres.warehouse",
		TargetTable: schema.Ref{Schema: "public", Name: name}, Key: []string{name + "Id"}, Fields: []plan.Field{plain(name+"Id", schema.Int64), plain("Title", schema.String)}}
	return plan.Mapping{Address: `mapping.shop["` + name + `"]`, At: plan.Place{File: "main.miq.hcl", Line: 30}, Definition: d,
		Actions: []plan.Action{{Kind: plan.Create, Category: "additive", Rows: 347, Exact: true, Lane: "typed"}}}
}

func changed() plan.Mapping {
	m := patient()
	m.Address, m.NotMapped, m.Unsupported, m.Notes = "mapping.visit", nil, nil, nil
	m.Actions = []plan.Action{
		{Kind: plan.Reload, Category: "breaking", Rows: 40, Exact: false, Reasons: []plan.Reason{{Code: "B104", Text: "The key changed."}},
			Changed: []plan.Change{{What: "field full_name", Before: "src.LAST", After: "src.FIRST", At: plan.Place{File: "main.miq.hcl", Line: 20}}}},
		{Kind: plan.Upsert, Category: "corrective", Rows: 12408, Removes: 7, Gone: 2, Exact: true,
			Changed: []plan.Change{{What: "field full_name", Before: "src.LAST", After: "src.FIRST", At: plan.Place{File: "main.miq.hcl", Line: 20}}}},
	}
	return m
}

func steps(n int) []plan.Step {
	var all []plan.Step
	for i := range n {
		name := string(rune('a' + i%26))
		all = append(all, plan.Step{N: i, Work: plan.Define, Target: "target.postgres.warehouse",
			Statement: &providers.Statement{SQL: []string{"CREATE TABLE " + name + " (\n  x int\n)"}, What: "create table " + name}})
	}
	return append(all, plan.Step{N: n, Work: plan.Copy, Mapping: "mapping.patient", Target: "target.postgres.warehouse",
		Move: &plan.Transfer{Table: schema.Ref{Name: "patient"}, Load: providers.Insert}},
		plan.Step{N: n + 1, Work: plan.Define, Target: "target.postgres.warehouse",
			Statement: &providers.Statement{SQL: []string{"ALTER TABLE a ADD PRIMARY KEY (x)"}, What: "add primary key of a", Hazard: "locks a"}})
}

func document(t *testing.T, refreshed bool, stages []plan.Step, ms ...plan.Mapping) []byte {
	t.Helper()
	p := &plan.Plan{Format: 1, Engine: "0.1.0", Created: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Mappings: ms, Steps: stages}
	p.Inputs.Refreshed = refreshed
	verdicts, err := json.Marshal(policy.Verdicts{
		{Control: "CORE-04", Result: policy.Pass, Level: policy.Deny},
		{Control: "GDPR-17", Result: policy.Fail, Level: policy.Warn, Message: "no record of processing is named", Subject: policy.Subject{ID: "target.postgres.warehouse", File: "main.miq.hcl", Line: 31}},
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(view.Document{Format: 1, Plan: p, PolicyInput: json.RawMessage("{}"), Verdicts: verdicts})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func text(t *testing.T, raw []byte, d view.Detail) string {
	t.Helper()
	var b bytes.Buffer
	if err := view.Plan(&b, view.Style{}, raw, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
