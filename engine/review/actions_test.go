package review_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// told is an action in one line: what it does, to how many rows of which table, and what the plan says of it.
func told(a policy.Action) string {
	text := func(p *string) string {
		if p == nil {
			return "-"
		}
		return *p
	}
	rows := "?"
	if a.Rows != nil {
		rows = fmt.Sprint(*a.Rows)
	}
	out := fmt.Sprintf("%s/%s %s %s", a.Kind, text(a.Operation), strings.TrimPrefix(a.Dataset, "target.postgres.scr.table"), rows)
	for flag, is := range map[string]bool{" destructive": a.Destructive, " reversible": a.Reversible} {
		if is {
			out += flag
		}
	}
	return out + fmt.Sprintf(" %s irreversible=%t exposure=%t %v %v %v", text(a.Category), a.Irreversible, a.Exposure, a.Reasons, a.TreatedAs, a.Classes)
}

func allTold(all []policy.Action) []string {
	out := []string{}
	for _, a := range all {
		out = append(out, told(a))
	}
	return out
}

const holds = " [personal personal.name]"

func TestEveryKindOfActionIsNamedForWhatItDoesToRows(t *testing.T) {
	plain := " - irreversible=false exposure=false [] []" + holds
	gone := " - irreversible=true exposure=false [] []" + holds
	for name, c := range map[string]struct {
		given plan.Action
		want  []string
	}{
		"create":                        {plan.Action{Kind: plan.Create, Rows: 3, Exact: true}, []string{`create/create ["clinical.patient"] 3 reversible` + plain}},
		"create, rows only estimated":   {plan.Action{Kind: plan.Create, Rows: 3}, []string{`create/create ["clinical.patient"] ? reversible` + plain}},
		"append":                        {plan.Action{Kind: plan.Append, Rows: 3, Exact: true}, []string{`create/append ["clinical.patient"] 3 reversible` + plain}},
		"backfill":                      {plan.Action{Kind: plan.Backfill}, []string{`create/backfill ["clinical.patient"] ? reversible` + plain}},
		"upsert":                        {plan.Action{Kind: plan.Upsert, Rows: 0, Exact: true}, []string{`merge/upsert ["clinical.patient"] 0` + plain}},
		"upsert that removes":           {plan.Action{Kind: plan.Upsert, Removes: 2, Irreversible: true}, []string{`merge/upsert ["clinical.patient"] ?` + gone, `delete/upsert ["clinical.patient"] 2 destructive` + gone}},
		"prune":                         {plan.Action{Kind: plan.Prune, Removes: 4, Irreversible: true}, []string{`delete/prune ["clinical.patient"] 4 destructive` + gone}},
		"remap":                         {plan.Action{Kind: plan.Remap}, []string{`update/remap ["clinical.patient"] ? destructive` + plain}},
		"repair":                        {plan.Action{Kind: plan.Repair}, []string{`update/repair ["clinical.patient"] ? destructive` + plain}},
		"a wider column":                {plan.Action{Kind: plan.Alter}, []string{`alter/alter ["clinical.patient"] ?` + plain}},
		"a narrower column":             {plan.Action{Kind: plan.Alter, Irreversible: true}, []string{`alter/alter ["clinical.patient"] ? destructive` + gone}},
		"reload":                        {plan.Action{Kind: plan.Reload, Rows: 3, Exact: true, Removes: 5, Irreversible: true}, []string{`overwrite/reload ["clinical.patient"] 3 destructive` + gone}},
		"rollback":                      {plan.Action{Kind: plan.Rollback, Irreversible: true}, []string{`overwrite/rollback ["clinical.patient"] ? destructive` + gone}},
		"adopt":                         {plan.Action{Kind: plan.Adopt}, []string{`record/adopt ["clinical.patient"] ? reversible` + plain}},
		"adopt that puts rows right":    {plan.Action{Kind: plan.Adopt, Rows: 2, Exact: true}, []string{`update/adopt ["clinical.patient"] 2 destructive` + plain}},
		"an action nobody has heard of": {plan.Action{Kind: "shuffle"}, []string{`update/- ["clinical.patient"] ? destructive` + plain}},
		"move":                          {plan.Action{Kind: plan.Move}, []string{`record/move ["clinical.patient"] ? reversible` + plain}},
		"govern":                        {plan.Action{Kind: plan.Govern}, []string{`record/govern ["clinical.patient"] ? reversible` + plain}},
		"key map":                       {plan.Action{Kind: plan.MapKeys}, []string{`record/map_keys ["clinical.patient"] ? reversible` + plain}},
		"no change":                     {plan.Action{Kind: plan.Keep}, []string{}},
	} {
		p := made()
		p.Mappings = p.Mappings[1:]
		p.Mappings[0].Actions = []plan.Action{c.given}
		if diff := cmp.Diff(c.want, allTold(input(p, facts()).Actions)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAnActionSaysWhatThePlanJudgedOfIt(t *testing.T) {
	p := made()
	a := plan.Action{Kind: plan.Prune, Removes: 7, Reasons: []plan.Reason{{Code: "B107", Text: "SECRET-TEXT"}, {Code: "B107"}, {Code: "X201"}}}
	a.Judge([]plan.Treated{{Code: "B107", Category: plan.Corrective, Reason: "The board knows"}})
	p.Mappings[1].Actions = []plan.Action{a}
	in := input(p, facts())
	want := []string{"record/forget  ? reversible - irreversible=false exposure=false [] [] []",
		`delete/prune ["clinical.patient"] 7 destructive corrective irreversible=true exposure=true [B107 X201] [{B107 breaking corrective The board knows}]` + holds}
	if diff := cmp.Diff(want, allTold(in.Actions)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if at(t, in, "plan", "category") != "corrective" || at(t, in, "plan", "irreversible") != true || at(t, in, "plan", "exposure") != true {
		t.Errorf("the plan: got %+v, want what its action says", in.Plan)
	}
	if at(t, in, "actions", 1, "mapping") != "mapping.patient" {
		t.Errorf("mapping: got %v", at(t, in, "actions", 1, "mapping"))
	}
	text, err := policy.Canonical(in)
	if err != nil || strings.Contains(string(text), "SECRET") {
		t.Errorf("the text of a reason, which may count rows, is in the document (error %v)", err)
	}
	p.Mappings[1].Actions = []plan.Action{{Kind: plan.Keep}}
	p.Mappings = p.Mappings[1:]
	if in := input(p, facts()); at(t, in, "plan", "category") != nil || len(in.Actions) != 0 {
		t.Errorf("a plan with nothing to do: got category %v and actions %v", in.Plan.Category, in.Actions)
	}
}

func TestAStepThatDropsOrEmptiesATableIsAnAction(t *testing.T) {
	p := made()
	p.Mappings = p.Mappings[1:]
	p.Mappings[0].Actions = []plan.Action{{Kind: plan.Keep}}
	old := schema.Ref{Name: "old"}
	p.Steps = []plan.Step{
		{Work: plan.Define, Target: "target.postgres.scr", Change: &schema.Change{Drop: &old}},
		{Work: plan.Define, Target: "target.postgres.scr", Change: &schema.Change{Empty: &old}},
	}
	want := []string{`drop/- ["old"] ? destructive - irreversible=true exposure=false [] [] []`, `truncate/- ["old"] ? destructive - irreversible=true exposure=false [] [] []`}
	in := input(p, facts())
	if diff := cmp.Diff(want, allTold(in.Actions)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if in.Actions[0].Classes != nil {
		t.Errorf("classes of a table that nobody knows: got %v, want null", in.Actions[0].Classes)
	}

	// The copy that a swap has kept holds what the mapping's table held, and what is declared of that holds for it.
	f := facts()
	f.Tables = map[string][]review.Declared{patient: {{Leaf: "retention.legal_hold", Value: true}}}
	drop := plan.Action{Kind: plan.Discard, Reasons: []plan.Reason{{Code: "K101"}}}
	drop.Judge(nil)
	p.Mappings[0].Actions, p.Steps = []plan.Action{drop}, p.Steps[:1]
	p.Steps[0].Mapping = "mapping.patient"
	in = input(p, f)
	want = []string{`record/discard ["clinical.patient"] ? reversible breaking irreversible=true exposure=false [K101] []` + holds,
		`drop/discard ["old"] ? destructive breaking irreversible=true exposure=false [K101] []` + holds}
	if diff := cmp.Diff(want, allTold(in.Actions)); diff != "" {
		t.Errorf("a kept copy (-want +got):\n%s", diff)
	}
	if at(t, in, "datasets", `target.postgres.scr.table["old"]`, "retention", "legal_hold") != true {
		t.Error("the legal hold of the table does not hold for the copy that was kept of it")
	}
}

// A mapping that is gone has no fields in the document, and its table was in none either: no rule about deleting personal
// data, or what is under a legal hold, saw a purge.
func TestAPurgeNamesItsTableAndWhatItHolds(t *testing.T) {
	p, f := made(), facts()
	m := &p.Mappings[1]
	m.Before, m.Definition = m.Definition, nil
	m.Actions = []plan.Action{{Kind: plan.Delete, Category: "breaking", Removes: 12, Reasons: []plan.Reason{{Code: "F002"}}, Irreversible: true}}
	p.Mappings, p.Steps = p.Mappings[1:], nil
	f.Tables = map[string][]review.Declared{patient: {{Leaf: "retention.legal_hold", Value: true}}}
	in := input(p, f)
	want := []string{`delete/delete ["clinical.patient"] 12 destructive breaking irreversible=true exposure=false [F002] []` + holds}
	if diff := cmp.Diff(want, allTold(in.Actions)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if at(t, in, "datasets", patient, "retention", "legal_hold") != true {
		t.Error("what is declared of the table is not in the document")
	}
	if len(in.Fields) != 0 || len(in.Index.ByDataset) != 0 {
		t.Errorf("fields: got %v, want none: nothing is written to them", in.Fields)
	}
}

// The mapping that --target leaves out is a subject of every rule, and nothing is done for it.
func TestAPartOfAPlanHidesNoMapping(t *testing.T) {
	whole := made()
	whole.Mappings[1].Actions, whole.Steps = []plan.Action{{Kind: plan.Keep}}, nil
	part := made()
	hidden := part.Mappings[1]
	hidden.Actions = []plan.Action{}
	part.Mappings, part.Steps = part.Mappings[:1], nil
	part.Inputs.Subset = &plan.Subset{Target: []string{"mapping.gone"}, Exclude: []string{}, Left: []string{"mapping.patient"}, Notes: []string{}, Mappings: []plan.Mapping{hidden}}
	a, b := input(whole, facts()), input(part, facts())
	for name, pair := range map[string][2]any{"datasets": {a.Datasets, b.Datasets}, "fields": {a.Fields, b.Fields}, "index": {a.Index, b.Index}, "systems": {a.Systems, b.Systems},
		"transfers": {a.Transfers, b.Transfers}, "filters": {a.Filters, b.Filters}, "actions": {a.Actions, b.Actions}, "verification": {a.Verification, b.Verification}, "quality": {a.Quality, b.Quality}, "risk": {a.Risk, b.Risk}} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s of the whole and of the part differ (-whole +part):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]any{"mapping.patient"}, at(t, b, "plan", "left_out")); diff != "" {
		t.Errorf("left_out (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{}, at(t, a, "plan", "left_out")); diff != "" {
		t.Errorf("left_out of the whole (-want +got):\n%s", diff)
	}
	for _, c := range b.Verification.Controls {
		if c.Runs {
			t.Errorf("%s: the control runs, and no row of its table moves", c.ID)
		}
	}
	if got := review.Balances(part, map[string]review.Result{"mapping.patient": {Proved: true}}); len(got) != 0 {
		t.Errorf("results of controls that did not run: got %v", got)
	}
	if whole.Intent() == part.Intent() {
		t.Error("a part means what the whole does")
	}
}
