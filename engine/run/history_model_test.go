package run_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sourceRow is a row of the source in a history.
type sourceRow struct {
	a   string
	n   int
	b   string // "" is null
	seq int
}

// madeField is one field of a history's mapping: its name, and which of the expressions makes it.
type madeField struct {
	name string
	expr int
}

// wording is a configuration of a history's mapping.
type wording struct {
	mode   string
	cursor bool
	repair bool
	loose  bool // all fields may be null
	where  int
	param  string
	codes  string // what the code x means
	fields []madeField
}

// expressions are what a field can be, and what it comes to for a row, worked out here without the program.
var expressions = []struct {
	cel   string
	value func(w wording, r sourceRow) string
	of    func(w wording) string // what the result hangs on beside the row
}{
	{"src.a", func(_ wording, r sourceRow) string { return r.a }, nothing},
	{"src.a + '!'", func(_ wording, r sourceRow) string { return r.a + "!" }, nothing},
	{"src.a + param.p", func(w wording, r sourceRow) string { return r.a + w.param }, func(w wording) string { return w.param }},
	{"lookup.code[?src.a].orValue('?')", func(w wording, r sourceRow) string {
		switch r.a {
		case "x":
			return w.codes
		case "y":
			return "why"
		}
		return "?"
	}, func(w wording) string { return w.codes }},
	{"src.n > 2 ? 'high' : 'low'", func(_ wording, r sourceRow) string {
		if r.n > 2 {
			return "high"
		}
		return "low"
	}, nothing},
	{"string(src.n)", func(_ wording, r sourceRow) string { return fmt.Sprint(r.n) }, nothing},
	{"src.b", func(_ wording, r sourceRow) string { return null(r.b) }, nothing},
	{"src.b == null ? 'none' : 'some'", func(_ wording, r sourceRow) string {
		if r.b == "" {
			return "none"
		}
		return "some"
	}, nothing},
}

func nothing(wording) string { return "" }

func null(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// filters are the conditions that a history chooses rows by.
var filters = []struct {
	cel  string
	take func(w wording, r sourceRow) bool
	of   func(w wording) string
}{
	{"", func(wording, sourceRow) bool { return true }, nothing},
	{"src.n > 2", func(_ wording, r sourceRow) bool { return r.n > 2 }, nothing},
	{"src.n < 4", func(_ wording, r sourceRow) bool { return r.n < 4 }, nothing},
	{"src.a != 'x'", func(_ wording, r sourceRow) bool { return r.a != "x" }, nothing},
	{"src.a != param.p", func(w wording, r sourceRow) bool { return r.a != w.param }, func(w wording) string { return w.param }},
	{"src.b == null", func(_ wording, r sourceRow) bool { return r.b == "" }, nothing},
}

func (w wording) takes(r sourceRow) bool { return filters[w.where].take(w, r) }

func (w wording) make(r sourceRow) map[string]string {
	out := map[string]string{}
	for _, f := range w.fields {
		out[f.name] = expressions[f.expr].value(w, r)
	}
	return out
}

func (w wording) rows() string { return fmt.Sprint(w.where, filters[w.where].of(w)) }

func (w wording) field(name string) (string, bool) {
	for _, f := range w.fields {
		if f.name == name {
			return fmt.Sprint(f.expr, expressions[f.expr].of(w), w.loose), true
		}
	}
	return "", false
}

func (w wording) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "lookup \"code\" {\n  values = { x = %q, y = \"why\" }\n}\n", w.codes)
	b.WriteString("mapping \"item\" {\n  from {\n    source = source.sqlite.old\n    table  = \"item\"\n")
	if w.where > 0 {
		fmt.Fprintf(&b, "    where  = %q\n", filters[w.where].cel)
	}
	fmt.Fprintf(&b, "  }\n  to {\n    target = target.it.new\n    table  = \"item\"\n    key    = [\"id\"]\n    mode   = %q\n  }\n  params = { p = %q }\n  field \"id\" { from = \"id\" }\n", w.mode, w.param)
	for _, f := range w.fields {
		fmt.Fprintf(&b, "  field %q {\n    cel  = %q\n", f.name, expressions[f.expr].cel)
		if w.loose {
			b.WriteString("    null = true\n")
		}
		b.WriteString("  }\n")
	}
	if w.repair {
		b.WriteString("  lifecycle {\n    on_target_drift = \"repair\"\n  }\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// model is what the target has to hold, worked out row by row from what the modes promise.
type model struct {
	source map[int]sourceRow
	target map[int]map[string]string
	was    *wording // as it was applied last
	bound  int      // of the cursor
	edited bool     // somebody has changed the target
}

// applied brings the model to where a successful apply of w has to leave the target.
func (m *model) applied(w wording, rebuilt bool) {
	full := map[int]map[string]string{}
	top := m.bound
	for id, r := range m.source {
		top = max(top, r.seq)
		if w.takes(r) {
			full[id] = w.make(r)
		}
	}
	switch {
	case m.was == nil || rebuilt:
		m.target = full
	default:
		m.follow(w, full)
	}
	m.was, m.bound, m.edited = &w, top, false
}

// follow carries a change out on the rows that stand.
func (m *model) follow(w wording, full map[int]map[string]string) {
	old := *m.was
	renamed := renames(old, w)
	for _, row := range m.target {
		was := maps.Clone(row)
		clear(row)
		for _, f := range w.fields {
			row[f.name] = "null"
			if v, ok := was[cmpOr(renamed[f.name], f.name)]; ok {
				row[f.name] = v
			}
		}
	}
	var set []string
	for _, f := range w.fields {
		now, _ := w.field(f.name)
		before, stays := old.field(cmpOr(renamed[f.name], f.name))
		if !stays || now != before {
			set = append(set, f.name)
		}
	}
	compared := len(set) > 0 || old.rows() != w.rows()
	for _, f := range old.fields {
		_, stays := w.field(f.name)
		compared = compared || !stays && !slices.Contains(slices.Collect(maps.Values(renamed)), f.name)
	}
	claim := w.repair && (compared || m.edited)
	for id, r := range m.source {
		made, taken := full[id]
		stands := m.target[id]
		moved := claim || w.cursor && r.seq > m.bound || !w.cursor && w.mode != "append"
		switch {
		case !taken:
			if stands != nil && w.mode != "append" && (w.cursor && r.seq > m.bound || !w.cursor) || old.rows() != w.rows() {
				delete(m.target, id)
			}
		case moved:
			m.target[id] = made
		case !compared:
		case stands == nil:
			if !old.takes(r) {
				m.target[id] = made
			}
		default:
			remap(stands, made, old.make(r), old.takes(r), set, renamed)
		}
	}
	if w.mode == "mirror" {
		for id := range m.target {
			if full[id] == nil {
				delete(m.target, id)
			}
		}
	}
}

// remap writes the fields that are made in another way, but for those in which stands neither what was made nor what is
// made now. A row that the mapping did not make before is somebody else's as a whole.
func remap(stands, made, before map[string]string, took bool, set []string, renamed map[string]string) {
	if !took {
		return
	}
	for _, f := range set {
		was, ok := before[cmpOr(renamed[f], f)]
		if !ok {
			was = "null"
		}
		if stands[f] == was {
			stands[f] = made[f]
		}
	}
}

// renames are the new fields that are made as exactly one field was that is gone, and its name.
func renames(old, now wording) map[string]string {
	out := map[string]string{}
	for _, f := range now.fields {
		if _, was := old.field(f.name); was {
			continue
		}
		made, _ := now.field(f.name)
		twins := func(of, not wording) (list []string) {
			for _, o := range of.fields {
				how, _ := of.field(o.name)
				if _, stays := not.field(o.name); !stays && how == made {
					list = append(list, o.name)
				}
			}
			return list
		}
		if gone := twins(old, now); len(gone) == 1 && len(twins(now, old)) == 1 {
			out[f.name] = gone[0]
		}
	}
	return out
}

func names(w wording) string {
	var out []string
	for _, f := range w.fields {
		out = append(out, f.name)
	}
	return strings.Join(out, " ")
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// lines is the model's target in the form in which a table is read.
func (m *model) lines(w wording) []string {
	var out []string
	for id, row := range m.target {
		line := fmt.Sprint("id=", id)
		for _, f := range w.fields {
			line += " " + f.name + "=" + row[f.name]
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}
