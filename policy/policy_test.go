package policy_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/novumsolvo/migrateiq/policy"
)

// input is a complete document of a plan without secrets in clear.
func input() policy.Input {
	none := 0
	return policy.Input{
		SchemaVersion: "1", Phase: policy.AtPlan, EvaluatedAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
		Engine:       policy.Engine{Version: "0.1.0"},
		Project:      policy.Project{ID: "clinic"},
		Plan:         policy.Plan{ID: "p1", PlanDigest: "sha256:a", IntentDigest: "sha256:i", ConfigDigest: "sha256:c"},
		Systems:      map[string]policy.System{"source.sqlite.old": {Kind: "sqlite", Roles: []string{"source"}}},
		Datasets:     map[string]policy.Dataset{},
		Fields:       map[string]policy.Field{},
		Index:        policy.Index{ByClass: map[string][]string{}},
		Actions:      []policy.Action{},
		Verification: policy.Verification{Level: "checksums"},
		Secrets:      policy.Secrets{InlineCount: &none, InlinePlaces: []policy.Place{}},
	}
}

// rules is an evaluator that says what a test wants.
type rules struct {
	verdicts policy.Verdicts
	err      error
	digest   string
}

func (r rules) Evaluate(context.Context, policy.Input) (policy.Verdicts, error) {
	return r.verdicts, r.err
}
func (r rules) Digest() string { return r.digest }

func verdict(r policy.Result, l policy.Level, waivable bool) policy.Verdict {
	return policy.Verdict{Control: "X-01", Result: r, Level: l, Waivable: waivable}
}

func TestAPermitCoversOnePlanAndTheZeroPermitNone(t *testing.T) {
	p, verdicts, err := policy.Review(t.Context(), policy.Builtin{}, input())
	if err != nil || verdicts.Denied() {
		t.Fatalf("Review: %v, %v", verdicts, err)
	}
	if !p.Covers("sha256:a") || p.Rules() != (policy.Builtin{}).Digest() {
		t.Errorf("the permit does not cover its own plan, or names rules %q", p.Rules())
	}
	for _, other := range []string{"sha256:b", "", "sha256:", "sha256:aa"} {
		if p.Covers(other) {
			t.Errorf("the permit of plan sha256:a covers %q", other)
		}
		if (policy.Permit{}).Covers(other) {
			t.Errorf("the zero permit covers %q", other)
		}
	}
}

func TestOnlyAClearYesGivesAPermit(t *testing.T) {
	pass := policy.Verdicts{verdict(policy.Pass, policy.Deny, false)}
	with := func(v ...policy.Verdict) policy.Evaluator { return rules{append(pass, v...), nil, "sha256:r"} }
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		rules         policy.Evaluator
		permit, wrong bool
	}{
		"all pass":                          {with(), true, false},
		"a warning":                         {with(verdict(policy.Fail, policy.Warn, false)), true, false},
		"a warning that cannot decide":      {with(verdict(policy.Undecidable, policy.Warn, false)), true, false},
		"a rule that does not apply":        {with(verdict(policy.NotApplicable, policy.Deny, false)), true, false},
		"a waiver":                          {with(verdict(policy.Waived, policy.Deny, true)), true, false},
		"a waiver of what cannot be":        {with(verdict(policy.Waived, policy.Deny, false)), false, false},
		"a failure":                         {with(verdict(policy.Fail, policy.Deny, true)), false, false},
		"a rule that cannot decide":         {with(verdict(policy.Undecidable, policy.Deny, true)), false, false},
		"an unknown result":                 {with(verdict("maybe", policy.Warn, false)), false, true},
		"no result":                         {with(verdict("", policy.Warn, false)), false, true},
		"an unknown level":                  {with(verdict(policy.Pass, "hint", false)), false, true},
		"a verdict of no control":           {with(policy.Verdict{Result: policy.Pass, Level: policy.Deny}), false, true},
		"an error":                          {rules{nil, broken, "sha256:r"}, false, true},
		"an error beside verdicts":          {rules{pass, broken, "sha256:r"}, false, true},
		"no verdicts":                       {rules{nil, nil, "sha256:r"}, false, true},
		"rules without a digest":            {rules{pass, nil, ""}, false, true},
		"no rules":                          {nil, false, true},
		"a failure behind many that passed": {with(append(pass, verdict(policy.Fail, policy.Deny, false))...), false, false},
	} {
		p, verdicts, err := policy.Review(t.Context(), c.rules, input())
		if got := p.Covers("sha256:a"); got != c.permit {
			t.Errorf("%s: a permit: %t, want %t", name, got, c.permit)
		}
		if errors.Is(err, policy.ErrRefused) != c.wrong || (err != nil) != c.wrong {
			t.Errorf("%s: got error %v, want one: %t", name, err, c.wrong)
		}
		if err == nil && verdicts.Denied() == c.permit {
			t.Errorf("%s: Denied is %t beside a permit of %t", name, verdicts.Denied(), c.permit)
		}
		if !c.permit && p != (policy.Permit{}) {
			t.Errorf("%s: the permit is not zero", name)
		}
	}
}

// Every key that is deleted from the document either leads to a refusal or is one that CORE-04 has no need of.
func TestADocumentThatLacksAKeyDoesNotPass(t *testing.T) {
	required := []string{
		"schema_version", "phase", "evaluated_at", "engine", "engine.version", "plan", "plan.plan_digest", "plan.intent_digest",
		"plan.config_digest", "systems", "datasets", "fields", "index", "index.by_class", "actions", "verification",
		"verification.level", "secrets", "secrets.inline_count", "secrets.inline_places",
	}
	for _, path := range required {
		for _, how := range []string{"left out", "null"} {
			in := without(t, path, how == "null")
			p, verdicts, err := policy.Review(t.Context(), policy.Builtin{}, in)
			if err == nil && !verdicts.Denied() || p.Covers(in.Plan.PlanDigest) || p != (policy.Permit{}) {
				t.Errorf("%s %s: got verdicts %v, error %v; want a refusal", path, how, verdicts, err)
			}
		}
	}
	if _, verdicts, err := policy.Review(t.Context(), policy.Builtin{}, policy.Input{}); err == nil {
		t.Errorf("the zero document: got %v, want an error", verdicts)
	}
}

func without(t *testing.T, path string, null bool) policy.Input {
	t.Helper()
	text, err := json.Marshal(input())
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	at, names := doc, strings.Split(path, ".")
	for _, n := range names[:len(names)-1] {
		at = at[n].(map[string]any)
	}
	last := names[len(names)-1]
	if _, there := at[last]; !there {
		t.Fatalf("the document has no %s", path)
	}
	if delete(at, last); null {
		at[last] = nil
	}
	if text, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	var in policy.Input
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestADocumentOfAnotherVersionIsRefused(t *testing.T) {
	in := input()
	in.SchemaVersion = "2"
	if _, _, err := policy.Review(t.Context(), policy.Builtin{}, in); !errors.Is(err, policy.ErrRefused) {
		t.Errorf("schema version 2: got %v, want ErrRefused", err)
	}
	in = input()
	in.Phase = "dream"
	if _, _, err := policy.Review(t.Context(), policy.Builtin{}, in); !errors.Is(err, policy.ErrRefused) {
		t.Errorf("phase dream: got %v, want ErrRefused", err)
	}
}

func TestCORE04NamesEverySecretInClear(t *testing.T) {
	place := policy.Place{ID: "target.postgres.new.password", File: "main.miq.hcl", Line: 7}
	at := policy.Subject{Kind: "secret", ID: place.ID, File: place.File, Line: place.Line}
	plan := policy.Subject{Kind: "plan", ID: "p1"}
	n := func(i int) *int { return &i }
	for name, c := range map[string]struct {
		secrets policy.Secrets
		want    []policy.Subject
		result  policy.Result
	}{
		"no secret in clear":           {policy.Secrets{n(0), []policy.Place{}}, []policy.Subject{plan}, policy.Pass},
		"one":                          {policy.Secrets{n(1), []policy.Place{place}}, []policy.Subject{at}, policy.Fail},
		"three, two without a place":   {policy.Secrets{n(3), []policy.Place{place}}, []policy.Subject{at, plan}, policy.Fail},
		"one without a place":          {policy.Secrets{n(1), []policy.Place{}}, []policy.Subject{plan}, policy.Fail},
		"not counted":                  {policy.Secrets{nil, []policy.Place{}}, []policy.Subject{plan}, policy.Undecidable},
		"not counted, but one is seen": {policy.Secrets{nil, []policy.Place{place}}, []policy.Subject{plan}, policy.Undecidable},
		"not looked for":               {policy.Secrets{n(0), nil}, []policy.Subject{plan}, policy.Undecidable},
		"fewer counted than seen":      {policy.Secrets{n(0), []policy.Place{place}}, []policy.Subject{plan}, policy.Undecidable},
		"a count below zero":           {policy.Secrets{n(-1), []policy.Place{}}, []policy.Subject{plan}, policy.Undecidable},
	} {
		in := input()
		in.Secrets = c.secrets
		p, verdicts, err := policy.Review(t.Context(), policy.Builtin{}, in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []policy.Subject
		for _, v := range verdicts {
			got = append(got, v.Subject)
			if v.Result != c.result || v.Control != "CORE-04" || v.Level != policy.Deny || v.Waivable {
				t.Errorf("%s: got %+v, want CORE-04 %s", name, v, c.result)
			}
			if v.Message == "" || (v.Remedy == "") != (c.result == policy.Pass) {
				t.Errorf("%s: message %q, remedy %q", name, v.Message, v.Remedy)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: subjects (-want +got):\n%s", name, diff)
		}
		if p.Covers("sha256:a") != (c.result == policy.Pass) {
			t.Errorf("%s: a permit: %t", name, p.Covers("sha256:a"))
		}
	}
}

func TestACancelledReviewRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p, _, err := policy.Review(ctx, policy.Builtin{}, input()); !errors.Is(err, policy.ErrRefused) || p.Covers("sha256:a") {
		t.Errorf("got %v, want ErrRefused", err)
	}
}

func TestTheTallyCountsEveryVerdictOnce(t *testing.T) {
	all := policy.Verdicts{
		verdict(policy.Pass, policy.Deny, false), verdict(policy.Pass, policy.Warn, false),
		verdict(policy.Fail, policy.Warn, false), verdict(policy.Undecidable, policy.Warn, false),
		verdict(policy.Fail, policy.Deny, false), verdict(policy.Undecidable, policy.Deny, true),
		verdict(policy.Waived, policy.Deny, false), verdict(policy.Waived, policy.Deny, true),
		verdict(policy.NotApplicable, policy.Deny, false),
	}
	want := policy.Tally{Pass: 2, Warn: 2, Deny: 3, Waived: 1, NotApplicable: 1}
	if diff := cmp.Diff(want, all.Tally()); diff != "" {
		t.Errorf("Tally (-want +got):\n%s", diff)
	}
	if !(policy.Verdicts{}).Denied() {
		t.Error("no verdicts at all do not deny")
	}
}
