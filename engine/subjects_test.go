package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
)

// everySubject denies whatever a rule can be about.
const everySubject = `package own

deny contains {"msg": "Not this one.", "subject": {"kind": s[0], "id": s[1]}} if some s in _subjects

_subjects contains ["plan", "plan"]
_subjects contains ["system", id] if some id, _ in input.systems
_subjects contains ["dataset", id] if some id, _ in input.datasets
_subjects contains ["field", id] if some id, _ in input.fields
_subjects contains ["transfer", t.id] if some t in input.transfers
_subjects contains ["filter", f.id] if some f in input.filters
_subjects contains ["control", c.id] if some c in input.verification.controls
_subjects contains ["action", concat(" ", [a.kind, a.dataset])] if some a in input.actions
_subjects contains ["mapping", a.mapping] if some a in input.actions
`

const narrowed = `lookup "out" {
  values = { "2" = "out" }
}
`

const itemFilter = `filter "erased" {
    kind      = "erasure"
    lookup    = lookup.out
    key       = "string(src.id)"
    as_of     = "2026-11-19"
    exemption = "ART-17-3"
  }
  control "sums" {
    sum       = ["n"]
    tolerance = "0"
  }`

// documentOf is what a plan prints as JSON.
func documentOf(t *testing.T, out string) (doc struct {
	Input    policy.Input    `json:"policy_input"`
	Verdicts policy.Verdicts `json:"verdicts"`
}) {
	t.Helper()
	line := out[strings.Index(out, "{"):]
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&doc); err != nil {
		t.Fatalf("read the plan: %v\n%s", err, out)
	}
	return doc
}

// The address that a verdict prints is the one that an exemption takes, whatever the verdict is about: a condition of a
// mapping, too, and names with quotes, blanks and arrows in them.
func TestAnExemptionCanNameEverySubjectThatARuleHas(t *testing.T) {
	f := judgedFolder(t, judged("", itemFilter)+narrowed)
	f.edit("main.miq.hcl", "    table  = \"item\"\n  }\n  to", "    table  = \"item\"\n    where  = \"src.n > 0\"\n  }\n  to")
	f.write("rules/own.rego", everySubject)
	doc := documentOf(t, f.exits(4, "plan", "--json"))
	var kinds []string
	exemptions := unapproved
	for i, v := range doc.Verdicts {
		if v.Control != "own.deny" {
			continue
		}
		kinds = append(kinds, v.Subject.Kind)
		if v.Subject.File == "" || v.Subject.Line == 0 {
			t.Errorf("%s %s: nobody says where it stands", v.Subject.Kind, v.Subject.ID)
		}
		exemptions += exempt(fmt.Sprintf("x%d", i), "own.deny", v.Subject.ID, "2026-12-31")
	}
	slices.Sort(kinds)
	if got, want := strings.Join(slices.Compact(kinds), " "), "action control dataset field filter mapping plan system transfer"; got != want {
		t.Fatalf("kinds of subjects: got %s, want %s", got, want)
	}
	for _, id := range []string{"mapping.item.where", "mapping.item.filter.erased", `target.sqlite.new.table["item"]`, `create target.sqlite.new.table["item"]`, "source.sqlite.shop -> target.sqlite.new"} {
		if !strings.Contains(exemptions, fmt.Sprintf("%q", id)) {
			t.Errorf("no verdict is about %s", id)
		}
	}
	f.write("exempt.miq.hcl", exemptions)
	holds(t, f.exits(0, "plan"), "0 deny")
	f.apply()
}

// Rules that want every exclusion explained find the words beside the condition and the filter.
func TestAConditionAndAFilterSayWhatPoliciesAskOfThem(t *testing.T) {
	f := judgedFolder(t, judged("", itemFilter)+narrowed)
	f.edit("main.miq.hcl", `column "code" { classify = ["none"] }`, `column "code" { classify = ["nhs_number_status"] }`)
	f.edit("main.miq.hcl", "    table  = \"item\"\n  }\n  to", "    table  = \"item\"\n    where  = \"src.code == 'a' && src.n > 0\"\n    exemption = \"Only what was traced\"\n  }\n  to")
	doc := documentOf(t, f.exits(0, "plan", "--json"))
	before := doc.Input.Plan.IntentDigest
	var got []string
	for _, one := range doc.Input.Filters {
		got = append(got, fmt.Sprintf("%s %s %v", one.ID, *one.Exemption, one.Keeps))
	}
	want := []string{"mapping.item.where Only what was traced [nhs_number_status=a]", "mapping.item.filter.erased ART-17-3 []"}
	if !slices.Equal(got, want) {
		t.Errorf("filters: got %v, want %v", got, want)
	}
	f.edit("main.miq.hcl", "Only what was traced", "Other words")
	if after := documentOf(t, f.exits(0, "plan", "--json")).Input.Plan.IntentDigest; after == before {
		t.Error("an approval would go on for other words")
	}
	f.edit("main.miq.hcl", "    where  = \"src.code == 'a' && src.n > 0\"\n", "")
	holds(t, f.exits(1, "validate"), `"exemption" says why "where" may leave rows out`)
}

// The mapping that a rule denies was out of its sight with --target, and so was a pair of mappings that only together are
// what the rule is against.
func TestAPartOfThePlanHidesNoMappingFromARule(t *testing.T) {
	f := judgedFolder(t, judged("", "")+`
mapping "hidden" {
  from {
    source = source.sqlite.shop
    table  = "item"
    where  = "src.n > 1"
  }
  to {
    target = target.sqlite.new
    table  = "hidden"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "secret" { from = "code" }
}
`)
	f.write("rules/own.rego", `package own

deny contains {"msg": "No secrets.", "subject": {"kind": "field", "id": id}} if {
	some id, f in input.fields
	f.column == "secret"
}

deny contains {"msg": "Not both.", "subject": {"kind": "plan", "id": "plan"}} if {
	some f in input.filters
	f.dataset == "target.sqlite.new.table[\"hidden\"]"
	count(input.index.by_dataset) > 1
}
`)
	before := items(t, f)
	for _, part := range []string{"--target=mapping.item", "--exclude=mapping.hidden"} {
		holds(t, f.exits(4, "plan", part, "--out", "part.plan"), "deny own.deny  mapping.hidden.field.secret  main.miq.hcl:", "No secrets.", "Not both.")
		holds(t, f.exits(4, "apply", part, "--auto-approve"), "nothing was changed")
		holds(t, f.exits(4, "apply", "part.plan"), "nothing was changed")
	}
	if got := items(t, f); got != before {
		t.Errorf("the target: got %s, want %s", got, before)
	}

	f.write("rules/own.rego", against(`a.mapping == "mapping.hidden"`))
	doc := documentOf(t, f.exits(0, "plan", "--target=mapping.item", "--json"))
	if got := doc.Input.Plan.LeftOut; !slices.Equal(got, []string{"mapping.hidden"}) {
		t.Errorf("left_out: got %v", got)
	}
	for _, c := range doc.Input.Verification.Controls {
		if hidden := strings.HasPrefix(c.ID, "mapping.hidden."); c.Runs == hidden {
			t.Errorf("control %s runs: %t", c.ID, c.Runs)
		}
	}
	f.exits(0, "plan", "--target=mapping.item", "--out", "part.plan")
	f.exits(0, "apply", "part.plan")
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM sqlite_schema WHERE name = 'hidden'"); got != "0" {
		t.Error("what is left out was made")
	}
	f.exits(4, "plan")
	f.exits(0, "plan", "--target=mapping.item")
}
