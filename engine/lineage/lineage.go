// Package lineage says for every target field which columns its values come from, what hides them on their way, and
// which classes of data are left in them. It is worked out from the checked expressions of a plan and runs none.
package lineage

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Column is a column of a system.
type Column struct {
	System string
	Table  schema.Ref
	Name   string
}

// Declared gives the classes that somebody wrote down; each may give none.
type Declared struct {
	Column func(Column) []string      // of a column of a system
	Field  func(name string) []string // of a target field itself
}

// Source is a column that a field's values come from, with what hides it on the least protected way.
type Source struct {
	Column
	Type    schema.Type // the zero type where the plan does not read it itself
	By      Protection
	Classes []string // declared of it, sorted
}

// Protection is what happened to a value. Method is a word of the policies' document, "none" for nothing.
type Protection struct {
	Method   string
	Keyed    bool
	Key      string // the name of the key
	KeepLast int
	Band     string
}

// Field is what is known of one target field.
type Field struct {
	Sources []Source
	// Inherited are the classes of the sources, and Effective those that are left behind the protections with what the
	// field itself declares. Both are sorted, and none of them is "none".
	Inherited, Effective []string
	Protection           Protection // the weakest over all classified sources
	Opaque               bool       // which columns it comes from cannot be told
	Tests                []string   // what its `expect` tests values for, as policies name it, sorted
}

// Of works out the fields of a definition, in their order.
func Of(d *plan.Definition, declared Declared) ([]Field, error) {
	out := make([]Field, len(d.Fields))
	for i := range d.Fields {
		f := &d.Fields[i]
		reaches := []expr.Reach{{Column: f.Plain}}
		if f.Ref != nil || d.Filled(f.Name) {
			reaches = nil
		} else if f.Plain == "" {
			e, found := expr.Check(f.CEL, f.At.Range(), d.Scope())
			if found.HasErrors() {
				return nil, fmt.Errorf("follow field %s of %s: %w", f.Name, d.TargetTable, found.Err())
			}
			reaches = e.Reaches()
		}
		out[i] = field(d, f.Ref, reaches, declared)
		var err error
		if out[i].Tests, err = tests(d, f); err != nil {
			return nil, err
		}
		effective := set(out[i].Effective)
		for _, class := range declared.Field(f.Name) {
			for _, c := range Implied(class) {
				effective[c] = true
			}
		}
		out[i].Effective = sorted(effective)
	}
	return out, nil
}

// tests are the identifiers that a field's `expect` tests for, by the functions that it calls.
func tests(d *plan.Definition, f *plan.Field) ([]string, error) {
	if f.Expect == "" {
		return nil, nil
	}
	s := d.Scope()
	s.Out = &expr.Value{Type: f.Column.Type, Null: f.Column.Null}
	e, found := expr.Condition(f.Expect, f.At.Range(), s)
	if found.HasErrors() {
		return nil, fmt.Errorf("follow what field %s of %s expects: %w", f.Name, d.TargetTable, found.Err())
	}
	known := map[string]string{"nhs.valid": "nhs_mod11", "email.valid": "email", "phone.valid": "phone", "date.valid": "date", "datetime.valid": "datetime", "number.valid": "number",
		"nhs.valid_status": "nhs_trace_status", "snomed.valid": "sctid", "icd10.valid": "icd10", "opcs4.valid": "opcs4"}
	all := map[string]bool{}
	for _, name := range e.Functions() {
		name, _, _ = strings.Cut(name, "@")
		if test := known[name]; test != "" {
			all[test] = true
		}
	}
	return sorted(all), nil
}

// Transforms is a digest of all functions that expressions can call, by version.
func Transforms() string { return expr.Library() }

// field gathers the sources of what reaches a field.
func field(d *plan.Definition, ref *plan.Ref, reaches []expr.Reach, declared Declared) Field {
	f := Field{Sources: []Source{}, Opaque: d.Query != ""}
	f.referred(d, ref, declared)
	for _, r := range reaches {
		by := protection(r.By)
		if r.Lookup != "" {
			f.looked(d, r.Lookup, by, declared)
			continue
		}
		table, name := d.Origin(r.Column)
		f.from(Source{Column: Column{d.Source, table, name}, Type: typeOf(d, r.Column), By: by}, declared)
		f.joined(d, r.Column, by, declared)
	}
	left := map[string]bool{}
	inherited := map[string]bool{}
	for _, s := range f.Sources {
		for _, c := range s.Classes {
			inherited[c] = true
		}
		for _, c := range Left(s.Classes, s.By.Method) {
			left[c] = true
		}
	}
	f.Inherited, f.Effective = sorted(inherited), sorted(left)
	f.Protection = f.weakest()
	return f
}

// from adds a source, once; of two ways the less protected counts.
func (f *Field) from(s Source, declared Declared) {
	for i, o := range f.Sources {
		if o.Column == s.Column {
			if strength(s.By.Method) < strength(o.By.Method) {
				f.Sources[i].By = s.By
			}
			return
		}
	}
	s.Classes = sorted(set(declared.Column(s.Column)))
	f.Sources = append(f.Sources, s)
}

// looked adds the values of a lookup in a source's table. One in a file or inline has no classes of its own.
func (f *Field) looked(d *plan.Definition, name string, by Protection, declared Declared) {
	for _, l := range d.Lookups {
		if l.Name == name && l.Table != nil {
			f.from(Source{Column: Column{l.Source, *l.Table, l.Value}, By: by}, declared)
		}
	}
}

// joined adds the columns that found the joined row: what a joined value is depends on them, as a looked-up one does on
// its key.
func (f *Field) joined(d *plan.Definition, column string, by Protection, declared Declared) {
	for _, j := range d.Joins {
		if _, ok := j.Spec().Column(column); !ok {
			continue
		}
		for _, on := range j.On {
			f.from(Source{Column: Column{d.Source, d.SourceTable, on[0]}, Type: typeOf(d, on[0]), By: by}, declared)
		}
	}
}

func typeOf(d *plan.Definition, column string) schema.Type {
	for _, c := range d.Read {
		if c.Name == column {
			return c.Type
		}
	}
	return schema.Type{}
}

// weakest is the protection that counts for the field: of its classified sources, else of all.
func (f *Field) weakest() Protection {
	var out *Protection
	for _, classified := range []bool{true, false} {
		for i := range f.Sources {
			s := &f.Sources[i]
			if classified && len(s.Classes) == 0 {
				continue
			}
			if out == nil || strength(s.By.Method) < strength(out.Method) {
				out = &s.By
			}
		}
		if out != nil {
			return *out
		}
	}
	return Protection{Method: "none"}
}

func protection(p expr.Protection) Protection {
	out := Protection{Method: p.Method, Keyed: p.Keyed, Key: p.Key, KeepLast: p.KeepLast, Band: p.Band}
	if out.Method == "" {
		out.Method = "none"
	}
	return out
}

// set leaves out "none", which is the decision that there is no class.
func set(classes []string) map[string]bool {
	out := map[string]bool{}
	for _, c := range classes {
		if c != None {
			out[c] = true
		}
	}
	return out
}

func sorted(s map[string]bool) []string {
	return append([]string{}, slices.Sorted(maps.Keys(s))...)
}
