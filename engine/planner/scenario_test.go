package planner_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

const (
	source = "source.sqlite.shop"
	target = "target.postgres.new"
)

// world is what the lines of a configuration describe: both ends, the blocks, and the options of the command.
type world struct {
	cfg        *lang.Config
	order      schema.Order
	schemaOf   string // the schema that the target gives to tables without one
	from, to   schema.Catalog
	sourceID   string
	moving     bool
	replace    []string
	refresh    bool
	lineage    string // of the target's ledger, "" for the state's own
	dependents map[string][]schema.Object
	ours       []string // mappings that the state has
	content    func(*lang.Lookup) string
	expected   string // digest of what the ledger has left in each table
	line       int
}

func read(t *testing.T, text string) *world {
	t.Helper()
	w := &world{cfg: &lang.Config{}, refresh: true, sourceID: "shop-1", order: schema.Order{Schemas: true, Analyze: true, Alters: true}, dependents: map[string][]schema.Object{}}
	for role, address := range map[string]string{"source": source, "target": target} {
		kind, name := strings.Split(address, ".")[1], strings.Split(address, ".")[2]
		w.cfg.Systems = append(w.cfg.Systems, &lang.System{Address: address, Role: role, Kind: kind, Name: name})
	}
	slices.SortFunc(w.cfg.Systems, func(a, b *lang.System) int { return strings.Compare(a.Address, b.Address) })
	for line := range strings.Lines(text) {
		w.line++
		line, _, _ = strings.Cut(strings.TrimSpace(line), "# ")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		verb, rest, _ := strings.Cut(line, " ")
		if !w.block(verb, rest) && !w.option(verb, rest) {
			t.Fatalf("line %d: %q means nothing", w.line, line)
		}
	}
	return w
}

func (w *world) at() diag.Range {
	return diag.Range{File: "main.miq.hcl", Start: diag.Pos{Line: w.line, Column: 1}}
}

// option reads the lines about both ends and the command.
func (w *world) option(verb, rest string) bool {
	name, rest2, _ := strings.Cut(rest, " ")
	switch verb {
	case "order":
		w.order = schema.Order{KeysWithTable: true, ForeignWithTable: true}
	case "home":
		w.schemaOf = rest
	case "moving":
		w.moving = true
	case "identity":
		w.sourceID = rest
	case "replace":
		w.replace = append(w.replace, rest)
	case "norefresh":
		w.refresh = false
	case "lineage":
		w.lineage = rest
	case "source":
		w.from.Tables = append(w.from.Tables, tableOf(name, rest2))
	case "target":
		w.to.Tables = append(w.to.Tables, tableOf(name, rest2))
	case "unique", "index":
		t := &w.from.Tables[slices.IndexFunc(w.from.Tables, func(t schema.Table) bool { return t.Ref.Name == name })]
		t.Keys = append(t.Keys, schema.Key{Name: verb + "_" + strings.ReplaceAll(rest2, ",", "_"), Columns: strings.Split(rest2, ","), Unique: verb == "unique"})
	case "dependent":
		kind, what, _ := strings.Cut(rest2, " ")
		w.dependents[name] = append(w.dependents[name], schema.Object{Kind: kind, Name: what})
	default:
		return false
	}
	return true
}

// block reads the lines that are blocks of the configuration.
func (w *world) block(verb, rest string) bool {
	words := strings.Fields(rest)
	switch verb {
	case "mapping", "glob":
		w.mapping(verb, words)
	case "where":
		w.find(words[0]).From.Where = w.cel(strings.TrimPrefix(rest, words[0]+" "))
	case "field":
		f := &lang.Field{Name: words[1], OnRowError: "fail", Range: w.at()}
		expr := strings.TrimPrefix(rest, words[0]+" "+words[1]+" ")
		for _, class := range words[2:] {
			if c, ok := strings.CutPrefix(class, "classify="); ok {
				f.Classify, expr = strings.Split(c, ","), strings.TrimPrefix(expr, class+" ")
			}
		}
		f.CEL = w.cel(expr)
		m := w.find(words[0])
		m.Fields = append(m.Fields, f)
	case "check":
		m := w.find(words[0])
		m.Checks = append(m.Checks, &lang.Check{Name: words[1], Severity: "block", Expect: *w.cel(strings.Join(words[2:], " ")), Range: w.at()})
	case "cursor":
		w.cfg.Systems[0].Tables = append(w.cfg.Systems[0].Tables, &lang.TableFacts{Name: words[0], Cursor: &lang.Cursor{Column: words[1], Kind: words[2], Range: w.at()}, Range: w.at()})
	case "depends":
		m := w.find(words[0])
		m.DependsOn = append(m.DependsOn, words[1:]...)
	case "moved":
		w.cfg.Moved = append(w.cfg.Moved, lang.Moved{From: words[0], To: words[1], Range: w.at()})
	case "removed":
		w.cfg.Removed = append(w.cfg.Removed, lang.Removed{Mapping: words[0], Range: w.at()})
	default:
		return false
	}
	return true
}

// addressed is the address of a mapping, which stands in a module where its name says so.
func addressed(name string) string {
	if strings.Contains(name, "mapping.") {
		return name
	}
	return "mapping." + name
}

// mapping reads `mapping NAME TABLE TABLE` or `glob NAME GLOB SCHEMA`, and key=, mode= and names= behind.
func (w *world) mapping(verb string, words []string) {
	m := &lang.Mapping{Name: words[0], Address: addressed(words[0]), Range: w.at(),
		From: lang.From{Source: source, Range: w.at(), TableRange: w.at()}, To: lang.To{Target: target, Range: w.at(), TableRange: w.at()},
		Lifecycle: lang.Lifecycle{OnTargetDrift: "report"}}
	if verb == "glob" {
		m.From.Tables, m.To.Schema = []string{words[1]}, strings.Trim(words[2], "-")
	} else {
		m.From.Table, m.To.Table = words[1], words[2]
	}
	for _, o := range words[3:] {
		k, v, _ := strings.Cut(o, "=")
		switch k {
		case "key":
			m.To.Key = strings.Split(v, ",")
		case "mode":
			m.To.Mode = v
		case "names":
			m.To.Names = v
		}
	}
	w.cfg.Mappings = append(w.cfg.Mappings, m)
}

func (w *world) cel(text string) *lang.CEL {
	at := w.at()
	at.End = at.Start
	return &lang.CEL{Text: text, At: at}
}

func (w *world) find(name string) *lang.Mapping {
	return w.cfg.Mappings[slices.IndexFunc(w.cfg.Mappings, func(m *lang.Mapping) bool { return m.Name == name })]
}

func refOf(name string) schema.Ref { return resolve.ParseRef(name) }

// tableOf reads `A int64 key, B string(10)?, C int64 -> Parent`: ? may be null, identity numbers by itself. The first
// column of the parent is what a foreign key points to. `rows=N` and `bytes=N` are the system's estimates.
func tableOf(name, text string) schema.Table {
	t := schema.Table{Ref: refOf(name), Rows: -1, Bytes: -1}
	for part := range strings.SplitSeq(text, ", ") {
		words := strings.Fields(part)
		kind, null := strings.CutSuffix(words[1], "?")
		c := schema.Column{Name: words[0], Type: typeOf(kind), Null: null}
		for i, word := range words[2:] {
			k, v, _ := strings.Cut(word, "=")
			switch k {
			case "key":
				if t.Primary == nil {
					t.Primary = &schema.Key{}
				}
				t.Primary.Columns = append(t.Primary.Columns, c.Name)
			case "identity":
				c.Identity = true
			case "->":
				parent, column, _ := strings.Cut(words[i+3], ":")
				t.Foreign = append(t.Foreign, schema.ForeignKey{Columns: []string{c.Name}, Parent: refOf(parent), Key: []string{column}})
			case "rows":
				t.Rows, _ = strconv.ParseInt(v, 10, 64)
			case "bytes":
				t.Bytes, _ = strconv.ParseInt(v, 10, 64)
			}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func typeOf(text string) schema.Type {
	kind, args, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	t := schema.Type{Kind: schema.Kind(kind)}
	numbers := strings.Split(args, ",")
	first, _ := strconv.Atoi(numbers[0])
	switch {
	case kind == "string":
		t.Length = first
	case kind == "decimal" && len(numbers) == 2:
		t.Precision = first
		t.Scale, _ = strconv.Atoi(numbers[1])
	default:
		t.Precision = first
	}
	return t
}

func (w *world) resolved(t *testing.T) []*resolve.Mapping {
	t.Helper()
	all, diags := w.resolve()
	if diags.HasErrors() {
		t.Fatalf("resolve: %v", diags.Err())
	}
	return all
}

func (w *world) resolve() ([]*resolve.Mapping, diag.List) {
	for i := range w.to.Tables {
		w.to.Tables[i].Dependents = w.dependents[w.to.Tables[i].Ref.Name]
	}
	all, diags := resolve.Mappings(w.cfg, map[string]*resolve.System{
		w.cfg.Systems[0].Address: {Config: w.cfg.Systems[0], Catalog: &w.from},
		w.cfg.Systems[1].Address: {Config: w.cfg.Systems[1], Catalog: &w.to, Modes: []string{"upsert", "append", "replace", "mirror", "history"}, Order: w.order},
	}, resolve.Known{Rebuilt: w.replace, Ours: func(address string) bool { return slices.Contains(w.ours, address) }})
	for _, m := range all {
		for i := range m.Definition.Lookups {
			for _, l := range m.Lookups {
				if w.content != nil && l.Name == m.Definition.Lookups[i].Name {
					m.Definition.Lookups[i].Digest = w.content(l)
				}
			}
		}
	}
	return all, diags
}

// addresses are those of the mappings as far as their blocks and the source's tables say.
func (w *world) addresses(t *testing.T) (out []string) {
	t.Helper()
	for _, m := range w.cfg.Mappings {
		out = append(out, m.Address)
		for _, table := range w.from.Tables {
			out = append(out, fmt.Sprintf("%s[%q]", m.Address, table.Ref.String()))
		}
	}
	return out
}

// applied gives the state that a run of these mappings would have left, one line each: `mapping.album rows=10
// cursor=10`. Their tables are added to the target that now stands, but for those with `gone`.
func applied(t *testing.T, before, now *world, lines string) state.Snapshot {
	t.Helper()
	s := state.Snapshot{Format: state.Format, Lineage: "lineage-1", Serial: 3, Engine: "1.0.0", Mappings: map[string]state.Mapping{}}
	all := map[string]*resolve.Mapping{}
	for _, m := range before.resolved(t) {
		all[m.Address] = m
	}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		m := all[words[0]]
		if m == nil {
			t.Fatalf("the state names %s, and there is no such mapping: %v", words[0], slices.Sorted(maps.Keys(all)))
		}
		entry, gone := entryOf(t, m, before, words[1:])
		s.Mappings[m.Address] = entry
		if table := standing(m, before.schemaOf); !gone && !slices.ContainsFunc(now.to.Tables, func(o schema.Table) bool { return o.Ref == table.Ref }) {
			now.to.Tables = append(now.to.Tables, table)
		}
	}
	now.expected = before.expected
	return stored(t, s)
}

func standing(m *resolve.Mapping, home string) schema.Table {
	if m.Standing != nil {
		return *m.Standing
	}
	table, named := m.Table, func(r *schema.Ref) {
		if r.Schema == "" {
			r.Schema = home
		}
	}
	table.Foreign = slices.Clone(table.Foreign)
	named(&table.Ref)
	for i := range table.Foreign {
		named(&table.Foreign[i].Parent)
	}
	return table
}

func entryOf(t *testing.T, m *resolve.Mapping, w *world, words []string) (entry state.Mapping, gone bool) {
	d := m.Definition
	entry = state.Mapping{UID: "uid-" + m.Address, Address: m.Address, Hashes: planner.ToState(planner.Fingerprints(m, w.sourceID, "new-1")),
		Source: state.End{Endpoint: d.Source, Identity: w.sourceID, Table: d.SourceTable.String()}, Target: state.End{Endpoint: d.Target, Identity: "new-1", Table: d.TargetTable.String()}, Run: "run-1", BaseRun: "run-1"}
	for _, word := range words {
		k, v, _ := strings.Cut(word, "=")
		n, _ := strconv.ParseInt(v, 10, 64)
		switch k {
		case "rows":
			entry.Rows = n
		case "source":
			entry.SourceCount = n
		case "cursor":
			entry.Cursor = &state.Cursor{Column: d.Cursor.Column, Position: v}
		case "nocursor":
			entry.Cursor = nil
		case "partial":
			entry.Partial = v
		case "run":
			entry.Run = v
		case "gone":
			gone = true
		case "expected":
			entry.Digest, w.expected = v, v
		default:
			t.Fatalf("%s: %q means nothing", m.Address, word)
		}
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	entry.Definition = raw
	return entry, gone
}

// stored sends a state through the file's form, as every plan finds it.
func stored(t *testing.T, s state.Snapshot) state.Snapshot {
	t.Helper()
	text, _, err := state.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := state.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// facts gathers what the planner gets. Every call makes all of it anew.
func facts(t *testing.T, config, before, applies string) (planner.Facts, diag.List) {
	t.Helper()
	if before == "" {
		before = config
	}
	now := read(t, config)
	return gathered(t, change{read(t, before), now, applies, now.replace})
}
