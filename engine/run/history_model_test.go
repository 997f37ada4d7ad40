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
	drift  string
	loose  bool // all fields may be null
	where  int
	param  string
	codes  string // what the code x means
	fields []madeField
	moves  int // how often it was given another name
	reload reload
	block  string // lines of the block history
}

// reload is a reload block: none where its generation is 0.
type reload struct {
	generation int
	field      string // "" for all
	where      int    // of filters
}

func (w wording) name() string { return fmt.Sprint("item", w.moves) }

func (w wording) address() string { return "mapping." + w.name() }

// expressions are what a field can be, and what it comes to for a row, worked out here without the program.
var expressions = []struct {
	cel   string
	value func(w wording, r sourceRow) string
	of    func(w wording) string // what the result hangs on beside the row
	reads string                 // of the row
}{
	{"src.a", func(_ wording, r sourceRow) string { return r.a }, nothing, "a"},
	{"src.a + '!'", func(_ wording, r sourceRow) string { return r.a + "!" }, nothing, "a"},
	{"src.a + param.p", func(w wording, r sourceRow) string { return r.a + w.param }, func(w wording) string { return w.param }, "a"},
	{"lookup.code[?src.a].orValue('?')", func(w wording, r sourceRow) string {
		switch r.a {
		case "x":
			return w.codes
		case "y":
			return "why"
		}
		return "?"
	}, func(w wording) string { return w.codes }, "a"},
	{"src.n > 2 ? 'high' : 'low'", func(_ wording, r sourceRow) string {
		if r.n > 2 {
			return "high"
		}
		return "low"
	}, nothing, "n"},
	{"string(src.n)", func(_ wording, r sourceRow) string { return fmt.Sprint(r.n) }, nothing, "n"},
	{"src.b", func(_ wording, r sourceRow) string { return null(r.b) }, nothing, "b"},
	{"src.b == null ? 'none' : 'some'", func(_ wording, r sourceRow) string {
		if r.b == "" {
			return "none"
		}
		return "some"
	}, nothing, "b"},
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
	cel   string
	take  func(w wording, r sourceRow) bool
	of    func(w wording) string
	reads string
}{
	{"", func(wording, sourceRow) bool { return true }, nothing, ""},
	{"src.n > 2", func(_ wording, r sourceRow) bool { return r.n > 2 }, nothing, "n"},
	{"src.n < 4", func(_ wording, r sourceRow) bool { return r.n < 4 }, nothing, "n"},
	{"src.a != 'x'", func(_ wording, r sourceRow) bool { return r.a != "x" }, nothing, "a"},
	{"src.a != param.p", func(w wording, r sourceRow) bool { return r.a != w.param }, func(w wording) string { return w.param }, "a"},
	{"src.b == null", func(_ wording, r sourceRow) bool { return r.b == "" }, nothing, "b"},
}

func (w wording) takes(r sourceRow) bool { return filters[w.where].take(w, r) }

func (w wording) make(r sourceRow) map[string]string {
	out := map[string]string{}
	for _, f := range w.fields {
		out[f.name] = expressions[f.expr].value(w, r)
	}
	return out
}

// reads is what the mapping reads of a row.
func (w wording) reads(r sourceRow) string {
	columns := filters[w.where].reads
	for _, f := range w.fields {
		columns += expressions[f.expr].reads
	}
	out := ""
	for i, v := range []any{r.a, r.n, r.b} {
		if strings.Contains(columns, "anb"[i:i+1]) {
			out += fmt.Sprint(v, ";")
		}
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
	for i := range w.moves {
		fmt.Fprintf(&b, "moved {\n  from = mapping.item%d\n  to   = mapping.item%d\n}\n", i, i+1)
	}
	if r := w.reload; r.generation > 0 {
		fmt.Fprintf(&b, "reload {\n  mapping    = %s\n  generation = %d\n  reason     = \"a test\"\n", w.address(), r.generation)
		if r.field != "" {
			fmt.Fprintf(&b, "  fields     = [%q]\n", r.field)
		}
		if r.where > 0 {
			fmt.Fprintf(&b, "  where      = %q\n", filters[r.where].cel)
		}
		b.WriteString("}\n")
	}
	fmt.Fprintf(&b, "mapping %q {\n  from {\n    source = source.sqlite.old\n    table  = \"item\"\n", w.name())
	if w.where > 0 {
		fmt.Fprintf(&b, "    where  = %q\n", filters[w.where].cel)
	}
	fmt.Fprintf(&b, "  }\n  to {\n    target = target.it.new\n    table  = \"item\"\n    key    = [\"id\"]\n    mode   = %q\n%s  }\n  params = { p = %q }\n  field \"id\" { from = \"id\" }\n", w.mode, w.block, w.param)
	for _, f := range w.fields {
		fmt.Fprintf(&b, "  field %q {\n    cel  = %q\n", f.name, expressions[f.expr].cel)
		if w.loose {
			b.WriteString("    null = true\n")
		}
		b.WriteString("  }\n")
	}
	if lines := w.lifecycle(); lines != "" {
		fmt.Fprintf(&b, "  lifecycle {\n%s  }\n", lines)
	}
	b.WriteString("}\n")
	return b.String()
}

func (w wording) lifecycle() string {
	lines := ""
	if w.drift != "" {
		lines = fmt.Sprintf("    on_target_drift = %q\n", w.drift)
	}
	if strings.Contains(w.block, "quarantine") {
		lines += "    max_rejects = 1000\n"
	}
	return lines
}

// model is what the target has to hold, worked out row by row from what the modes promise.
type model struct {
	source map[int]sourceRow
	target map[int]map[string]string
	was    *wording                  // as it was applied last
	read   map[int]sourceRow         // the source as it was then
	bound  int                       // of the cursor
	off    map[string]int            // rows that stand, less those that the runs left, where that is not 0
	edited map[int]bool              // rows that somebody changed since they were written last
	either map[int]map[string]string // what may stand as well
	beside map[int]map[string]string // what stands in the columns of fields that are gone
	former map[string]wording        // how these were made last
}

// edit is a change that somebody makes; nil for a row that they remove.
func (m *model) edit(id int, row map[string]string) {
	m.differ(id, m.target[id], -1)
	m.differ(id, row, 1)
	m.edited[id] = true
	if m.target[id] = row; row == nil {
		delete(m.target, id)
	}
}

func (m *model) differ(id int, row map[string]string, n int) {
	if row == nil {
		return
	}
	line := fmt.Sprint(id, slices.Sorted(maps.Values(row)))
	if m.off[line] += n; m.off[line] == 0 {
		delete(m.off, line)
	}
}

// applied brings the model to where a successful apply of w has to leave the target.
func (m *model) applied(w wording, rebuilt, again bool) {
	full := map[int]map[string]string{}
	top := m.bound
	for id, r := range m.source {
		top = max(top, r.seq)
		if w.takes(r) {
			full[id] = w.make(r)
		}
	}
	if m.either == nil || m.was == nil || rebuilt { // else a run that was killed goes on, and what it left open still is
		m.either = map[int]map[string]string{}
	}
	claimed := false
	switch {
	case m.was == nil || rebuilt:
		m.target, m.off, m.edited = full, map[string]int{}, map[int]bool{}
		m.beside, m.former = map[int]map[string]string{}, map[string]wording{}
	default:
		claimed = m.follow(w, full, again)
	}
	taken := m.read
	m.read = maps.Clone(m.source)
	for id, r := range taken { // append without a cursor takes no change
		if w.mode == "append" && !w.cursor && !rebuilt && !claimed {
			m.read[id] = r
		}
	}
	m.was, m.bound = &w, top
}

// follow carries a change out on the rows that stand. It reports whether all that the source says was written.
func (m *model) follow(w wording, full map[int]map[string]string, again bool) bool {
	old := *m.was
	renamed := renames(old, w)
	maps.DeleteFunc(renamed, func(name, _ string) bool { _, taken := m.former[name]; return taken }) // by a column that stays
	for _, f := range old.fields {
		if _, stays := w.field(f.name); !stays && !slices.Contains(slices.Collect(maps.Values(renamed)), f.name) {
			m.former[f.name] = old
		}
	}
	for id, row := range m.target {
		was := maps.Clone(row)
		clear(row)
		if m.beside[id] == nil {
			m.beside[id] = map[string]string{}
		}
		for name, v := range was {
			if _, gone := m.former[name]; gone {
				m.beside[id][name] = v
			}
		}
		for _, f := range w.fields {
			row[f.name] = "null"
			if v, ok := was[cmpOr(renamed[f.name], f.name)]; ok {
				row[f.name] = v
			} else if v, ok := m.beside[id][f.name]; ok {
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
	read, now := map[int]string{}, map[int]string{}
	for id, r := range m.read {
		read[id] = old.reads(r)
	}
	for id, r := range m.source {
		now[id] = old.reads(r)
	}
	leaving := !w.cursor && w.mode != "append" && old.mode == "append"              // changes that were not taken are
	mixed := w.mode != "append" && !w.cursor && (leaving || !maps.Equal(read, now)) // chunks hold rows that have changed beside others
	wholly := again && (w.reload.field == "" && w.reload.where == 0 || w.drift == "repair" && len(m.off) > 0)
	rebound := old.cursor != w.cursor
	claim := w.drift == "repair" && !again && (compared || rebound || len(m.off) > 0) || wholly
	for id, r := range m.source {
		made, taken := full[id]
		stands := m.target[id]
		fresh := w.cursor && r.seq > m.bound || !w.cursor && w.mode != "append" && read[id] != now[id] || leaving && !m.edited[id] || rebound
		switch {
		case !taken:
			if stands != nil && w.mode != "append" && (fresh || wholly) || old.rows() != w.rows() {
				delete(m.target, id)
				delete(m.either, id)
			} else if stands != nil && m.edited[id] && mixed {
				m.either[id] = nil
			}
		case claim || fresh:
			m.target[id] = made
			delete(m.edited, id)
			delete(m.either, id)
		default:
			switch {
			case again && filters[w.reload.where].take(w, r):
				m.chosen(w, id, made)
			case !compared:
			case stands == nil:
				if !old.takes(r) {
					m.target[id] = made
				}
			default:
				remap(stands, made, m.formerly(w, r), old.takes(r), set, renamed, func(f string) bool { _, was := m.former[f]; return was })
			}
			if m.edited[id] && mixed {
				m.either[id] = made // it is in one chunk with a row that has changed, or it is not
			}
		}
	}
	if w.mode == "mirror" {
		for id := range m.target {
			if full[id] == nil {
				delete(m.target, id)
			}
		}
	}
	for id := range m.beside {
		if m.target[id] == nil {
			delete(m.beside, id)
		}
	}
	for _, f := range w.fields {
		delete(m.former, f.name)
		for _, row := range m.beside {
			delete(row, f.name)
		}
	}
	if claim {
		m.off = map[string]int{}
	}
	return claim
}

// formerly is what was made of a row before, in fields too that are gone and come back. Where these used another param or
// lookup of the same name, that is not known.
func (m *model) formerly(w wording, r sourceRow) map[string]string {
	out := m.was.make(r)
	for _, f := range w.fields {
		then, back := m.former[f.name]
		if !back {
			continue
		}
		if out[f.name] = "not known"; then.like(*m.was, f.name) {
			out[f.name] = then.make(r)[f.name]
		}
	}
	return out
}

// like reports whether what a field was made of still goes by its name in o.
func (w wording) like(o wording, name string) bool {
	for _, f := range w.fields {
		if f.name != name {
			continue
		}
		of := expressions[f.expr].of
		return of(w) == of(o) || f.expr == 3 && !slices.ContainsFunc(o.fields, func(f madeField) bool { return f.expr == 3 })
	}
	return false
}

// chosen is a row that a reload block makes again.
func (m *model) chosen(w wording, id int, made map[string]string) {
	if stands := m.target[id]; stands != nil && w.reload.field != "" {
		stands[w.reload.field] = made[w.reload.field]
		return
	}
	m.target[id] = made
}

// right reports whether each row of the source stands as it is made, so that nothing is left of what somebody changed.
func (m *model) right(w wording) bool {
	for id, r := range m.source {
		if w.takes(r) && !maps.Equal(m.target[id], w.make(r)) && (!w.cursor || r.seq <= m.bound) {
			return false
		}
	}
	return true
}

// remap writes the fields that are made in another way, but for those in which stands neither what was made nor what is
// made now. A row that the mapping did not make before is somebody else's as a whole.
func remap(stands, made, before map[string]string, took bool, set []string, renamed map[string]string, back func(string) bool) {
	if !took {
		return
	}
	for _, f := range set {
		was, ok := before[cmpOr(renamed[f], f)]
		if !ok {
			was = "null"
		}
		if stands[f] == was || stands[f] == "null" && back(f) {
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

// lines is the model's target in the form in which a table is read. Where it leaves two ways open, what was read says
// which of them was gone.
func (m *model) lines(w wording, got []string) []string {
	for id, row := range m.either {
		switch {
		case row != nil && slices.Contains(got, line(w, id, row)):
			m.target[id] = row
		case row == nil && !slices.Contains(got, line(w, id, m.target[id])):
			delete(m.target, id)
		}
	}
	m.either = nil
	var out []string
	for id, row := range m.target {
		out = append(out, line(w, id, row))
	}
	slices.Sort(out)
	return out
}

func line(w wording, id int, row map[string]string) string {
	out := fmt.Sprint("id=", id)
	for _, f := range w.fields {
		out += " " + f.name + "=" + row[f.name]
	}
	return out
}
