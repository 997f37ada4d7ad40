package write

import (
	"fmt"
	"slices"
	"strings"
)

// mappings writes a mapping for every table, or one for all that are moved as they are.
func (w *writer) mappings() string {
	for _, l := range w.Left {
		w.comment("Table %s has no mapping here: %s.", shownRef(l.Table), l.Why)
	}
	if len(w.Left) > 0 {
		w.line("")
	}
	covered := map[string]bool{}
	if w.Glob {
		covered = w.globs()
	}
	for i := range w.tables {
		t := &w.tables[i]
		switch {
		case t.unnamed != "":
			w.unnamed(t)
		case !covered[t.Ref.String()]:
			w.mapping(t)
		}
	}
	return w.take()
}

// unnamed says why a table has no mapping.
func (w *writer) unnamed(t *table) {
	w.comment("Table %s has no mapping: %s.", shownRef(t.Ref), t.unnamed)
	for _, s := range t.left {
		w.comment("%s", s)
	}
	w.line("")
}

func (w *writer) mapping(t *table) {
	w.about(t)
	w.line("%s", header("mapping", t.mapping))
	w.ends(fmt.Sprintf("table = %s\n", Text(t.Ref.String())), fmt.Sprintf("table = %s\n", Text(t.to)))
	w.line("")
	for _, f := range t.fields {
		w.line("%s from = %s }", header("field", f.name), Text(f.from))
	}
	for _, s := range t.left {
		w.comment("%s", s)
	}
	w.line("}\n")
}

// about writes what the reader of a mapping has to know of its table.
func (w *writer) about(t *table) {
	if w.Source.Address != "" {
		w.comment("Table %s", shownRef(t.Ref))
		w.facts(t)
		if key := t.key(); key != nil {
			w.comment("key (%s)", shownAll(key))
		}
	}
	if t.Primary == nil {
		w.comment("Table %s has no primary key, so its rows are appended. If some columns tell them apart, name those as key in the to block.", shownRef(t.Ref))
	}
	w.unsupported(t)
}

// unsupported names what a copy lacks: between systems of one product what the system cannot say of itself, else all that
// is the source's own.
func (w *writer) unsupported(t *table) {
	lost := t.Unsupported
	if w.Source.Kind != w.Target.Kind {
		lost = t.Lost()
	}
	for _, o := range lost {
		why := ""
		if o.Why != "" {
			why = ": " + strings.TrimSuffix(line(o.Why), ".")
		}
		w.comment("Not carried over: %s %s%s.", o.Kind, shown(o.Name), why)
	}
}

// ends writes the blocks from and to, with more lines in each.
func (w *writer) ends(from, to string) {
	w.line("from {\nsource = %s\n%s}", w.Source.address(), from)
	w.line("to {\ntarget = %s\n%s}", w.Target.address(), to)
}

// globs writes one mapping for each schema, and gives the tables that it covers. A table that is not moved whole and under
// its own name is left to a mapping of its own.
func (w *writer) globs() map[string]bool {
	covered := map[string]bool{}
	several := w.schemas(w.Findings.Tables) > 1
	for _, group := range w.groups() {
		var whole []*table
		var except []string
		for _, t := range group.tables {
			if w.whole(t, group.schema) {
				whole = append(whole, t)
			} else {
				except = append(except, pattern(t.Ref.String()))
			}
		}
		for _, l := range w.Left {
			if !several || l.Table.Schema == group.schema {
				except = append(except, pattern(l.Table.String()))
			}
		}
		if len(whole) == 0 {
			continue
		}
		for _, t := range whole {
			covered[t.Ref.String()] = true
		}
		if w.hasUnwritable() {
			except = nil
		}
		w.glob(group.schema, several, whole, except)
	}
	return covered
}

// group is the tables of one schema.
type group struct {
	schema string
	tables []*table
}

func (w *writer) groups() []group {
	var all []group
	for i := range w.tables {
		t := &w.tables[i]
		if len(all) == 0 || all[len(all)-1].schema != t.Ref.Schema {
			all = append(all, group{schema: t.Ref.Schema})
		}
		last := &all[len(all)-1]
		last.tables = append(last.tables, t)
	}
	return all
}

// whole reports whether a glob moves the table as its own mapping would.
func (w *writer) whole(t *table, in string) bool {
	same := t.Ref.Name
	if w.Target.Kind == w.Source.Kind {
		same = t.Ref.String()
	}
	plain := !slices.ContainsFunc(t.fields, func(f field) bool { return f.name != f.from })
	return t.unnamed == "" && len(t.left) == 0 && plain && t.to == same && t.Ref.Schema == in && !strings.Contains(t.Ref.String(), "/")
}

func (w *writer) glob(of string, several bool, whole []*table, except []string) {
	name := "all"
	if several {
		name = "all_" + Name(of)
	}
	block := names{}
	for _, t := range slices.Concat(w.Taken, mappingNames(w.tables)) {
		block.unique(t)
	}
	for _, t := range whole {
		w.about(t)
	}
	w.line("%s", header("mapping", block.unique(name)))
	from := fmt.Sprintf("tables = %s\n", Texts(w.patterns(of, several, whole)))
	if len(except) > 0 {
		from += fmt.Sprintf("except = %s\n", Texts(slices.Compact(slices.Sorted(slices.Values(except)))))
	}
	to := ""
	if w.Target.Kind == w.Source.Kind && of != "" {
		to = fmt.Sprintf("schema = %s\n", Text(of))
	}
	w.ends(from, to)
	w.line("}\n")
}

func mappingNames(tables []table) []string {
	var all []string
	for _, t := range tables {
		all = append(all, t.mapping)
	}
	return all
}

// hasUnwritable reports whether a table could not be excepted from a glob, because its name cannot be written.
func (w *writer) hasUnwritable() bool {
	return slices.ContainsFunc(w.tables, func(t table) bool { return !writable(t.Ref.String()) })
}

// patterns chooses the tables: those that were asked for, or all of the schema, or each by its name.
func (w *writer) patterns(of string, several bool, whole []*table) []string {
	switch {
	case w.hasUnwritable() || several && w.Globs != nil:
	case several:
		return []string{pattern(of) + ".*"}
	case w.Globs != nil:
		return w.Globs
	default:
		return []string{"*"}
	}
	var all []string
	for _, t := range whole {
		all = append(all, pattern(t.Ref.String()))
	}
	return all
}
