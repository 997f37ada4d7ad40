package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/mapping"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// fielder works out the parts of one instance's definition.
type fielder struct {
	r       *resolver
	in      *instance
	out     *Mapping
	facts   *lang.TableFacts // may be nil
	lookups map[string]bool
	used    map[string]bool // columns that some expression reads
	tried   map[string]bool // fields by name, also those that have an error

	computed map[string]schema.Part // source columns that the target computes itself, as the source does
}

func (f *fielder) def() *plan.Definition { return f.out.Definition }

func (f *fielder) scope() expr.Scope {
	s := expr.Scope{
		Columns: f.in.source.Columns,
		Object:  fmt.Sprintf("mapping %q", f.in.config.Name),
		Place:   f.in.of(),
	}
	for _, j := range f.in.joints {
		s.Joins = append(s.Joins, expr.Join{Name: j.Name, Columns: j.table.Columns, Place: fmt.Sprintf("Table %s of %s", j.table.Ref, f.in.config.From.Source)})
	}
	for _, p := range f.in.config.Params {
		s.Params = append(s.Params, expr.Param{Name: p.Name, Type: p.Type})
	}
	text := schema.Type{Kind: schema.String}
	for _, k := range f.r.cfg.Keys {
		if k.Module == f.in.config.Module {
			s.Keys = append(s.Keys, k.Name)
		}
	}
	for _, l := range f.own() {
		s.Lookups = append(s.Lookups, expr.Lookup{Name: l.Name, Key: text, Value: text, Null: l.Default == "null"})
	}
	return s
}

// own is the lookups that the mapping can see: those of its module.
func (f *fielder) own() []*lang.Lookup {
	return slices.DeleteFunc(slices.Clone(f.r.cfg.Lookups), func(l *lang.Lookup) bool { return l.Module != f.in.config.Module })
}

// uses notes what an expression reads.
func (f *fielder) uses(e *expr.Expr) {
	for _, c := range e.Columns() {
		f.used[c] = true
	}
	for _, name := range e.Lookups() {
		f.lookup(name)
	}
	for _, name := range e.Keys() {
		k := plan.Key{Name: name, Module: f.in.config.Module}
		if !slices.Contains(f.def().Keys, k) {
			f.def().Keys = append(f.def().Keys, k)
		}
	}
}

func (f *fielder) lookup(name string) {
	if f.lookups[name] {
		return
	}
	f.lookups[name] = true
	own := f.own()
	l := own[slices.IndexFunc(own, func(l *lang.Lookup) bool { return l.Name == name })]
	f.out.Lookups = append(f.out.Lookups, l)
	f.def().Lookups = append(f.def().Lookups, f.r.entry(l))
}

func (f *fielder) where() {
	w := f.in.config.From.Where
	if w == nil {
		return
	}
	e, diags := expr.Condition(w.Text, w.At, f.scope())
	f.r.diags.Extend(diags)
	if e == nil || diags.HasErrors() {
		return
	}
	f.uses(e)
	f.def().Where, f.def().WhereCanon = w.Text, e.Canonical()
}

// fields makes one plan.Field for each target column: the field blocks, or without any all columns of the source.
func (f *fielder) fields() {
	blocks := f.in.config.Fields
	if len(blocks) == 0 {
		f.overridden()
		return
	}
	if len(f.in.config.From.Tables) > 0 {
		return // said for the whole block
	}
	for _, b := range blocks {
		if !b.Drop {
			f.field(b)
		}
	}
}

// overridden takes all columns as they are, but for what an override says of single fields: in the order of the columns,
// and what is added behind them.
func (f *fielder) overridden() {
	var blocks []*lang.Field
	if f.in.override != nil {
		blocks = slices.Clone(f.in.override.Fields)
	}
	for _, c := range f.in.source.Columns {
		if f.refersIn(f.name(c)) {
			continue
		}
		i := slices.IndexFunc(blocks, func(b *lang.Field) bool { return b.Name == f.name(c) })
		if i < 0 {
			if !f.computes(c, blocks) {
				f.pass(c)
			}
			continue
		}
		if !blocks[i].Drop {
			f.field(blocks[i])
		}
		blocks = slices.Delete(blocks, i, i+1)
	}
	for _, b := range blocks {
		if !b.Drop {
			f.field(b)
			continue
		}
		var have []string
		for _, c := range f.in.source.Columns {
			have = append(have, f.name(c))
		}
		f.r.fail(f.in.config, b.Range, "unknown-field", "Unknown field", "The override of %s drops the field %q, and there is none to drop.%s",
			f.in.source.Ref, b.Name, diag.Suggest(b.Name, have))
	}
}

// name is what a column is called in the target.
func (f *fielder) name(c schema.Column) string {
	if f.in.config.To.Names == "snake_case" {
		return SnakeCase(c.Name)
	}
	return c.Name
}

// pass copies one column as it is.
func (f *fielder) pass(c schema.Column) {
	name := f.name(c)
	at := f.in.config.From.TableRange
	f.tried[name] = true
	f.finish(&lang.Field{Name: name, From: c.Name, OnRowError: "fail", Range: at, FromRange: at}, f.plain(c))
}

func (f *fielder) plain(c schema.Column) *plan.Field {
	f.used[c.Name] = true
	text := f.written(c.Name)
	return &plan.Field{CEL: text, Canonical: text, Value: f.in.value(c.Type), MayBeNull: c.Null, Plain: c.Name, Sources: []string{c.Name}}
}

func (f *fielder) field(b *lang.Field) {
	f.tried[b.Name] = true
	if b.From != "" {
		c, ok := f.in.source.Column(b.From)
		if !ok {
			f.r.fail(f.in.config, b.FromRange, "unknown-column", "Unknown column", "%s has no column %q.%s",
				f.in.of(), b.From, diag.Suggest(b.From, f.in.source.Names()))
			return
		}
		f.finish(b, f.plain(c))
		return
	}
	if b.CEL == nil {
		return
	}
	e, diags := expr.Check(b.CEL.Text, b.CEL.At, f.scope())
	f.r.diags.Extend(diags)
	if e == nil || diags.HasErrors() {
		return
	}
	if name, ok := e.Column(); ok {
		c, _ := f.sourceColumn(name)
		f.finish(b, f.plain(c))
		return
	}
	f.uses(e)
	f.finish(b, &plan.Field{CEL: b.CEL.Text, Canonical: e.Canonical(), Value: e.Type(), MayBeNull: e.MayBeNull(),
		Sources: e.Columns(), Functions: e.Functions(), Lookups: e.Lookups(), Params: e.Params(), Keys: e.Keys()})
}

// finish gives a field its column, its verdict and its place in the definition.
func (f *fielder) finish(b *lang.Field, p *plan.Field) {
	m := f.in.config
	p.Name, p.At, p.OnRowError, p.Purpose = b.Name, place(b.Range), b.OnRowError, append([]string{}, b.Purpose...)
	p.Sources, p.Functions = append([]string{}, p.Sources...), append([]string{}, p.Functions...)
	p.Lookups, p.Params = append([]string{}, p.Lookups...), append([]string{}, p.Params...)
	p.Classes = f.classes(b, p)
	if slices.ContainsFunc(f.def().Fields, func(o plan.Field) bool { return o.Name == p.Name }) {
		f.r.fail(m, b.Range, "duplicate-field", "Two fields of one name", "Field %q of table %s is written twice.", p.Name, f.in.table)
		return
	}
	column, ok := f.column(b, p)
	if !ok {
		return
	}
	p.Column = column
	if b.Expect != nil && !f.expect(b, p) {
		return
	}
	fidelity, err := mapping.Judge(p.Value, column.Type, b.AllowLossy)
	at := b.Range
	if b.CEL != nil {
		at = b.CEL.At
	}
	if err != nil {
		f.r.fail(m, at, "no-cast", "Types do not fit", "Field %q is %s and its value is %s: %s", b.Name, column.Type, p.Value, err)
		return
	}
	if fidelity.Verdict == plan.Lossy && fidelity.Allow == "" {
		f.r.fail(m, at, "lossy", "Values would be lost", "Field %q turns %s into %s. %s", b.Name, p.Value, column.Type, fidelity.Why)
		return
	}
	p.Fidelity = fidelity
	f.def().Fields = append(f.def().Fields, *p)
}

func (f *fielder) expect(b *lang.Field, p *plan.Field) bool {
	s := f.scope()
	s.Out = &expr.Value{Type: p.Column.Type, Null: p.MayBeNull || p.Column.Null}
	e, diags := expr.Condition(b.Expect.Text, b.Expect.At, s)
	f.r.diags.Extend(diags)
	if e == nil || diags.HasErrors() {
		return false
	}
	f.uses(e)
	p.Expect, p.ExpectCanon = b.Expect.Text, e.Canonical()
	for _, name := range e.Keys() {
		if !slices.Contains(p.Keys, name) {
			p.Keys = append(p.Keys, name)
		}
	}
	return true
}

func (f *fielder) classes(b *lang.Field, p *plan.Field) []string {
	out := append([]string{}, b.Classify...)
	for _, name := range p.Sources {
		out = append(out, f.declared(name)...)
	}
	out = append(out, f.coming(p.Lookups)...)
	out = slices.DeleteFunc(out, func(c string) bool { return c == lang.NoClass })
	slices.Sort(out)
	return slices.Compact(out)
}

// column is the target's column of a field: the one that is there, or the one that would be made.
func (f *fielder) column(b *lang.Field, p *plan.Field) (schema.Column, bool) {
	m := f.in.config
	if p.Value.Kind == schema.Unknown {
		f.unknownType(b, p)
		return schema.Column{}, false
	}
	if f.out.kept() != nil && !f.follows(b) {
		return f.standing(b, p)
	}
	now, there := f.stands(b.Name)
	if there && b.Type == nil {
		if !*b.Null && p.MayBeNull {
			f.nullInto(b, p, "the field says null = false")
			return schema.Column{}, false
		}
		now.Null = *b.Null
		return now, true
	}
	want := p.Value
	if b.Type != nil {
		want = *b.Type
	}
	placed := want
	if f.in.to.Place != nil {
		var err error
		if placed, err = f.in.to.Place(want); err != nil {
			f.r.fail(m, b.Range, "no-such-type", "The target cannot keep the type", "Field %q is %s: %s.", b.Name, want, err)
			return schema.Column{}, false
		}
	}
	column := schema.Column{Name: b.Name, Type: placed, Null: p.MayBeNull || b.OnRowError == "null"}
	if there && !now.Null && b.Null == nil {
		column.Null = false
	}
	if b.Null != nil {
		if !*b.Null && p.MayBeNull {
			f.nullInto(b, p, "the field says null = false")
			return schema.Column{}, false
		}
		column.Null = *b.Null
	}
	if c, ok := f.in.source.Column(p.Plain); ok {
		column.Comment = c.Comment
		column.Identity = c.Identity && placed.IsInteger()
	}
	return column, true
}

func (f *fielder) unknownType(b *lang.Field, p *plan.Field) {
	m := f.in.config
	c, _ := f.sourceColumn(p.Plain)
	f.r.fail(m, b.Range, "unknown-type", "Type not known to this version",
		"Column %q of table %s has the type %s, which this version cannot move exactly. Leave the column out, or have the source show it as text in a view.",
		c.Name, f.in.source.Ref, c.Declared)
}

func (f *fielder) standing(b *lang.Field, p *plan.Field) (schema.Column, bool) {
	m := f.in.config
	c, ok := f.out.Standing.Column(b.Name)
	switch {
	case !ok:
		f.r.fail(m, b.Range, "unknown-target-column", "Unknown column", "Table %s of %s is there already and has no column %q.%s Where a run of this state made the table, it is built anew by --replace='%s'.",
			f.in.table, m.To.Target, b.Name, diag.Suggest(b.Name, f.out.Standing.Names()), f.in.address)
	case c.Generated:
		f.r.fail(m, b.Range, "generated-column", "Column cannot be written", "Column %q of table %s is computed by the target. Remove the field.", b.Name, f.in.table)
		ok = false
	case c.Type.Kind == schema.Unknown:
		f.r.fail(m, b.Range, "unknown-type", "Type not known to this version",
			"Column %q of table %s has the type %s, which this version cannot fill exactly. Remove the field.", b.Name, f.in.table, c.Declared)
		ok = false
	case b.Type != nil && !f.same(*b.Type, c.Type):
		f.r.fail(m, b.TypeRange, "type-differs", "The table has another type", "Field %q says %s, and the column that is there is %s. Change the field or the table.",
			b.Name, b.Type, asDeclared(c))
		ok = false
	case !c.Null && p.MayBeNull && !f.isKey(b.Name):
		f.nullInto(b, p, fmt.Sprintf("column %s of table %s may not hold null", b.Name, f.in.table))
		ok = false
	}
	return c, ok
}

// asDeclared is a column's type, with the system's own word for it where it has one.
func asDeclared(c schema.Column) string {
	if c.Declared == "" {
		return c.Type.String()
	}
	return fmt.Sprintf("%s (%s)", c.Type, c.Declared)
}

// same reports whether a wanted type is what the target's column is, after the target's own placing. A type without a name
// of its own leaves open which of the target's types of that kind it is.
func (f *fielder) same(want, have schema.Type) bool {
	if want.Native == "" && want.Kind == have.Kind && want.Equal(have.Portable()) {
		return true
	}
	if f.in.to.Place != nil {
		if placed, err := f.in.to.Place(want); err == nil {
			want = placed
		}
	}
	return want.Equal(have)
}

func (f *fielder) isKey(name string) bool {
	return slices.Contains(f.in.config.To.Key, name)
}

func (f *fielder) nullInto(b *lang.Field, p *plan.Field, why string) {
	at := b.Range
	if b.CEL != nil {
		at = b.CEL.At
	}
	f.r.fail(f.in.config, at, "null-into-not-null", "A null has nowhere to go",
		"The value of field %q may be null, since %s may be, and %s. Give a value for null, as in coalesce(..., 'unknown'), or let the field be null.",
		b.Name, strings.Join(f.nullable(p.Sources), ", "), why)
}

func (f *fielder) nullable(columns []string) []string {
	var out []string
	for _, name := range columns {
		if c, ok := f.sourceColumn(name); ok && c.Null {
			if _, _, joined := f.member(name); joined {
				out = append(out, "join."+name)
			} else {
				out = append(out, "src."+name)
			}
		}
	}
	if out == nil {
		return []string{"what it looks up"}
	}
	return out
}
