package planner

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// conflicting says of rows that a change leaves why they may be neither what the mapping made nor what it makes. Behind a
// cursor, in mode append, and while a field was gone, the source may have changed too without that being told.
func (d *decision) conflicting(n int64, exact bool) string {
	who := fmt.Sprintf("Somebody else changed %s of table %s", quantity(n, exact), d.m.Definition.TargetTable)
	if unseen := d.unseen(); unseen != "" {
		who += ", or " + unseen
	}
	return who + ": what stands there neither the mapping of before makes nor that of now. It stays as it is; `lifecycle { on_target_drift = \"repair\" }` writes over them."
}

// unseen is which change of the source no run has seen, "" where all are.
func (d *decision) unseen() string {
	switch def := d.m.Definition; {
	case def.Cursor != nil:
		return "the source changed without its cursor telling"
	case def.Mode == "append":
		return "the source changed, and mode append takes no change"
	case d.out.Before != nil && len(d.out.Before.Former) > 0:
		return "the source changed while field " + d.out.Before.Former[0].Field.Name + " was gone"
	}
	return ""
}

// facets are the parts of a field beside its expression, as a plan shows them where the expression is the same.
func facets(before, after *plan.Field) (was, is string) {
	add := func(name, a, b string) {
		if a != b {
			was, is = joined(was, name+" "+a), joined(is, name+" "+b)
		}
	}
	null := func(f *plan.Field) string {
		if f.Column.Null {
			return "true"
		}
		return "false"
	}
	add("type", before.Column.Type.String(), after.Column.Type.String())
	add("null", null(before), null(after))
	add("expect", orNothing(before.Expect), orNothing(after.Expect))
	add("on_row_error", orNothing(before.OnRowError), orNothing(after.OnRowError))
	add("allow_lossy", orNothing(before.Fidelity.Allow), orNothing(after.Fidelity.Allow))
	return was, is
}

func joined(list, item string) string {
	if list == "" {
		return item
	}
	return list + ", " + item
}

func orNothing(text string) string {
	if text == "" {
		return "(nothing)"
	}
	return text
}

// changed is a field that is made in another way: by another expression, or else what beside it is another.
func (c *difference) changed(f plan.Field) plan.Change {
	out := plan.Change{What: "field " + f.Name, Before: celOf(c.before, f.Name), After: f.CEL, At: f.At}
	was := fieldOf(c.before, f.Name)
	if was == nil || was.CEL != f.CEL {
		return out
	}
	if before, after := facets(was, &f); before != after {
		out.Before, out.After = before, after
	}
	return out
}

// readsAs reports whether a column can still be read as it was: of its type, and without nulls where it had none.
func readsAs(now, was schema.Column) bool {
	return now.Type.Equal(was.Type) && (was.Null || !now.Null)
}
