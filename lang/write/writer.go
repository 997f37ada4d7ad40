package write

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// writer collects lines; layout comes last, from package format.
type writer struct {
	Findings
	tables []table
	out    strings.Builder
}

// table is a source table with what becomes of it.
type table struct {
	schema.Table
	mapping string   // its name
	to      string   // the target's table
	fields  []field  // columns that are moved
	left    []string // sentences about what stays behind
	unnamed string   // why no mapping can name it; "" where one can
}

// field is one column on its way.
type field struct{ name, from string }

func newWriter(f Findings) *writer {
	w := &writer{Findings: f}
	blocks, targets := names{}, names{}
	for _, t := range f.Taken {
		blocks.unique(t)
	}
	several := w.schemas(f.Tables) > 1
	for _, t := range sorted(f.Tables) {
		one := table{Table: t}
		w.columns(&one)
		switch {
		case !writable(t.Ref.String()):
			one.unnamed = "its name cannot be written in HCL; a view at the source can have another name"
		case !addressable(t.Ref):
			one.unnamed = "its name cannot be written in `table`, which is cut at its first point; a view at the source can have another name"
		case len(one.fields) == 0:
			one.unnamed = "it has no column that can be moved"
		default:
			name := t.Ref.Name
			if several {
				name = t.Ref.String()
			}
			one.mapping = blocks.unique(Name(name))
			one.to = targets.unique(w.target(t.Ref))
		}
		w.tables = append(w.tables, one)
	}
	return w
}

func (w *writer) schemas(tables []schema.Table) int {
	seen := map[string]bool{}
	for _, t := range tables {
		seen[t.Ref.Schema] = true
	}
	return len(seen)
}

// target is the name of the target's table: the same in a system of the same kind, elsewhere without the schema.
func (w *writer) target(r schema.Ref) string {
	if w.Target.Kind == w.Source.Kind {
		return r.String()
	}
	return strings.ReplaceAll(r.Name, ".", "_")
}

// columns settles which columns are moved.
func (w *writer) columns(t *table) {
	used := names{}
	for _, c := range t.Columns {
		switch {
		case !writable(c.Name):
			t.left = append(t.left, fmt.Sprintf("Column %q stays behind: its name cannot be written in HCL.", c.Name))
		case c.Type.Kind == schema.Unknown:
			t.left = append(t.left, fmt.Sprintf("Column %s stays behind: this version cannot move its type, %s.", shown(c.Name), line(declared(c))))
		case w.Refused[c.Type.String()] != "":
			t.left = append(t.left, fmt.Sprintf("Column %s stays behind: it is %s, and %s.", shown(c.Name), c.Type, line(w.Refused[c.Type.String()])))
		default:
			f := field{name: c.Name, from: c.Name}
			if w.Target.Kind != w.Source.Kind {
				f.name = used.unique(c.Name)
			}
			t.fields = append(t.fields, f)
		}
	}
}

func declared(c schema.Column) string {
	if c.Declared == "" {
		return "which has no name"
	}
	return c.Declared
}

// take is everything written so far.
func (w *writer) take() string {
	text := w.out.String()
	w.out.Reset()
	return text
}

func (w *writer) line(format string, a ...any) { fmt.Fprintf(&w.out, format+"\n", a...) }

func (w *writer) comment(format string, a ...any) {
	for _, l := range wrapped(line(fmt.Sprintf(format, a...)), 116) {
		w.line("# %s", l)
	}
}

// wrapped breaks a text at blanks.
func wrapped(text string, width int) []string {
	var lines []string
	for utf8.RuneCountInString(text) > width {
		at := strings.LastIndexByte(text[:len(string([]rune(text)[:width]))], ' ')
		if at <= 0 {
			break
		}
		lines = append(lines, text[:at])
		text = text[at+1:]
	}
	return append(lines, text)
}

// systems writes the blocks that the folder lacks.
func (w *writer) systems() string {
	w.placeholders(w.Placeholders)
	if w.Source.Address == "" {
		w.system(w.Source, w.tables)
	}
	if w.Target.Address == "" {
		w.system(w.Target, nil)
	}
	return w.take()
}

func (w *writer) placeholders(all []Placeholder) {
	for _, p := range all {
		w.line("%s", header("variable", p.Name))
		w.line("type = string")
		w.line("description = %s", Text(p.Description))
		w.line("}\n")
	}
}

func (w *writer) system(s System, tables []table) {
	w.line("%s", header(s.Role, s.Kind, s.Name))
	for _, a := range s.Attributes {
		w.line("%s = %s", a.Name, a.Value)
	}
	for i := range tables {
		if !writable(tables[i].Ref.String()) {
			continue
		}
		w.line("\n%s", header("table", tables[i].Ref.String()))
		if key := tables[i].key(); key != nil {
			w.line("key = %s\n", Texts(key))
		}
		w.facts(&tables[i])
		w.line("}")
	}
	w.line("}\n")
}

// key is the primary key, where every column of it can be named.
func (t *table) key() []string {
	if t.Primary == nil || slices.ContainsFunc(t.Primary.Columns, func(c string) bool { return !writable(c) }) {
		return nil
	}
	return t.Primary.Columns
}

// facts writes what is known of a table as comments, a column a line.
func (w *writer) facts(t *table) {
	if t.Comment != "" {
		w.comment("%s", t.Comment)
	}
	long, wide := 0, 0
	for _, c := range t.Columns {
		long = max(long, min(utf8.RuneCountInString(shown(c.Name)), 40))
		wide = max(wide, min(utf8.RuneCountInString(typed(c)), 30))
	}
	for _, c := range t.Columns {
		w.line("# %s", strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", long, shown(c.Name), wide, typed(c), traits(c)), " "))
	}
	for _, k := range t.Keys {
		kind := "index"
		if k.Unique {
			kind = "unique"
		}
		w.comment("%s (%s)", kind, shownAll(k.Columns))
	}
	for _, f := range t.Foreign {
		to := shownRef(f.Parent)
		if len(f.Key) > 0 {
			to += " (" + shownAll(f.Key) + ")"
		}
		w.comment("foreign key (%s) to %s", shownAll(f.Columns), to)
	}
}

func typed(c schema.Column) string {
	if c.Type.Kind == schema.Unknown {
		return line(declared(c))
	}
	return line(c.Type.String())
}

func traits(c schema.Column) string {
	var all []string
	if !c.Null {
		all = append(all, "not null")
	}
	if c.Generated {
		all = append(all, "computed")
	}
	if c.Identity {
		all = append(all, "numbered")
	}
	if c.Default != "" {
		all = append(all, "default "+line(c.Default))
	}
	if c.Comment != "" {
		all = append(all, "- "+line(c.Comment))
	}
	return strings.Join(all, "  ")
}

func shownRef(r schema.Ref) string {
	if r.Schema == "" {
		return shown(r.Name)
	}
	return shown(r.Schema) + "." + shown(r.Name)
}
