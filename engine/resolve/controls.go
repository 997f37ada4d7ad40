package resolve

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// controls checks the fields that controls name: columns of the source that pass through.
func (f *fielder) controls() {
	for _, b := range f.in.config.Controls {
		ok := true
		for _, name := range b.Sum {
			p := f.passing(b.Name, name, b.SumRange)
			if p != nil && !(exactNumber(p.Value) && exactNumber(p.Column.Type)) {
				f.r.fail(f.in.config, b.SumRange, "control-field", "No exact total",
					"Control %q sums field %q, which is %s. A control adds up integers and decimals, whose totals are exact.", b.Name, name, p.Column.Type)
				p = nil
			}
			ok = ok && p != nil
		}
		for _, name := range b.By {
			p := f.passing(b.Name, name, b.ByRange)
			if p != nil && !groups(p.Column.Type) {
				f.r.fail(f.in.config, b.ByRange, "control-field", "No groups",
					"Control %q groups by field %q, which is %s, and equal values of that type may be written in several ways. Group by another field.", b.Name, name, p.Column.Type)
				p = nil
			}
			ok = ok && p != nil
		}
		if ok {
			f.def().Controls = append(f.def().Controls, plan.Control{Name: b.Name, Sum: slices.Clone(b.Sum), By: slices.Clone(b.By), Tolerance: b.Tolerance, At: place(b.Range)})
		}
	}
}

// passing is a field that is a source column as it is, nil where it is none.
func (f *fielder) passing(control, name string, at diag.Range) *plan.Field {
	p := fieldOf(f.def(), name)
	switch {
	case p == nil && f.tried[name]:
		return nil // said already
	case p == nil:
		f.r.fail(f.in.config, at, "unknown-field", "Unknown field", "Control %q names %q, and the mapping has no such field.%s",
			control, name, diag.Suggest(name, fieldNames(f.def())))
	case p.Plain == "":
		f.r.fail(f.in.config, at, "control-field", "A field that does not pass through",
			"Control %q names field %q, which is computed. A control compares columns that are the same on both sides; for computed ones write a check block.", control, name)
		return nil
	}
	return p
}

func exactNumber(t schema.Type) bool { return t.IsInteger() || t.Kind == schema.Decimal }

// groups reports whether equal values of a type have one text.
func groups(t schema.Type) bool {
	switch t.Kind {
	case schema.String, schema.Enum, schema.UUID, schema.Bool, schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ:
		return true
	}
	return t.IsInteger() || t.Kind == schema.Decimal && t.Precision > 0
}
