package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// hazards gives every action of a decision its reasons, category and flags. They follow from the recorded definition and
// the new one alone, so that the same change is judged alike by whichever action it is carried out.
func (w *worker) hazards(d *decision) {
	treated := TreatedBy(d.m.Config.Lifecycle.TreatAs)
	if d.prior != nil && d.m.Standing != nil {
		var before plan.Definition
		if json.Unmarshal(d.prior.Definition, &before) == nil && before.Target != "" {
			w.explained(d, hazards(&before, d.m.Definition, d))
		}
	}
	for i := range d.out.Actions {
		d.out.Actions[i].Judge(treated)
	}
}

// explained gives each reason to the action that carries it out. What the planner found row by row is not guessed again from
// the conditions, and what an action says already is not said twice.
func (w *worker) explained(d *decision, all []plan.Reason) {
	counted := d.out.Before != nil && w.f.Refresh
	for _, r := range all {
		if counted && (r.Code == "B107" || r.Code == "A107") || d.says(r) {
			continue
		}
		if i := bearer(d.out.Actions, r.Code); i >= 0 {
			a := &d.out.Actions[i]
			a.Reasons = append(slices.Clone(a.Reasons), r)
		}
	}
}

func (d *decision) says(r plan.Reason) bool {
	return slices.ContainsFunc(d.out.Actions, func(a plan.Action) bool {
		return slices.ContainsFunc(a.Reasons, func(h plan.Reason) bool { return h.Code == r.Code && (h.Text == r.Text || oncePer(r.Code)) })
	})
}

// TreatedBy is what the author takes reasons for, as the plan has it.
func TreatedBy(all []lang.TreatAs) []plan.Treated {
	var out []plan.Treated
	for _, t := range all {
		out = append(out, plan.Treated{Code: t.Code, Category: t.Category, Reason: t.Reason})
	}
	return out
}

// bearer is the action that tells a reason: one of the kinds that are about such a thing, else the first that touches the
// table. Where none does, nothing is carried out yet and nothing is judged.
func bearer(all []plan.Action, code string) int {
	likely := []plan.Kind{plan.Alter, plan.Remap}
	switch code {
	case "R101":
		likely = []plan.Kind{plan.Remap}
	case "B107", "B114":
		likely = []plan.Kind{plan.Prune}
	case "A107", "B109":
		likely = []plan.Kind{plan.Backfill}
	}
	for _, k := range likely {
		if i := slices.IndexFunc(all, func(a plan.Action) bool { return a.Kind == k }); i >= 0 {
			return i
		}
	}
	idle := []plan.Kind{plan.Move, plan.Govern, plan.Forget, plan.Keep, plan.Create, plan.Adopt}
	return slices.IndexFunc(all, func(a plan.Action) bool { return !slices.Contains(idle, a.Kind) })
}

// oncePer: a code that is about the mapping as a whole is said once, in the words of who said it first.
func oncePer(code string) bool {
	return slices.Contains([]string{"B104", "B107", "B109", "B110", "B114", "A107", "R101"}, code)
}

// table is what a change does to the table that stands.
type table interface {
	follows(from, to string) bool // a column goes along with a field under another name
	holds(column string) bool     // the table has a column already
	renews() bool                 // it is built anew, with the columns of now alone
}

func (d *decision) holds(column string) bool {
	_, ok := d.m.Standing.Column(column)
	return ok
}

func (d *decision) renews() bool { return d.beside }

// hazards compares what readers of the target see of two definitions.
func hazards(before, after *plan.Definition, t table) []plan.Reason {
	var out []plan.Reason
	add := func(code, text string, args ...any) { out = append(out, reason(code, text, args...)...) }
	var anew []string
	gone, renamed := []plan.Field{}, map[string]string{}
	for _, f := range before.Fields {
		if fieldOf(after, f.Name) == nil {
			gone = append(gone, f)
		}
	}
	for _, f := range after.Fields {
		was := fieldOf(before, f.Name)
		if was != nil {
			columnHazards(was, &f, add)
			if was.Canonical != f.Canonical {
				anew = append(anew, f.Name)
			}
			continue
		}
		i := slices.IndexFunc(gone, func(g plan.Field) bool { return renamed[g.Name] == "" && renames(&g, &f) && t.follows(g.Name, f.Name) })
		if i < 0 && t.holds(f.Name) {
			continue // the column of a field that was gone, which is filled again
		}
		if i < 0 {
			add("A101", "column %s is added", f.Name)
			continue
		}
		renamed[gone[i].Name] = f.Name
		add("B105", "column %s is called %s now", gone[i].Name, f.Name)
	}
	for _, f := range gone {
		switch {
		case renamed[f.Name] != "":
		case t.renews():
			add("B101", "column %s is dropped", f.Name)
		default:
			add("B101", "column %s stays and is filled no more", f.Name)
		}
	}
	if len(anew) > 0 {
		add("R101", "%s made in another way", isOrAre(anew))
	}
	rowHazards(before, after, add)
	return out
}

func fieldOf(d *plan.Definition, name string) *plan.Field {
	i := slices.IndexFunc(d.Fields, func(f plan.Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Fields[i]
}

// renames reports whether two fields differ in nothing but their names.
func renames(a, b *plan.Field) bool {
	return a.Canonical == b.Canonical && a.Column.Type.Equal(b.Column.Type) && a.Column.Null == b.Column.Null
}

func columnHazards(was, now *plan.Field, add func(code, text string, args ...any)) {
	a, b := was.Column, now.Column
	switch {
	case a.Type.Equal(b.Type):
	case holds(b.Type, a.Type):
		add("A102", "column %s is widened from %s to %s", now.Name, a.Type, b.Type)
	case a.Type.Kind == b.Type.Kind || holds(a.Type, b.Type):
		add("B102", "column %s is narrowed from %s to %s", now.Name, a.Type, b.Type)
	default:
		add("B106", "column %s was %s and is %s", now.Name, a.Type, b.Type)
	}
	switch {
	case a.Null && !b.Null:
		add("B103", "column %s cannot be null any more", now.Name)
	case !a.Null && b.Null:
		add("B113", "column %s may be null, and never was", now.Name)
	}
}

// holds reports whether every value of b has a place in a, unchanged.
func holds(a, b schema.Type) bool {
	integers := []schema.Kind{schema.Int16, schema.Int32, schema.Int64}
	i, j := slices.Index(integers, a.Kind), slices.Index(integers, b.Kind)
	digits := []int{5, 10, 19}
	switch {
	case a.Equal(b):
		return true
	case a.Native != "" || b.Native != "" || a.Base != "" || b.Base != "":
		return false // what a type of one product holds is known there
	case i >= 0 && j >= 0:
		return i >= j
	case a.Kind == schema.Decimal && j >= 0:
		return a.Precision == 0 || a.Precision-a.Scale >= digits[j]
	case a.Kind == schema.Float64 && b.Kind == schema.Float32:
		return true
	case a.Kind == schema.String && b.Kind == schema.Enum:
		return a.Length == 0 || !slices.ContainsFunc(b.Values, func(v string) bool { return len([]rune(v)) > a.Length })
	case a.Kind != b.Kind:
		return false
	}
	switch a.Kind {
	case schema.String:
		return a.Length == 0 || b.Length > 0 && a.Length >= b.Length
	case schema.Decimal:
		return a.Precision == 0 || b.Precision > 0 && a.Scale >= b.Scale && a.Precision-a.Scale >= b.Precision-b.Scale
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		return a.Precision >= b.Precision
	case schema.Enum:
		return !slices.ContainsFunc(b.Values, func(v string) bool { return !slices.Contains(a.Values, v) })
	case schema.Array:
		return a.Elem != nil && b.Elem != nil && holds(*a.Elem, *b.Elem)
	}
	return false
}

func rowHazards(before, after *plan.Definition, add func(code, text string, args ...any)) {
	if !slices.Equal(before.Key, after.Key) {
		add("B104", "the key changed")
	}
	if (before.Mode == "replace") != (after.Mode == "replace") {
		add("B110", "the mode changed to or from replace")
	}
	if before.Mode != "mirror" && after.Mode == "mirror" {
		add("B114", "rows whose source is gone are deleted from now on")
	}
	if before.Source != after.Source || before.SourceTable != after.SourceTable || before.Query != after.Query {
		add("B109", "the rows come from somewhere else")
	}
	if before.History != nil && after.History != nil {
		return // no row leaves: its version is closed, which the plan counts
	}
	had, has := narrowing(before), narrowing(after)
	fresh := slices.DeleteFunc(slices.Clone(has), func(c string) bool { return slices.Contains(had, c) })
	lost := slices.DeleteFunc(slices.Clone(had), func(c string) bool { return slices.Contains(has, c) })
	switch {
	case len(fresh) > 0:
		add("B107", "rows may leave the target: %s is new or another one", strings.Join(fresh, ", "))
	case len(lost) > 0:
		add("A107", "rows enter: %s is gone", strings.Join(lost, ", "))
	}
}

// narrowing are the conditions that leave rows out.
func narrowing(d *plan.Definition) []string {
	var out []string
	if d.Where != "" {
		out = append(out, "the condition "+d.Where)
	}
	for _, f := range d.Filters {
		out = append(out, fmt.Sprintf("the filter %s (%s in lookup.%s)", f.Name, f.Key, f.Lookup))
	}
	return out
}
