package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/lang"
)

// shop is a table, a mapping of it, and what a change of the mapping is judged.
const shop = "source Item id int64 key, n int32, label string(20), note string(5)?, at timestamp(3)\n"

func TestAChangeIsJudgedByWhatReadersOfTheTargetSee(t *testing.T) {
	const before = "mapping item Item item key=id\nfield item id src.id\nfield item n src.n\nfield item label src.label\n"
	for name, c := range map[string]struct {
		before, now string
		change      func(m *lang.Mapping)
		want        string
	}{
		"nothing":                   {now: before, want: "corrective irreversible: R001"},
		"a column more":             {now: before + "field item at src.at\n", want: "corrective irreversible: R001 A101 column at is added"},
		"a column less":             {now: strings.Replace(before, "field item n src.n\n", "", 1), want: "breaking irreversible: R001 B101 column n is dropped"},
		"another name":              {now: strings.Replace(before, "item n src.n", "item count src.n", 1), want: "breaking irreversible: R001 B105 column n is called count now"},
		"another name and meaning":  {now: strings.Replace(before, "item n src.n", "item count src.n + 1", 1), want: "breaking irreversible: R001 A101 column count is added B101 column n is dropped"},
		"computed in another way":   {now: strings.Replace(before, "src.label", "text.upper(src.label)", 1), want: "corrective irreversible: R001 A102 column label is widened from string(20) to string R101 field label is made in another way"},
		"a condition":               {now: before + "where item src.n > 5\n", want: "breaking irreversible: R001 B107 rows may leave the target: the condition src.n > 5 is new or another one"},
		"a condition less":          {before: before + "where item src.n > 5\n", now: before, want: "corrective irreversible: R001 A107 rows enter: the condition src.n > 5 is gone"},
		"another key":               {now: strings.Replace(before, "key=id", "key=n", 1), want: "breaking irreversible: R001 B104 the key changed"},
		"another type of one kind":  {now: strings.Replace(before, "src.n", "src.n + 1000000000000", 1), want: "corrective irreversible: R001 A102 column n is widened from int32 to int64 R101 field n is made in another way"},
		"a mode that builds anew":   {now: strings.Replace(before, "key=id", "key=id mode=replace", 1), want: "breaking irreversible: R001 B110 the mode changed to or from replace"},
		"from elsewhere":            {now: "source Other id int64 key, n int32, label string(20)\n" + strings.Replace(before, "mapping item Item", "mapping item Other", 1), want: "breaking irreversible: R001 B109 the rows come from somewhere else"},
		"null where there was none": {now: strings.Replace(before, "src.label", "src.note", 1), want: "breaking irreversible: R001 B102 column label is narrowed from string(20) to string(5) B113 column label may be null, and never was R101 field label is made in another way"},
		"null no more":              {before: strings.Replace(before, "src.label", "src.note", 1), now: strings.Replace(before, "src.label", "src.label", 1), want: "breaking irreversible: R001 A102 column label is widened from string(5) to string(20) B103 column label cannot be null any more R101 field label is made in another way"},
		"another kind":              {now: strings.Replace(before, "src.label", "src.at", 1), want: "breaking irreversible: R001 B106 column label was string(20) and is timestamp(3) R101 field label is made in another way"},
		"taken for something else": {now: strings.Replace(before, "item n src.n", "item count src.n", 1), change: func(m *lang.Mapping) {
			m.Lifecycle.TreatAs = []lang.TreatAs{{Code: "B105", Category: "additive", Reason: "nobody reads it"}}
		}, want: "corrective irreversible: R001 B105 column n is called count now; B105 is breaking, treated as additive: nobody reads it"},
		"taken for something graver": {now: before + "field item at src.at\n", change: func(m *lang.Mapping) {
			m.Lifecycle.TreatAs = []lang.TreatAs{{Code: "A101", Category: "breaking", Reason: "the table is full"}}
		}, want: "breaking irreversible: R001 A101 column at is added; A101 is additive, treated as breaking: the table is full"},
	} {
		t.Run(name, func(t *testing.T) {
			was := c.before
			if was == "" {
				was = before
			}
			f, diags := facts(t, shop+c.now+"replace mapping.item\nnorefresh\n", shop+was, "mapping.item rows=3\n")
			if diags.HasErrors() {
				t.Fatal(diags.Err())
			}
			if c.change != nil {
				c.change(f.Mappings[0].Config)
			}
			have, _ := answers(t, f, "")
			p, diags := planner.Build(f, have)
			if p == nil {
				t.Fatal(diags.Err())
			}
			if diff := cmp.Diff(c.want, judged(p.Mappings[0].Actions[0])); diff != "" {
				t.Errorf("judged (-want +got):\n%s", diff)
			}
		})
	}
}

func judged(a plan.Action) string {
	out := a.Category
	if a.Irreversible {
		out += " irreversible"
	}
	out += ":"
	for _, r := range a.Reasons {
		out += " " + r.Code
		if r.Code != "R001" {
			out += " " + r.Text
		}
	}
	for _, x := range a.Treated {
		out += "; " + x.Code + " is " + x.From + ", treated as " + x.Category + ": " + x.Reason
	}
	return out
}

// What comes for the first time, or from data alone, breaks nothing and takes nothing away.
func TestTheFirstLoadBreaksNothing(t *testing.T) {
	f, _ := facts(t, shop+"mapping item Item item key=id\n", "", "")
	have, _ := answers(t, f, "source_rows mapping.item = 3\n")
	p, diags := planner.Build(f, have)
	if p == nil {
		t.Fatal(diags.Err())
	}
	if got, want := judged(p.Mappings[0].Actions[0]), "additive: C001 new mapping"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
