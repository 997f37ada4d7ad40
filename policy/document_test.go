package policy_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

func TestEveryLeafCanBeSetByItsName(t *testing.T) {
	var in policy.Input
	for leaf, value := range map[string]any{
		"project.role": "controller", "project.jurisdictions": []string{"uk"}, "processing.legal_basis.art6": "e", "processing.subject_estimate": int64(5), "processing.automated_decisions": true,
		"processing.dpia.approved_at": "2026-11-02", "processing.dpia.expires": "2027-11-02", "audit.hash_chain.anchor": "tsa",
	} {
		if err := policy.Set(&in, leaf, value); err != nil {
			t.Error(err)
		}
	}
	if *in.Project.Role != "controller" || in.Project.Jurisdictions[0] != "uk" || *in.Processing.SubjectEstimate != 5 || !*in.Processing.AutomatedDecisions {
		t.Errorf("got %+v and %+v", in.Project, in.Processing)
	}
	if a, e := *in.Processing.DPIA.ApprovedAt, *in.Processing.DPIA.Expires; a != "2026-11-02T00:00:00Z" || e != "2027-11-02T23:59:59Z" {
		t.Errorf("days: got %s and %s, want a beginning and an end", a, e)
	}
	for leaf, value := range map[string]any{"project.rule": "x", "project.role": true, "project.role.x": "x", "project": "x", "audit.fields": "x", "processing.subject_estimate": "5"} {
		if err := policy.Set(&in, leaf, value); err == nil || strings.Contains(err.Error(), "5 ") {
			t.Errorf("set %s to %v: got error %v, want one", leaf, value, err)
		}
	}
}

// Without a fact a leaf is null, and no member is ever left out.
func TestWhatNobodyKnowsIsNull(t *testing.T) {
	raw, err := json.Marshal(policy.Input{})
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	nulls := 0
	var walk func(at string, v any, typ reflect.Type)
	walk = func(at string, v any, typ reflect.Type) {
		members, ok := v.(map[string]any)
		if !ok {
			if v == nil {
				nulls++
			}
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			name := f.Tag.Get("json")
			member, there := members[name]
			if !there || strings.Contains(name, "omitempty") {
				t.Errorf("%s.%s is not in the document", at, name)
			}
			if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[time.Time]() {
				walk(at+"."+name, member, f.Type)
			} else {
				walk(at+"."+name, member, nil)
			}
		}
	}
	walk("input", doc, reflect.TypeFor[policy.Input]())
	if nulls < 100 {
		t.Errorf("nulls: got %d, want the document's optional leaves", nulls)
	}
}

func TestTheRiskIsTheSumOfItsFactors(t *testing.T) {
	yes, gb, fr, prod := true, "GB", "FR", "prod"
	many := int64(100_001)
	verified := policy.Verification{Level: "checksums"}
	for name, c := range map[string]struct {
		in      policy.Input
		score   int
		factors string
	}{
		"nothing":                    {policy.Input{Verification: verified}, 0, ""},
		"no proof":                   {policy.Input{Verification: policy.Verification{Level: "none"}}, 15, "unproven"},
		"personal data":              {policy.Input{Verification: verified, Index: policy.Index{ByClass: map[string][]string{"personal": {"f"}, "personal.name": {"f"}}}}, 10, "personal_data"},
		"a class below":              {policy.Input{Verification: verified, Index: policy.Index{ByClass: map[string][]string{"special.ethnicity": {"f"}}}}, 25, "special_category"},
		"a class without fields":     {policy.Input{Verification: verified, Index: policy.Index{ByClass: map[string][]string{"special": {}}}}, 0, ""},
		"a class of a like name":     {policy.Input{Verification: verified, Index: policy.Index{ByClass: map[string][]string{"specialist": {"f"}}}}, 0, ""},
		"many people":                {policy.Input{Verification: verified, Processing: policy.Processing{SubjectEstimate: &many}}, 10, "many_people"},
		"destruction":                {policy.Input{Verification: verified, Actions: []policy.Action{{Destructive: true}}}, 35, "destructive destructive_without_backup"},
		"destruction, with a backup": {policy.Input{Verification: verified, Actions: []policy.Action{{Destructive: true, Backup: policy.Backup{Verified: &yes}}}}, 20, "destructive"},
		"out of the country":         {policy.Input{Verification: verified, Transfers: []policy.Transfer{{FromCountry: &gb, ToCountry: &fr}, {FromCountry: &gb}}}, 15, "leaves_country"},
		"within the country":         {policy.Input{Verification: verified, Transfers: []policy.Transfer{{FromCountry: &gb, ToCountry: &gb}}}, 0, ""},
		"into production":            {policy.Input{Verification: verified, Systems: map[string]policy.System{"t": {Roles: []string{"target"}, Environment: &prod}, "s": {Roles: []string{"source"}}}}, 10, "production"},
		"out of production":          {policy.Input{Verification: verified, Systems: map[string]policy.System{"s": {Roles: []string{"source"}, Environment: &prod}}}, 0, ""},
		"all at once": {policy.Input{Index: policy.Index{Unclassified: []string{"f"}, ByClass: map[string][]string{"personal": {"f"}, "special": {"f"}, "pan": {"f"}, "child_data": {"f"}, "criminal_offence": {"f"}}},
			Verification: policy.Verification{Level: "none"}}, 100, "personal_data special_category criminal_offence children card_data unclassified_fields unproven"},
	} {
		got := policy.Assess(c.in)
		var names []string
		for _, f := range got.Factors {
			names = append(names, f.ID)
		}
		if got.Score != c.score || strings.Join(names, " ") != c.factors {
			t.Errorf("%s: got %d by %v, want %d by %s", name, got.Score, names, c.score, c.factors)
		}
	}
}
