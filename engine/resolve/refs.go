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

// typing is one instance under way or done: what it refers to is typed first, and mappings that refer to one another see
// each other's fields as far as they are.
type typing struct {
	f    *fielder
	out  *Mapping // nil where it has errors
	done bool
}

// typed is mapping, once for each instance.
func (r *resolver) typed(in *instance) *Mapping {
	if t := r.typings[in.address]; t != nil {
		return t.out
	}
	t := &typing{}
	r.typings[in.address] = t
	t.out = r.mapping(in)
	t.done = true
	return t.out
}

// refs makes the fields whose values are keys of other mappings.
func (f *fielder) refs() {
	for _, b := range f.in.config.Refs {
		f.tried[b.Name] = true
		f.ref(b)
	}
}

func (f *fielder) ref(b *lang.Ref) {
	owner, ok := f.owner(b)
	if !ok {
		return
	}
	key, ok := f.newKey(b, owner)
	if !ok {
		return
	}
	p := &plan.Field{Value: key.Column.Type, MayBeNull: b.Missing == plan.MissingNull || b.Missing == plan.MissingDefer,
		Ref: &plan.Ref{Mapping: owner.in.address, Missing: b.Missing, Reaches: reaches(owner, key)}}
	if !f.refOn(b, owner, p) {
		return
	}
	if why := f.notNull(b); why != "" && (b.Missing == plan.MissingNull || b.Missing == plan.MissingDefer) {
		f.r.fail(f.in.config, b.Range, "ref-needs-null", "A ref needs a column that may be null",
			"missing = %q writes null into %q, and %s. Let the column hold null, or say missing = \"quarantine\" or \"error\".", b.Missing, b.Name, why)
		return
	}
	before := len(f.def().Fields)
	f.finish(&lang.Field{Name: b.Name, OnRowError: onRowError(b.Missing), Range: b.Range, FromRange: b.OnRange}, p)
	if len(f.def().Fields) > before {
		made := &f.def().Fields[before]
		made.Classes = append(made.Classes, key.Classes...)
		slices.Sort(made.Classes)
		made.Classes = slices.Compact(made.Classes)
	}
}

// onRowError is what happens to a row whose expressions fail: what happens to one that refers to nothing.
func onRowError(missing string) string {
	if missing == plan.MissingQuarantine {
		return "quarantine"
	}
	return "fail"
}

// owner finds the mapping that is referred to.
func (f *fielder) owner(b *lang.Ref) (*fielder, bool) {
	i := slices.IndexFunc(f.r.instances, func(in *instance) bool { return in.address == b.Mapping })
	if i < 0 {
		f.out.lost = true
		if f.r.unplaced(b.Mapping) {
			return nil, false // said where its source or table is
		}
		var have []string
		for _, in := range f.r.instances {
			have = append(have, in.address)
		}
		f.r.fail(f.in.config, b.MappingRange, "unknown-mapping", "Unknown mapping", "There is no %s.%s", b.Mapping, diag.Suggest(b.Mapping, have))
		return nil, false
	}
	in := f.r.instances[i]
	if in.config.To.History != nil {
		f.out.lost = true
		f.r.fail(f.in.config, b.MappingRange, "not-in-this-version", "Not in this version", "A ref to rows of mode history is not in this version: %s holds several versions of a row, and the key of none is the row's own. Refer to a mapping of another mode.", b.Mapping)
		return nil, false
	}
	if in.config.To.Target != f.in.config.To.Target {
		f.r.fail(f.in.config, b.MappingRange, "ref-target", "A ref into another target",
			"%s writes to %s, and this mapping to %s. A target remembers the keys of its own rows: refer to a mapping into the same target, or compute the key with the expression that the other mapping has.",
			b.Mapping, in.config.To.Target, f.in.config.To.Target)
		return nil, false
	}
	f.r.typed(in)
	t := f.r.typings[in.address]
	if t.f == nil || t.done && t.out == nil {
		f.out.lost = true
		return nil, false // its own errors are said
	}
	return t.f, true
}

// unplaced reports whether an address names a table of a mapping whose source could not be looked into.
func (r *resolver) unplaced(address string) bool {
	for _, m := range r.cfg.Mappings {
		if m.Address != address && !strings.HasPrefix(address, m.Address+"[") {
			continue
		}
		from, to := r.systems[m.From.Source], r.systems[m.To.Target]
		if from == nil || to == nil || from.Catalog == nil || m.From.Tables == nil {
			return true
		}
	}
	return false
}

// newKey is the field that makes the target's key of a mapping.
func (f *fielder) newKey(b *lang.Ref, owner *fielder) (plan.Field, bool) {
	names := owner.keyNames()
	if len(names) != 1 {
		what := "has no key"
		if len(names) > 1 {
			what = "has a key of " + plan.Count(int64(len(names)), "column") + ": " + strings.Join(names, ", ")
		}
		f.r.fail(f.in.config, b.MappingRange, "ref-key", "The key cannot be referred to", "The target's table of %s %s, and a ref gives one value. Give that mapping a key of one column.", b.Mapping, what)
		return plan.Field{}, false
	}
	if p := fieldOf(owner.def(), names[0]); p != nil {
		return *p, true
	}
	f.r.fail(f.in.config, b.MappingRange, "ref-key", "The key cannot be referred to",
		"The key of %s is itself a ref that leads back here, so nothing says of what type it is. Make the key with cel or from.", b.Mapping)
	return plan.Field{}, false
}

// keyNames is the target's key, before it is settled.
func (f *fielder) keyNames() []string {
	if f.in.config.To.Key != nil {
		return f.in.config.To.Key
	}
	return f.through(f.oldKey())
}

// oldKey is the source's key, without a word about what is wrong with it.
func (f *fielder) oldKey() []string {
	before := len(f.r.diags)
	columns := f.sourceKey()
	f.r.diags = f.r.diags[:before]
	return columns
}

// refOn types the expressions against the old key of the mapping that is referred to.
func (f *fielder) refOn(b *lang.Ref, owner *fielder, p *plan.Field) bool {
	columns := owner.oldKey()
	switch {
	case len(columns) == 0:
		f.r.fail(f.in.config, b.MappingRange, "ref-key", "The rows cannot be told apart",
			"%s has no key at its source by which a row could be referred to. Name the columns that are unique there: table %q { key = [...] } in the block of %s.", b.Mapping, owner.in.source.Ref, owner.in.config.From.Source)
		return false
	case len(columns) != len(b.On):
		f.r.fail(f.in.config, b.OnRange, "ref-key", "Not as many parts as the key has",
			"The key of %s at its source is (%s), and \"on\" has %s. Write one for each column, in this order: on = [%s].", b.Mapping, strings.Join(columns, ", "), plan.Count(int64(len(b.On)), "expression"), sample(columns))
		return false
	}
	ok := true
	var texts, canon []string
	for i, on := range b.On {
		column, _ := owner.in.source.Column(columns[i])
		e, diags := expr.Check(on.Text, on.At, f.scope())
		f.r.diags.Extend(diags)
		if e == nil || diags.HasErrors() {
			ok = false
			continue
		}
		key := owner.in.value(column.Type)
		if !f.comparable(b, on, e.Type(), key, columns[i]) {
			ok = false
			continue
		}
		f.uses(e)
		p.Ref.On = append(p.Ref.On, plan.RefOn{CEL: on.Text, Canonical: e.Canonical(), Value: e.Type(), Key: key})
		p.MayBeNull = p.MayBeNull || e.MayBeNull()
		p.Sources, p.Functions, p.Lookups = union(p.Sources, e.Columns()), union(p.Functions, e.Functions()), union(p.Lookups, e.Lookups())
		p.Params, p.Keys = union(p.Params, e.Params()), union(p.Keys, e.Keys())
		texts, canon = append(texts, on.Text), append(canon, e.Canonical())
	}
	p.CEL = fmt.Sprintf("the key of %s on %s", b.Mapping, strings.Join(texts, ", "))
	p.Canonical = "ref(" + strings.Join(canon, ", ") + ")"
	return ok
}

func sample(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("%q", "src."+c)
	}
	return strings.Join(parts, ", ")
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// comparable: the value is of the column's type, up to lengths and sizes, and of one whose equal values have one text.
func (f *fielder) comparable(b *lang.Ref, on lang.CEL, value, key schema.Type, column string) bool {
	fidelity, err := mapping.Judge(value, key, "")
	switch {
	case likeness(key) == "":
		f.r.fail(f.in.config, on.At, "ref-type", "Not a type to refer by", "Column %q of the key of %s is %s, and keys to refer by are texts, whole or decimal numbers, truth values, bytes, uuids, dates and times.", column, b.Mapping, key)
	case likeness(value) != likeness(key) || err != nil || fidelity.Verdict == plan.Lossy:
		f.r.fail(f.in.config, on.At, "ref-type", "Not of the key's type", "The expression is %s, and column %q of the key of %s at its source is %s. Write an expression of that type.", value, column, b.Mapping, key)
	default:
		return true
	}
	return false
}

// likeness is the type as expressions see it, "" for one that no key is looked up by.
func likeness(t schema.Type) schema.Kind {
	switch t.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return schema.Int64
	case schema.String, schema.Enum, schema.UUID:
		return schema.String
	case schema.Bool, schema.Decimal, schema.Bytes, schema.Date, schema.Time, schema.Timestamp, schema.TimestampTZ:
		return t.Kind
	}
	return ""
}

// notNull says why a column takes no null, "" where it does.
func (f *fielder) notNull(b *lang.Ref) string {
	if slices.Contains(f.keyNames(), b.Name) {
		return "it is a part of the target's key"
	}
	if f.out.kept() == nil {
		return ""
	}
	if c, ok := f.out.Standing.Column(b.Name); ok && !c.Null {
		return fmt.Sprintf("column %s of table %s may not be null", b.Name, f.in.table)
	}
	return ""
}

// reaches are the columns that a key is made of, and what hides them there.
func reaches(owner *fielder, key plan.Field) []plan.RefReach {
	if key.Ref != nil {
		return key.Ref.Reaches
	}
	d := owner.def()
	add := func(out []plan.RefReach, column string, by expr.Protection) []plan.RefReach {
		table, name := d.Origin(column)
		return append(out, plan.RefReach{System: d.Source, Table: table, Column: name, Method: by.Method, Keyed: by.Keyed, Key: by.Key, KeepLast: by.KeepLast, Band: by.Band})
	}
	if key.Plain != "" {
		return add(nil, key.Plain, expr.Protection{})
	}
	e, found := expr.Check(key.CEL, key.At.Range(), owner.scope())
	if e == nil || found.HasErrors() {
		return nil
	}
	var out []plan.RefReach
	for _, r := range e.Reaches() {
		if r.Lookup == "" {
			out = add(out, r.Column, r.By)
			continue
		}
		for _, l := range d.Lookups {
			if l.Name == r.Lookup && l.Table != nil {
				out = append(out, plan.RefReach{System: l.Source, Table: *l.Table, Column: l.Value, Method: r.By.Method, Keyed: r.By.Keyed, Key: r.By.Key})
			}
		}
	}
	return out
}

// refCycles reports mappings that refer to one another so that none can be the first, and adds what people should know.
func (r *resolver) refCycles(all []*Mapping) {
	byAddress := map[string]*Mapping{}
	for _, m := range all {
		byAddress[m.Address] = m
	}
	mark := map[string]int{} // 1 under way, 2 done
	var path []string
	var visit func(m *Mapping)
	visit = func(m *Mapping) {
		mark[m.Address] = 1
		path = append(path, m.Address)
		for _, b := range m.Config.Refs {
			o := byAddress[b.Mapping]
			if b.Missing == plan.MissingDefer || o == nil || mark[o.Address] == 2 {
				continue
			}
			if mark[o.Address] == 0 {
				visit(o)
				continue
			}
			round := append(slices.Clone(path[slices.Index(path, o.Address):]), o.Address)
			r.fail(m.Config, b.Range, "ref-cycle", "Rows that refer to one another",
				"None of these can be the first whose rows are there: %s. Say missing = \"defer\" in one of their refs: its rows are written with null first, and get the key when all rows are there.", strings.Join(round, " -> "))
		}
		path = path[:len(path)-1]
		mark[m.Address] = 2
	}
	for _, m := range all {
		if mark[m.Address] == 0 {
			visit(m)
		}
	}
}

// deferral refuses what a second pass cannot do.
func (f *fielder) deferral() {
	d := f.def()
	if len(d.Deferred()) == 0 || len(d.Key) > 0 {
		return
	}
	f.r.fail(f.in.config, f.in.config.Refs[0].Range, "ref-key", "A deferred ref needs a key",
		"missing = \"defer\" writes the value when all rows are there, and table %s has no key to find them by. Name one with key = [...].", f.in.table)
}

// refersIn reports whether a ref makes a field.
func (f *fielder) refersIn(name string) bool {
	return slices.ContainsFunc(f.in.config.Refs, func(b *lang.Ref) bool { return b.Name == name })
}
