package rego_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/policy/packs"
	"github.com/novumsolvo/migrateiq/policy/rego"
)

func library(t testing.TB) rego.Rules {
	t.Helper()
	bundle, err := packs.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	return rego.Rules{
		Library: bundle,
		Params:  rego.Params{"gdpr": {"processors": []any{"Example Trust"}}},
	}
}

func with(r rego.Rules, names ...string) rego.Rules {
	for _, n := range names {
		r.Packs = append(r.Packs, rego.Pack{Name: n})
	}
	return r
}

func made(t testing.TB, r rego.Rules) *rego.Evaluator {
	t.Helper()
	e, err := rego.New(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// document is the one that the tests of the rules begin with.
func document(t testing.TB) map[string]any {
	t.Helper()
	text, err := os.ReadFile("../packs/bundle/migrateiq/fixtures/data.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Document map[string]any }
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v.Document
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func ask(t *testing.T, e *rego.Evaluator, doc any) policy.Verdicts {
	t.Helper()
	vs, err := e.EvaluateDocument(t.Context(), marshal(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	return vs
}

func of(vs policy.Verdicts, control string) policy.Verdicts {
	return slices.DeleteFunc(slices.Clone(vs), func(v policy.Verdict) bool { return v.Control != control })
}

func TestEveryControlOfThePacksThatRunAnswers(t *testing.T) {
	vs := ask(t, made(t, with(library(t), packs.Names()...)), document(t))
	bundle, _ := packs.Bundle()
	all, err := rego.Controls(bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		found := of(vs, c.Name())
		if len(found) == 0 {
			t.Errorf("%s gave no verdict", c.Name())
			continue
		}
		v := found[0]
		if v.Title != c.Title || v.Level != c.Level || v.Waivable != c.Waivable || v.Remedy != c.Remediation || len(v.Citations) == 0 {
			t.Errorf("%s: the verdict lacks what its annotation says: %+v", c.Name(), v)
		}
		if v.Result == policy.Undecidable {
			t.Errorf("%s cannot decide on the full document: %s", c.Name(), v.Message)
		}
	}
	names := map[string]bool{}
	for _, c := range all {
		names[c.Name()] = true
	}
	for _, v := range vs {
		if !names[v.Control] {
			t.Errorf("a verdict of %q, which is no control", v.Control)
		}
	}
}

func TestOnlyThePacksThatAreNamedRunBesideCore(t *testing.T) {
	for _, v := range ask(t, made(t, with(library(t), "pci")), document(t)) {
		if !strings.HasPrefix(v.Control, "PCI-") && !strings.HasPrefix(v.Control, "CORE-") {
			t.Errorf("got a verdict of %s", v.Control)
		}
	}
}

func TestAPackThatAdvisesStopsNothingButCoreDoes(t *testing.T) {
	r := library(t)
	r.Packs = []rego.Pack{{Name: "gdpr", Advisory: true}, {Name: "core", Advisory: true}}
	doc := document(t)
	basis := doc["processing"].(map[string]any)["legal_basis"].(map[string]any)
	basis["art6"] = nil
	vs := ask(t, made(t, r), doc)
	undecided := of(vs, "GDPR-01")
	if vs.Denied() || len(undecided) != 1 || undecided[0].Result != policy.Undecidable || undecided[0].Level != policy.Warn {
		t.Errorf("denied %t, GDPR-01 %+v; want not denied, undecidable as a warning", vs.Denied(), undecided)
	}
	doc["secrets"] = map[string]any{"inline_count": 1, "inline_places": nil}
	if !ask(t, made(t, r), doc).Denied() {
		t.Error("a secret in clear passes where core was asked to advise")
	}
}

func TestAMissingFactStopsThePlanAndCore01NamesIt(t *testing.T) {
	doc := document(t)
	doc["systems"].(map[string]any)["target.postgres.scr"].(map[string]any)["environment"] = nil
	vs := ask(t, made(t, with(library(t), "gdpr")), doc)
	var named bool
	for _, v := range of(vs, "CORE-01") {
		named = named || v.Result == policy.Fail && slices.Contains(v.Facts, "systems.*.environment")
	}
	if !vs.Denied() || !named {
		t.Errorf("denied %t, CORE-01 %+v; want denied, and the fact named", vs.Denied(), of(vs, "CORE-01"))
	}
}

func TestTheInputOfThisProgramAgreesWithTheSchema(t *testing.T) {
	count := 0
	in := policy.Input{
		SchemaVersion: policy.SchemaVersion, Phase: policy.AtPlan, EvaluatedAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
		Engine:   policy.Engine{Version: "1.0.0", PolicyBundles: []policy.Bundle{{Name: "migrateiq", Digest: "sha256:" + strings.Repeat("a", 64), Origin: "embedded"}}},
		Plan:     policy.Plan{ID: "p", PlanDigest: "sha256:1", IntentDigest: "sha256:2", ConfigDigest: "sha256:3"},
		Systems:  map[string]policy.System{"target.sqlite.a": {Kind: "sqlite", Roles: []string{"target"}}},
		Datasets: map[string]policy.Dataset{`target.sqlite.a.table["t"]`: {System: "target.sqlite.a", Name: "t"}},
		Fields: map[string]policy.Field{"mapping.t.field.c": {
			Dataset: `target.sqlite.a.table["t"]`, Column: "c", Type: policy.Type{Base: "string"}, Sources: []policy.Column{},
			Lineage:        policy.Lineage{Loss: "none", Functions: []string{}},
			Classification: policy.Classification{Decision: []string{"none"}}, ClassSet: map[string]bool{},
			Protection: policy.Protection{Method: "none", SaltScope: "none"},
		}},
		Index: policy.Index{ByClass: map[string][]string{}, ByDataset: map[string][]string{}, Unclassified: []string{},
			UnprotectedByClass: map[string][]string{}, EdgesByClass: map[string][]string{}},
		Filters:      []policy.Filter{},
		Actions:      []policy.Action{},
		Verification: policy.Verification{Level: "full", Controls: []policy.Control{}},
		Quality:      policy.Quality{OnBreach: "abort"},
		Secrets:      policy.Secrets{InlineCount: &count, InlinePlaces: []policy.Place{}},
	}
	e := made(t, library(t))
	vs, err := e.Evaluate(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range of(vs, "CORE-01") {
		if v.Result == policy.Fail && len(v.Facts) == 0 {
			t.Errorf("CORE-01: %s", v.Message)
		}
	}
	if got := of(vs, "CORE-04"); len(got) != 1 || got[0].Result != policy.Pass {
		t.Errorf("CORE-04: got %+v, want a pass", got)
	}
	if _, _, err := policy.Review(t.Context(), e, in); err != nil {
		t.Errorf("Review: %v", err)
	}
}

func TestHostileDocumentsNeverPass(t *testing.T) {
	e := made(t, with(library(t), packs.Names()...))
	huge := make([]any, 200_000)
	for i := range huge {
		huge[i] = i
	}
	for name, text := range map[string]string{
		"nothing":             ``,
		"an empty object":     `{}`,
		"null":                `null`,
		"a list":              `[]`,
		"two documents":       `{}{}`,
		"a cut document":      `{"schema_version":"1"`,
		"texts everywhere":    `{"schema_version":"1","phase":"plan","evaluated_at":"now","systems":"x","fields":"x","datasets":"x","index":"x","plan":"x","engine":"x","secrets":"x"}`,
		"lists everywhere":    `{"schema_version":"1","phase":"plan","evaluated_at":[],"systems":[],"fields":[],"datasets":[],"index":[],"plan":[],"engine":[],"secrets":[]}`,
		"a huge list":         `{"schema_version":"1","phase":"plan","evaluated_at":"2026-11-20T12:00:00Z","fields":{},"index":{"by_class":{"pan":` + string(marshal(t, huge)) + `},"unclassified":[]}}`,
		"a moment far off":    `{"schema_version":"1","phase":"plan","evaluated_at":"9999-12-31T00:00:00Z"}`,
		"nested very deep":    strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000),
		"verdicts of its own": `{"schema_version":"1","results":[],"allow":true,"data":{"waivers":[{"control":"*","subject":"*"}]}}`,
	} {
		vs, err := e.EvaluateDocument(t.Context(), []byte(text))
		if err == nil && !vs.Denied() {
			t.Errorf("%s: nothing stops the plan", name)
		}
		for _, v := range vs {
			if v.Result == policy.Pass && v.Level == policy.Deny && name == "an empty object" {
				t.Errorf("%s: %s passes", name, v.Control)
			}
		}
	}
}

func TestWaivers(t *testing.T) {
	doc := document(t)
	at := doc["systems"].(map[string]any)["target.postgres.scr"].(map[string]any)["at_rest"].(map[string]any)
	at["level"] = "none"
	good := rego.Waiver{
		ID: "W-1", Control: "GDPR-11", Subject: "target.postgres.scr", Reason: "pilot", Ticket: "IG-1",
		RequestedBy: "a@example.org", ApprovedBy: "b@example.org", ApproverRole: "dpo",
		ApprovedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), ExpiresAt: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		Scope: rego.Scope{Project: "scr"},
	}
	r := with(library(t), "gdpr")
	r.Waivers = []rego.Waiver{good}
	vs := ask(t, made(t, r), doc)
	if got := of(vs, "GDPR-11"); !slices.ContainsFunc(got, func(v policy.Verdict) bool { return v.Result == policy.Waived && v.Waiver == "W-1" }) {
		t.Errorf("a waiver that counts: got %+v", got)
	}
	bad := good
	bad.ExpiresAt = time.Time{}
	r.Waivers = []rego.Waiver{bad}
	vs = ask(t, made(t, r), doc)
	if slices.ContainsFunc(vs, func(v policy.Verdict) bool { return v.Result == policy.Waived }) {
		t.Error("a waiver without end accepts a failure")
	}
	if got := of(vs, "CORE-03"); len(got) != 1 || got[0].Result != policy.Fail {
		t.Errorf("CORE-03 about a waiver without end: got %+v", got)
	}
}

func TestParametersMayOnlyBeStricter(t *testing.T) {
	for name, c := range map[string]struct {
		params rego.Params
		want   string
	}{
		"a shorter time":           {rego.Params{"gdpr": {"consent_age_hours": 12}}, ""},
		"a longer time":            {rego.Params{"gdpr": {"consent_age_hours": 48}}, "may be at most 24"},
		"a shorter retention":      {rego.Params{"sox": {"audit_days": 90}}, "has to be at least 2557"},
		"a role more":              {rego.Params{"core": {"waiver_roles": []any{"intern"}}}, "may only name"},
		"a role fewer":             {rego.Params{"core": {"waiver_roles": []any{"dpo"}}}, ""},
		"more authority":           {rego.Params{"core": {"risk_authority": map[string]any{"it": 99}}}, `may be at most 40 for "it"`},
		"a switch turned on":       {rego.Params{"nhs": {"uk_only": true}}, ""},
		"a text for a number":      {rego.Params{"gdpr": {"consent_age_hours": "1"}}, "has to be a number"},
		"a parameter nobody knows": {rego.Params{"gdpr": {"consent_age": 1}}, "no parameter gdpr.consent_age"},
	} {
		r := library(t)
		r.Params = c.params
		_, err := rego.New(t.Context(), r)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestRulesThatCannotBeAskedAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(r *rego.Rules)
		want   string
	}{
		"no library":          {func(r *rego.Rules) { r.Library = nil }, "there are none"},
		"an empty library":    {func(r *rego.Rules) { r.Library = fstest.MapFS{} }, "there are no rules"},
		"an unknown pack":     {func(r *rego.Rules) { r.Packs = []rego.Pack{{Name: "gpdr"}} }, `no pack "gpdr"`},
		"a pack named twice":  {func(r *rego.Rules) { r.Packs = []rego.Pack{{Name: "gdpr"}, {Name: "gdpr", Advisory: true}} }, "named twice"},
		"own rules of nobody": {func(r *rego.Rules) { r.Own = []rego.Source{{Name: "x"}} }, "decide nothing"},
	} {
		r := library(t)
		c.change(&r)
		if _, err := rego.New(t.Context(), r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestTheDigestIsOfEverythingThatDecides(t *testing.T) {
	first := made(t, with(library(t), "gdpr")).Digest()
	if again := made(t, with(library(t), "gdpr")).Digest(); again != first || !strings.HasPrefix(first, "sha256:") {
		t.Errorf("the same rules: got %s and %s", first, again)
	}
	for name, change := range map[string]func(*rego.Rules){
		"another pack":     func(r *rego.Rules) { r.Packs = append(r.Packs, rego.Pack{Name: "pci"}) },
		"another mode":     func(r *rego.Rules) { r.Packs[0].Advisory = true },
		"a parameter":      func(r *rego.Rules) { r.Params["gdpr"]["consent_age_hours"] = 1 },
		"a waiver":         func(r *rego.Rules) { r.Waivers = []rego.Waiver{{ID: "W"}} },
		"rules of its own": func(r *rego.Rules) { r.Own = []rego.Source{folder(t, `deny contains "x" if input.a == 1`)} },
	} {
		r := with(library(t), "gdpr")
		change(&r)
		if made(t, r).Digest() == first {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

func TestAReviewEndsAtItsLimits(t *testing.T) {
	r := with(library(t), "gdpr")
	r.Limit.Steps = 100
	if _, err := made(t, r).EvaluateDocument(t.Context(), marshal(t, document(t))); !errors.Is(err, rego.ErrTooLong) {
		t.Errorf("100 steps: got %v, want %v", err, rego.ErrTooLong)
	}
	r.Limit.Steps, r.Limit.Bytes = 0, 10
	if _, err := made(t, r).EvaluateDocument(t.Context(), marshal(t, document(t))); err == nil {
		t.Error("a document beyond its limit: got no error")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stopped")
	cancel(stop)
	if _, err := made(t, library(t)).EvaluateDocument(ctx, marshal(t, document(t))); !errors.Is(err, stop) {
		t.Errorf("a review that was called off: got %v, want %v", err, stop)
	}
}
