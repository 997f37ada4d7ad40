package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func samplePlan() *plan.Plan {
	sex := plan.Field{Name: "sex", CEL: "src.SEX", Canonical: "src.SEX", Column: schema.Column{Name: "sex", Type: schema.Type{Kind: schema.String, Length: 1}}, At: plan.Place{File: "main.miq.hcl", Line: 9}}
	return &plan.Plan{Format: plan.Format, Engine: "1.0.0", Created: time.Unix(1, 0), Expires: time.Unix(2, 0),
		Inputs: plan.Inputs{Config: "sha256:a", Variables: []plan.Variable{{Name: "town", Value: `"A"`}, {Name: "key", Salt: "s1", Hash: "h1"}}, Refreshed: true},
		Mappings: []plan.Mapping{{Address: "mapping.p", UID: "u1", Actions: []plan.Action{{Kind: plan.Upsert, Category: "additive", Rows: 10, Exact: true}},
			Definition: &plan.Definition{Source: "source.a", Where: "src.X > 1", Fields: []plan.Field{sex}}, Hashes: plan.Fingerprints{Rows: "r1"}}},
		Steps:    []plan.Step{{N: 0, Work: plan.Define, Mapping: "mapping.p", Target: "target.b", Statement: &providers.Statement{What: "create table p", SQL: []string{"CREATE TABLE p ()"}}}},
		Warnings: []string{}, Reviewed: &plan.Reviewed{}}
}

func TestTwoPlansAreToldApartByAllThatPeopleRead(t *testing.T) {
	const other = "differ; the intent is another one"
	for name, c := range map[string]struct {
		change func(p *plan.Plan)
		want   string
	}{
		"nothing":              {func(*plan.Plan) {}, "equal"},
		"when it was made":     {func(p *plan.Plan) { p.Created, p.Expires = time.Unix(5, 0), time.Unix(6, 0); p.Mappings[0].UID = "u2" }, "equal"},
		"a place in a file":    {func(p *plan.Plan) { p.Mappings[0].Definition.Fields[0].At.Line = 12 }, "equal"},
		"the salt of a secret": {func(p *plan.Plan) { p.Inputs.Variables[1].Salt, p.Inputs.Variables[1].Hash = "s2", "h2" }, "equal"},
		"rows":                 {func(p *plan.Plan) { p.Mappings[0].Actions[0].Rows = 12 }, "mapping.p mapping actions.upsert.rows: 10 -> 12\ndiffer; the intent is equal"},
		"an expression":        {func(p *plan.Plan) { p.Mappings[0].Definition.Fields[0].CEL = "'f'" }, "mapping.p mapping definition.fields.sex.cel: src.SEX -> 'f'\n" + other},
		"a field more": {func(p *plan.Plan) {
			p.Mappings[0].Definition.Fields = append(p.Mappings[0].Definition.Fields, plan.Field{Name: "age", CEL: "src.AGE"})
		}, "mapping.p mapping definition.fields.age: nil -> src.AGE\n" + other},
		"what only a hash shows": {func(p *plan.Plan) { p.Mappings[0].Hashes.Rows = "r2" }, "mapping.p mapping fingerprints.rows: r1 -> r2\n" + other},
		"a mapping less":         {func(p *plan.Plan) { p.Mappings = nil }, "mapping.p mapping : upsert -> nil\n" + other},
		"a mapping more": {func(p *plan.Plan) {
			p.Mappings = append(p.Mappings, plan.Mapping{Address: "mapping.q", Actions: []plan.Action{{Kind: plan.Create}}})
		}, "mapping.q mapping : nil -> create\n" + other},
		"a statement": {func(p *plan.Plan) { p.Steps[0].Statement.SQL = []string{"CREATE TABLE q ()"} },
			" step : target.b: define for mapping.p: create table p|CREATE TABLE p () -> nil\n step : nil -> target.b: define for mapping.p: create table p|CREATE TABLE q ()\n" + other},
		"a verdict":    {func(p *plan.Plan) { p.Reviewed.Denied = []plan.Decision{{Control: "X-1", Subject: "mapping.p"}} }, " policy : nil -> deny X-1 about mapping.p\ndiffer; the intent is equal"},
		"a variable":   {func(p *plan.Plan) { p.Inputs.Variables[0].Value = `"B"` }, " input variables.town.value: \"A\" -> \"B\"\ndiffer; the intent is equal"},
		"the version":  {func(p *plan.Plan) { p.Engine = "1.0.1" }, " input engine: 1.0.0 -> 1.0.1\ndiffer; the intent is equal"},
		"a subset":     {func(p *plan.Plan) { p.Inputs.Subset = &plan.Subset{Target: []string{"mapping.p"}} }, " input subset: nil -> {\"target\":[\"mapping.p\"]}\n" + other},
		"not the rows": {func(p *plan.Plan) { p.Inputs.Refreshed = false }, " input refreshed: true -> false\ndiffer; the intent is equal"},
	} {
		t.Run(name, func(t *testing.T) {
			after := samplePlan()
			c.change(after)
			if diff := cmp.Diff(c.want, compared(plan.Compare(samplePlan(), after))); diff != "" {
				t.Errorf("Compare (-want +got):\n%s", diff)
			}
		})
	}
}

func compared(c plan.Comparison) string {
	if c.Equal() {
		return "equal"
	}
	var b strings.Builder
	text := func(s *string) string {
		if s == nil {
			return "nil"
		}
		return strings.ReplaceAll(*s, "\n", "|")
	}
	for _, d := range c.All {
		fmt.Fprintf(&b, "%s %s %s: %s -> %s\n", d.Mapping, d.Part, strings.Join(d.Path, "."), text(d.Before), text(d.After))
	}
	if c.Intent {
		return b.String() + "differ; the intent is equal"
	}
	return b.String() + "differ; the intent is another one"
}

// Whatever member of a plan's document changes, the comparison tells.
func TestNoMemberOfAPlanChangesUnseen(t *testing.T) {
	raw, err := json.Marshal(samplePlan().Mappings[0].Definition)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		t.Fatal(err)
	}
	for name, v := range members {
		var other any
		switch v := v.(type) {
		case string:
			other = v + "x"
		case bool:
			other = !v
		case float64:
			other = v + 1
		default:
			continue // lists and objects are made of these
		}
		changed := map[string]any{}
		for k, v := range members {
			changed[k] = v
		}
		changed[name] = other
		raw, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		after := samplePlan()
		after.Mappings[0].Definition = &plan.Definition{}
		if err := json.Unmarshal(raw, after.Mappings[0].Definition); err != nil {
			t.Fatal(err)
		}
		if got := plan.Compare(samplePlan(), after); got.Equal() {
			t.Errorf("definition.%s: got equal plans, want a difference", name)
		}
	}
}
