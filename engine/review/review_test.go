package review_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	people  = `source.sqlite.shop.table["people"]`
	patient = `target.postgres.scr.table["clinical.patient"]`
)

// made is a plan with one mapping that moves rows and one that is forgotten.
func made() *plan.Plan {
	held := int64(12)
	text, number := schema.Type{Kind: schema.String, Length: 40}, schema.Type{Kind: schema.Decimal, Precision: 12, Scale: 2}
	exact := plan.Fidelity{Verdict: plan.Exact}
	d := &plan.Definition{
		Source: "source.sqlite.shop", SourceTable: schema.Ref{Name: "people"}, Target: "target.postgres.scr",
		TargetTable: schema.Ref{Schema: "clinical", Name: "patient"}, Mode: "upsert", Key: []string{"id"},
		Read: []schema.Column{{Name: "ID", Type: schema.Type{Kind: schema.Int64}}, {Name: "SURNAME", Type: text}, {Name: "PAID", Type: number}},
		Fields: []plan.Field{
			{Name: "id", CEL: `src["ID"]`, Canonical: `src["ID"]`, Plain: "ID", Sources: []string{"ID"}, Fidelity: exact, OnRowError: "fail",
				Column: schema.Column{Name: "id", Type: schema.Type{Kind: schema.Int64}}},
			{Name: "name", CEL: `text.upper(src.SURNAME)`, Canonical: `(call text.upper src.SURNAME)`, Sources: []string{"SURNAME"}, Functions: []string{"text.upper@1"},
				Fidelity: exact, OnRowError: "fail", Classes: []string{"personal.name"}, Column: schema.Column{Name: "name", Type: text}},
			{Name: "paid", CEL: `src["PAID"]`, Canonical: `src["PAID"]`, Plain: "PAID", Sources: []string{"PAID"}, OnRowError: "fail",
				Fidelity: plan.Fidelity{Verdict: plan.Lossy, Allow: "round", Why: "Digits are cut."},
				Column:   schema.Column{Name: "paid", Type: schema.Type{Kind: schema.Decimal, Precision: 12, Scale: 1}}},
		},
		Checks: []plan.Check{{Name: "some", Expect: "out.rows > 0", Severity: "block"}, {Name: "many", Expect: "out.rows > 9", Severity: "warn"}},
	}
	return &plan.Plan{
		Format: plan.Format, Engine: "1.0.0", Created: time.Unix(1000, 0), Expires: time.Unix(2000, 0),
		Inputs: plan.Inputs{Config: "sha256:c", Rules: "sha256:r", State: plan.StateInput{Lineage: "l1"},
			Systems: []plan.System{{Address: "source.sqlite.shop", Kind: "sqlite", Role: "source"}, {Address: "target.postgres.scr", Kind: "postgres", Role: "target"}},
			Objects: []plan.Object{{System: "source.sqlite.shop", Table: d.SourceTable, Rows: &held}, {System: "target.postgres.scr", Table: d.TargetTable}}},
		Mappings: []plan.Mapping{
			{Address: "mapping.gone", Actions: []plan.Action{{Kind: plan.Forget}}},
			{Address: "mapping.patient", Definition: d, Actions: []plan.Action{{Kind: plan.Create, Rows: 12, Exact: true}}},
		},
		Steps: []plan.Step{
			{N: 0, Work: plan.Copy, Mapping: "mapping.patient", Target: "target.postgres.scr", Move: &plan.Transfer{Table: d.TargetTable}},
			{N: 1, Work: plan.Verify, Mapping: "mapping.patient", Target: "target.postgres.scr", Needs: []int{0}},
			{N: 2, Work: plan.CheckRows, Mapping: "mapping.patient", Target: "target.postgres.scr", Needs: []int{1}},
		},
	}
}

// input is the document of a plan; an error ends the test.
func input(p *plan.Plan, f review.Facts) policy.Input {
	in, err := review.Input(p, f)
	if err != nil {
		panic(err)
	}
	return in
}

func facts() review.Facts {
	return review.Facts{
		Version: "1.0.0", Phase: policy.AtPlan, Now: time.Unix(1500, 0), Secrets: []policy.Place{},
		Systems: []review.System{
			{Address: "source.sqlite.shop", Kind: "sqlite", Roles: []string{"source"}},
			{Address: "target.postgres.scr", Kind: "postgres", Roles: []string{"target"}, Declared: []review.Declared{{Leaf: "environment", Value: "prod"},
				{Leaf: "region", Value: "uk-south"}, {Leaf: "country", Value: "GB"}}},
		},
		Columns: map[lineage.Column]review.Column{{System: "source.sqlite.shop", Table: schema.Ref{Name: "people"}, Name: "SURNAME"}: {Classes: []string{"personal.name"}}},
		Rules:   []policy.Bundle{{Name: "builtin", Digest: "sha256:r", Origin: "embedded"}},
	}
}

// at walks the document's JSON by a path of keys and places.
func at(t *testing.T, in policy.Input, path ...any) any {
	t.Helper()
	text, err := policy.Canonical(in)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	for _, p := range path {
		switch p := p.(type) {
		case string:
			next, there := v.(map[string]any)[p]
			if !there {
				t.Fatalf("%v: the document has no %q", path, p)
			}
			v = next
		case int:
			v = v.([]any)[p]
		}
	}
	return v
}

func TestTheDocumentHoldsWhatThePlanKnows(t *testing.T) {
	p := made()
	in := input(p, facts())
	list := func(v ...any) any { return append([]any{}, v...) }
	field := func(name string, rest ...any) []any {
		return append([]any{"fields", "mapping.patient.field." + name}, rest...)
	}
	for _, c := range []struct {
		path []any
		want any
	}{
		{[]any{"schema_version"}, "1"},
		{[]any{"phase"}, "plan"},
		{[]any{"evaluated_at"}, "1970-01-01T00:25:00Z"},
		{[]any{"engine", "version"}, "1.0.0"},
		{[]any{"engine", "policy_bundles", 0, "digest"}, "sha256:r"},
		{[]any{"project", "id"}, "l1"},
		{[]any{"plan", "plan_digest"}, p.Digest()},
		{[]any{"plan", "intent_digest"}, p.Intent()},
		{[]any{"plan", "config_digest"}, "sha256:c"},
		{[]any{"plan", "expires_at"}, "1970-01-01T00:33:20Z"},
		{[]any{"plan", "flags", "target_subset"}, list()},
		{[]any{"systems", "source.sqlite.shop", "country"}, nil},
		{[]any{"systems", "source.sqlite.shop", "live_data"}, nil},
		{[]any{"systems", "target.postgres.scr", "country"}, "GB"},
		{[]any{"systems", "target.postgres.scr", "environment"}, "prod"},
		{[]any{"systems", "target.postgres.scr", "region"}, "uk-south"},
		{[]any{"systems", "target.postgres.scr", "roles"}, list("target")},
		{[]any{"datasets", people, "rows"}, 12.0},
		{[]any{"datasets", people, "system"}, "source.sqlite.shop"},
		{[]any{"datasets", patient, "rows"}, nil},
		{[]any{"datasets", patient, "name"}, "clinical.patient"},
		{field("name", "dataset"), patient},
		{field("name", "column"), "name"},
		{field("name", "type", "base"), "string"},
		{field("name", "type", "length"), 40.0},
		{field("name", "type", "precision"), nil},
		{field("paid", "type", "scale"), 1.0},
		{field("paid", "sources", 0, "type", "scale"), 2.0},
		{field("name", "sources", 0, "dataset"), people},
		{field("name", "sources", 0, "column"), "SURNAME"},
		{field("name", "lineage", "expr"), "text.upper(src.SURNAME)"},
		{field("name", "lineage", "functions"), list("text.upper@1")},
		{field("id", "lineage", "functions"), list()},
		{field("name", "lineage", "loss"), "none"},
		{field("name", "lineage", "loss_ack"), nil},
		{field("paid", "lineage", "loss"), "round"},
		{field("paid", "lineage", "loss_ack"), "round"},
		{field("name", "classification", "declared"), list()},
		{field("name", "classification", "inherited"), list("personal.name")},
		{field("name", "classification", "decision"), list("personal", "personal.name")},
		{field("name", "classification", "detected"), nil},
		{field("name", "class_set", "personal.name"), true},
		{field("id", "classification", "declared"), list()},
		{field("id", "classification", "decision"), nil},
		{[]any{"index", "by_class", "personal.name"}, list("mapping.patient.field.name")},
		{[]any{"index", "by_dataset", patient}, list("mapping.patient.field.id", "mapping.patient.field.name", "mapping.patient.field.paid")},
		{[]any{"index", "unclassified"}, list("mapping.patient.field.id", "mapping.patient.field.paid")},
		{[]any{"verification", "level"}, "checksums"},
		{[]any{"verification", "controls", 0, "type"}, "row_balance"},
		{[]any{"verification", "controls", 1, "columns"}, list("id", "name", "paid")},
		{[]any{"verification", "controls", 2, "id"}, "mapping.patient.check.some"},
		{[]any{"verification", "controls", 2, "required"}, true},
		{[]any{"verification", "controls", 3, "required"}, false},
		{[]any{"secrets", "inline_count"}, 0.0},
		{[]any{"secrets", "inline_places"}, list()},
	} {
		if diff := cmp.Diff(c.want, at(t, in, c.path...)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.path, diff)
		}
	}
}

func TestExpressionsThatDifferHaveOtherHashes(t *testing.T) {
	in := input(made(), facts())
	a, b := at(t, in, "fields", "mapping.patient.field.id", "lineage", "expr_hash"), at(t, in, "fields", "mapping.patient.field.name", "lineage", "expr_hash")
	if a == b || !strings.HasPrefix(a.(string), "sha256:") || len(a.(string)) != 71 {
		t.Errorf("got the hashes %v and %v, want two of SHA-256", a, b)
	}
}

func TestLossSaysWhatHappensToValues(t *testing.T) {
	for name, c := range map[string]struct {
		given plan.Field
		loss  string
		ack   any
	}{
		"exact":                              {plan.Field{Fidelity: plan.Fidelity{Verdict: plan.Exact}}, "none", nil},
		"checked":                            {plan.Field{Fidelity: plan.Fidelity{Verdict: plan.Checked}}, "none", nil},
		"truncate":                           {plan.Field{Fidelity: plan.Fidelity{Verdict: plan.Lossy, Allow: "truncate"}}, "truncate", "truncate"},
		"the zone is lost":                   {plan.Field{Fidelity: plan.Fidelity{Verdict: plan.Lossy, Allow: "zone"}}, "coerce", "zone"},
		"lossy without leave":                {plan.Field{Fidelity: plan.Fidelity{Verdict: plan.Lossy}}, "unknown", nil},
		"without a verdict":                  {plan.Field{}, "unknown", nil},
		"a misfit becomes null":              {plan.Field{OnRowError: "null", Plain: "A", Fidelity: plan.Fidelity{Verdict: plan.Checked}}, "coerce", "null"},
		"an expression's error becomes null": {plan.Field{OnRowError: "null", Fidelity: plan.Fidelity{Verdict: plan.Exact}}, "coerce", "null"},
		"null, and nothing can fail":         {plan.Field{OnRowError: "null", Plain: "A", Fidelity: plan.Fidelity{Verdict: plan.Exact}}, "none", nil},
		"quarantine keeps the row out":       {plan.Field{OnRowError: "quarantine", Fidelity: plan.Fidelity{Verdict: plan.Checked}}, "none", nil},
	} {
		p := made()
		c.given.Name = "f"
		if c.given.Plain == "" {
			c.given.CEL = "src.PAID"
		} else {
			c.given.Plain = "PAID"
		}
		p.Mappings[1].Definition.Fields = []plan.Field{c.given}
		in := input(p, facts())
		loss, ack := at(t, in, "fields", "mapping.patient.field.f", "lineage", "loss"), at(t, in, "fields", "mapping.patient.field.f", "lineage", "loss_ack")
		if loss != c.loss || ack != c.ack {
			t.Errorf("%s: got loss %v and loss_ack %v, want %s and %v", name, loss, ack, c.loss, c.ack)
		}
	}
}

func TestVerificationClaimsNoMoreThanTheStepsDo(t *testing.T) {
	skipped := facts()
	skipped.Flags.SkipVerify = true
	unproven := made()
	unproven.Steps = unproven.Steps[:1]
	still := made()
	still.Steps = nil
	for name, c := range map[string]struct {
		plan  *plan.Plan
		facts review.Facts
		level string
		count int
	}{
		"rows move and are proven":     {made(), facts(), "checksums", 4},
		"rows move without a proof":    {unproven, facts(), "none", 0},
		"nothing moves":                {still, facts(), "checksums", 4},
		"the command skips the proofs": {made(), skipped, "none", 0},
	} {
		got := input(c.plan, c.facts).Verification
		if got.Level != c.level || len(got.Controls) != c.count || got.Controls == nil {
			t.Errorf("%s: got level %s and controls %v, want %s and %d", name, got.Level, got.Controls, c.level, c.count)
		}
	}
}

func TestForeignKeysAreControls(t *testing.T) {
	p := made()
	fk := schema.ForeignAdd{Table: schema.Ref{Schema: "clinical", Name: "patient"}, Foreign: schema.ForeignKey{Columns: []string{"a", "b"}}}
	p.Steps = append(p.Steps,
		plan.Step{Work: plan.Define, Mapping: "mapping.patient", Change: &schema.Change{AddForeign: &fk}},
		plan.Step{Work: plan.Define, Mapping: "mapping.patient", Change: &schema.Change{CheckForeign: &fk.Table}})
	var got []string
	for _, c := range input(p, facts()).Verification.Controls[4:] {
		got = append(got, fmt.Sprintf("%s %s %v", c.ID, c.Type, c.Columns))
	}
	want := []string{"mapping.patient.referential.a,b referential [a b]", "mapping.patient.referential referential []"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("controls (-want +got):\n%s", diff)
	}
}

func TestASystemThatNobodyDeclaredIsStillInTheDocument(t *testing.T) {
	f := facts()
	f.Systems = nil
	in := input(made(), f)
	want := policy.System{Kind: "postgres", Roles: []string{"target"}}
	if diff := cmp.Diff(want, in.Systems["target.postgres.scr"]); diff != "" {
		t.Errorf("system (-want +got):\n%s", diff)
	}
	for id, d := range in.Datasets {
		if _, ok := in.Systems[d.System]; !ok {
			t.Errorf("dataset %s is of the system %s, and the document has no such system", id, d.System)
		}
	}
}

func TestReviewTakesTheDocumentAndFindsSecretsInClear(t *testing.T) {
	place := policy.Place{ID: "target.postgres.scr.password", File: "main.miq.hcl", Line: 7}
	for name, c := range map[string]struct {
		secrets []policy.Place
		permit  bool
	}{
		"no secret in clear":          {[]policy.Place{}, true},
		"one secret in clear":         {[]policy.Place{place}, false},
		"nobody looked for secrets":   {nil, false},
		"two secrets, same attribute": {[]policy.Place{place, place}, false},
	} {
		f := facts()
		f.Secrets = c.secrets
		p := made()
		permit, verdicts, err := policy.Review(t.Context(), policy.Builtin{}, input(p, f))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := at(t, input(p, f), "secrets", "inline_count"); (got == nil) != (c.secrets == nil) {
			t.Errorf("%s: got inline_count %v", name, got)
		}
		if permit.Covers(p.Digest()) != c.permit || verdicts.Denied() == c.permit {
			t.Errorf("%s: a permit: %t, verdicts %v; want a permit: %t", name, permit.Covers(p.Digest()), verdicts, c.permit)
		}
	}
}

func TestAnEmptyPlanIsACompleteDocument(t *testing.T) {
	p := &plan.Plan{Format: plan.Format, Inputs: plan.Inputs{Config: "sha256:c"}}
	f := review.Facts{Version: "1", Phase: policy.AtPlan, Now: time.Unix(1, 0), Secrets: []policy.Place{}}
	if permit, _, err := policy.Review(t.Context(), policy.Builtin{}, input(p, f)); err != nil || !permit.Covers(p.Digest()) {
		t.Errorf("got a permit: %t, error %v; want a permit", permit.Covers(p.Digest()), err)
	}
}

func TestTheDigestDependsOnNothingButTheFacts(t *testing.T) {
	digest := func(p *plan.Plan, f review.Facts) string {
		d, err := input(p, f).Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	want := digest(made(), facts())
	for range 20 {
		f := facts()
		slices.Reverse(f.Systems)
		f.Now = f.Now.In(time.FixedZone("east", 3600))
		if got := digest(made(), f); got != want {
			t.Fatalf("got digest %s, want %s for the same facts", got, want)
		}
	}
	f := facts()
	f.Systems[1].Declared[2].Value = "FR"
	if digest(made(), f) == want {
		t.Error("another country gives the same digest")
	}
	p := made()
	p.Mappings[1].Definition.Fields[0].Classes = []string{"nhs_number"}
	if digest(p, facts()) == want {
		t.Error("another class gives the same digest")
	}
}

func TestTheDocumentSharesNoMemoryWithThePlan(t *testing.T) {
	p, f := made(), facts()
	in := input(p, f)
	in.Fields["mapping.patient.field.name"].Classification.Inherited[0] = "x"
	in.Fields["mapping.patient.field.name"].Lineage.Functions[0] = "x"
	*in.Datasets[people].Rows = 99
	for _, c := range in.Verification.Controls {
		for i := range c.Columns {
			c.Columns[i] = "x"
		}
	}
	in.Systems["target.postgres.scr"].Roles[0] = "x"
	*in.Actions[1].Rows, in.Actions[1].Classes[0] = 99, "x"
	in.Engine.PolicyBundles[0].Name = "x"
	if !reflect.DeepEqual(p, made()) || !reflect.DeepEqual(f, facts()) {
		t.Error("a change of the document changed the plan or the facts")
	}
}

// Values that the plan holds for its own work, such as a cursor's bounds, params and inline lookups, stay in it.
func TestNoParamLookupOrBoundReachesTheDocument(t *testing.T) {
	p := made()
	d := p.Mappings[1].Definition
	d.Params = []plan.Param{{Name: "p", Text: "SECRET-PARAM"}}
	d.Lookups = []plan.Lookup{{Name: "l", Values: [][2]string{{"SECRET-KEY", "SECRET-VALUE"}}}}
	d.Cursor = &plan.Cursor{Column: "ID", After: "SECRET-AFTER", UpTo: "SECRET-UPTO"}
	text, err := policy.Canonical(input(p, facts()))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "SECRET") {
		t.Errorf("the document holds a value: %s", text)
	}
}

func TestAFieldNamesTheTablesItReadsAndIsOpaqueBehindAQuery(t *testing.T) {
	p := made()
	d := p.Mappings[1].Definition
	d.Joins = []plan.Join{{Name: "ward", Table: schema.Ref{Name: "wards"}, On: [][2]string{{"WARD", "ID"}}}}
	d.Lookups = []plan.Lookup{{Name: "sex", Source: "source.sqlite.books", Table: &schema.Ref{Name: "codes"}, Key: "CODE", Value: "WORD"}}
	d.Read = append(d.Read, schema.Column{Name: "ward.NAME", Type: schema.Type{Kind: schema.String}})
	d.Fields[1].CEL = "src.SURNAME + join.ward.NAME + lookup.sex[src.SURNAME]"
	in := input(p, facts())
	for i, want := range [][2]string{{people, "SURNAME"}, {`source.sqlite.shop.table["wards"]`, "NAME"}, {people, "WARD"}, {`source.sqlite.books.table["codes"]`, "WORD"}} {
		from, column := at(t, in, "fields", "mapping.patient.field.name", "sources", i, "dataset"), at(t, in, "fields", "mapping.patient.field.name", "sources", i, "column")
		if from != want[0] || column != want[1] {
			t.Errorf("source %d: got %v %v, want %v", i, from, column, want)
		}
		if at(t, in, "datasets", want[0]) == nil {
			t.Errorf("datasets: got none for %s", want[0])
		}
	}
	if got := at(t, in, "fields", "mapping.patient.field.name", "lineage", "opaque"); got != false {
		t.Errorf("opaque of a join: got %v, want false", got)
	}
	d.Query = "SELECT 1"
	if got := at(t, input(p, facts()), "fields", "mapping.patient.field.name", "lineage", "opaque"); got != true {
		t.Errorf("opaque of a query: got %v, want true", got)
	}
}
