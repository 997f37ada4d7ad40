package run_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/memory"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/providers/testserver"
	"github.com/novumsolvo/migrateiq/state"
)

// history is one migration over its life: a file of SQLite as its source, a target, and what both have to hold.
type history struct {
	*lab
	db      *sql.DB // the source
	kind    string  // of the target
	dsn     string  // of PostgreSQL
	w       wording
	m       model
	seq     int
	names   int
	log     []string
	rebuilt bool // the plan at work builds the table anew
}

func newHistory(t *testing.T, kind, dsn string, w wording) *history {
	h := &history{lab: &lab{t: t, systems: memory.New(), store: &store{}, chunkBytes: 64, batchRows: 3, workers: 2}, kind: kind, dsn: dsn, w: w}
	h.dir = t.TempDir()
	h.m.source = map[int]sourceRow{}
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "old.db"))
	h.must(err)
	h.db = db
	h.run("CREATE TABLE item (id INTEGER PRIMARY KEY, a TEXT NOT NULL, n INTEGER NOT NULL, b TEXT, seq INTEGER NOT NULL)")
	if kind == "postgres" {
		testserver.Psql(t, dsn, "DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS _migrateiq CASCADE; CREATE SCHEMA public")
	}
	return h
}

func (h *history) run(text string, args ...any) {
	_, err := h.db.Exec(text, args...)
	h.must(err)
}

func (h *history) say(text string, args ...any) { h.log = append(h.log, fmt.Sprintf(text, args...)) }

// put writes a row of the source; maintained says that the cursor's column follows.
func (h *history) put(id int, r sourceRow, maintained bool) {
	was, stood := h.m.source[id]
	if !maintained && stood {
		r.seq = was.seq
	} else {
		h.seq++
		r.seq = h.seq
	}
	h.m.source[id] = r
	var b any
	if r.b != "" {
		b = r.b
	}
	h.say("source %d = %+v", id, r)
	h.run("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?)", id, r.a, r.n, b, r.seq)
}

func (h *history) remove(id int) {
	h.say("source %d is removed", id)
	delete(h.m.source, id)
	h.run("DELETE FROM item WHERE id = ?", id)
}

// provider opens the target under its own name or, for a test, as it is.
func (h *history) provider() (providers.Provider, providers.Config, string) {
	switch h.kind {
	case "sqlite":
		path := filepath.Join(h.dir, "new.db")
		return sqlite.New(), &sqlite.Config{Path: path}, fmt.Sprintf("path = %q", path)
	case "postgres":
		return postgres.New(), nil, `url = secret("env://NEW")`
	}
	return h.systems, &memory.Config{Name: "new"}, `name = "new"`
}

// configured writes the configuration as it is now.
func (h *history) configured() {
	h.t.Helper()
	_, _, where := h.provider()
	cursor := ""
	if h.w.cursor {
		cursor = "  table \"item\" {\n    cursor = { column = \"seq\", kind = \"sequence\" }\n  }\n"
	}
	text := fmt.Sprintf("source \"sqlite\" \"old\" {\n  path = \"old.db\"\n%s}\ntarget %q \"new\" {\n  %s\n}\n", cursor, h.kind, where)
	text += strings.Replace(h.w.text(), "target.it.new", "target."+h.kind+".new", 1)
	h.must(os.WriteFile(filepath.Join(h.dir, "main.miq.hcl"), []byte(text), 0o600))
}

// dying is a store that fails with the process.
type dying struct {
	*store
	p *faulty.Plan
}

func (d *dying) Save(ctx context.Context, next state.Snapshot) (uint64, error) {
	if d.p.Reached() {
		return 0, faulty.ErrInjected
	}
	return d.store.Save(ctx, next)
}

// command makes a plan and applies it, in a process that lives as long as faults allow.
func (h *history) command(faults *faulty.Plan, apply bool) (*plan.Plan, error) {
	h.configured()
	if h.kind != "memory" {
		p, _, _ := h.provider()
		h.beside = []providers.Provider{&wrapping{p, h.lab, faults}}
	}
	if h.kind != "sqlite" {
		h.beside = append(h.beside, &wrapping{sqlite.New(), h.lab, faults})
	}
	defer func() { h.beside = nil }()
	cfg, e := h.engine(faults)
	e.Store = func(string) state.Store { return &dying{h.store, faults} }
	e.Secrets = secret.Resolver{Env: func(string) (string, bool) { return h.dsn, true }}
	h.store.locked = false
	p, diags, err := e.Plan(context.Background(), cfg, engine.PlanOptions{Refresh: true})
	if err != nil || diags.HasErrors() {
		return nil, errors.Join(err, diags.Err())
	}
	if m := p.Plan.Mapping("mapping.item"); m != nil && !p.Plan.Empty() {
		h.rebuilt = slices.ContainsFunc(m.Actions, func(a plan.Action) bool { return a.Kind == plan.Reload || a.Kind == plan.Create })
	}
	if !apply {
		return p.Plan, nil
	}
	report, err := e.Apply(context.Background(), cfg, p.Plan, p.Permit, engine.ApplyOptions{})
	if err != nil && report != nil {
		for _, m := range report.Mappings {
			err = fmt.Errorf("%w; %s: %s", err, m.Address, m.Failed)
		}
	}
	return p.Plan, err
}

// verify holds target and source against what was recorded.
func (h *history) verify(source bool) error {
	if h.kind != "memory" {
		p, _, _ := h.provider()
		h.beside = []providers.Provider{p}
	}
	if h.kind != "sqlite" {
		h.beside = append(h.beside, sqlite.New())
	}
	defer func() { h.beside = nil }()
	cfg, e := h.engine(faulty.Nth(0))
	e.Secrets = secret.Resolver{Env: func(string) (string, bool) { return h.dsn, true }}
	_, err := e.Verify(context.Background(), cfg, engine.VerifyOptions{Source: source})
	return err
}

// stands reads the target.
func (h *history) stands() ([]string, error) {
	if h.kind == "postgres" {
		return h.asked(), nil
	}
	ctx := context.Background()
	p, cfg, _ := h.provider()
	e, err := p.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	columns := []schema.Column{}
	cat, err := as[providers.Inspector](h.lab, e).Inspect(ctx, nil)
	if err != nil {
		return nil, err
	}
	t, ok := cat.Table(schema.Ref{Name: "item"})
	if !ok {
		return nil, errors.New("there is no table")
	}
	for _, name := range append([]string{"id"}, strings.Fields(names(h.w))...) {
		c, ok := t.Column(name)
		if !ok {
			return nil, fmt.Errorf("column %s is not there", name)
		}
		columns = append(columns, c)
	}
	var out []string
	err = providers.Each(ctx, as[providers.Source](h.lab, e), providers.ReadSpec{Table: t.Ref, Columns: columns}, func(b *batch.Batch) error {
		for i := range b.Len() {
			var line []string
			for c := range columns {
				v := "null"
				if !b.Vectors[c].Null(i) {
					v = string(batch.AppendText(nil, columns[c].Type, &b.Vectors[c], i))
				}
				line = append(line, columns[c].Name+"="+v)
			}
			out = append(out, strings.Join(line, " "))
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

// asked is the same, from PostgreSQL itself.
func (h *history) asked() []string {
	parts := []string{"'id=' || id"}
	for _, f := range h.w.fields {
		parts = append(parts, fmt.Sprintf("' %s=' || coalesce(%q, 'null')", f.name, f.name))
	}
	text := strings.TrimSpace(testserver.Psql(h.t, h.dsn, "SELECT "+strings.Join(parts, " || ")+" FROM item"))
	if text == "" {
		return nil
	}
	out := strings.Split(text, "\n")
	slices.Sort(out)
	return out
}

// applied is an apply that may be killed at a call, and be gone on with; what stands then is what the model says.
func (h *history) applied(kill int, between func()) error {
	h.rebuilt = false
	if _, err := h.command(faulty.Nth(0), false); err != nil && (strings.Contains(err.Error(), "gone at the source has no value") || strings.Contains(err.Error(), "A null has nowhere to go")) {
		h.say("refused: %v", err)
		h.w.loose = true
	}
	h.say("apply %+v, killed at %d", h.w, kill)
	done := false
	if kill > 0 {
		faults := faulty.Nth(kill).As(providers.Unknown).Dead()
		_, err := h.command(faults, true)
		h.say("  ended with %v", err)
		if done = err == nil || h.store.snap.OpenRun != nil && between != nil; done {
			h.m.applied(h.w, h.rebuilt)
		}
		if between != nil {
			between()
		}
	}
	for range 3 {
		p, err := h.command(faulty.Nth(0), true)
		if err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		if !done || !p.Empty() {
			h.m.applied(h.w, h.rebuilt)
			done, h.rebuilt = true, false
		}
		again, err := h.command(faulty.Nth(0), false)
		if err != nil {
			return fmt.Errorf("plan: %w", err)
		}
		if again.Empty() {
			break
		}
		if between == nil {
			return fmt.Errorf("a second plan: got %+v, want no changes", again.Mapping("mapping.item").Actions)
		}
	}
	return h.check()
}

func (h *history) check() error {
	got, err := h.stands()
	if err != nil {
		return err
	}
	if want := h.m.lines(h.w); !slices.Equal(got, want) {
		return fmt.Errorf("rows of the target: got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	p, err := h.command(faulty.Nth(0), false)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if !p.Empty() {
		return fmt.Errorf("a second plan: got %+v, want no changes", p.Mapping("mapping.item").Actions)
	}
	if err := h.verify(false); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	return nil
}

// checks lives the same few histories in every run of the tests, and many others in a long one.
func checks(t *testing.T, few, many string) {
	t.Helper()
	want := map[string]string{"rapid.checks": few, "rapid.seed": "1", "rapid.nofailfile": "true"}
	if os.Getenv("MIGRATEIQ_TEST_LONG") != "" {
		want = map[string]string{"rapid.checks": many}
	}
	for name, value := range want {
		f := flag.Lookup(name)
		if was := f.Value.String(); was == f.DefValue { // not asked for on the command line
			if err := flag.Set(name, value); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = flag.Set(name, was) })
		}
	}
}

func drawRow(rt *rapid.T) sourceRow {
	return sourceRow{a: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "a"), n: rapid.IntRange(0, 5).Draw(rt, "n"), b: rapid.SampledFrom([]string{"", "p"}).Draw(rt, "b")}
}

// live draws a history and lives it.
func live(t *testing.T, rt *rapid.T, kind, dsn string) {
	w := wording{cursor: rapid.Bool().Draw(rt, "cursor"), repair: rapid.Bool().Draw(rt, "repair"), loose: rapid.Bool().Draw(rt, "loose"), param: "x", codes: "ex"}
	w.mode = rapid.SampledFrom([]string{"upsert", "mirror", "append"}).Draw(rt, "mode")
	h := newHistory(t, kind, dsn, w)
	defer func() { h.must(h.db.Close()) }()
	h.field(rt)
	for range rapid.IntRange(0, 6).Draw(rt, "rows") {
		h.insert(rt)
	}
	if h.w.cursor && h.w.mode == "append" {
		h.insert(rt)
	}
	for range rapid.IntRange(1, 4).Draw(rt, "applies") {
		for range rapid.IntRange(0, 4).Draw(rt, "steps") {
			h.step(rt)
		}
		kill := 0
		var between func()
		if rapid.IntRange(0, 2).Draw(rt, "killed") == 0 {
			kill = rapid.IntRange(1, 120).Draw(rt, "kill at")
			if h.w.mode != "append" && rapid.Bool().Draw(rt, "between") {
				between = func() { h.insert(rt) }
			}
		}
		if err := h.applied(kill, between); err != nil {
			rt.Fatalf("%v\n%s", err, strings.Join(h.log, "\n"))
		}
	}
}

func (h *history) field(rt *rapid.T) {
	h.names++
	h.w.fields = append(slices.Clone(h.w.fields), madeField{fmt.Sprint("f", h.names), rapid.IntRange(0, len(expressions)-1).Draw(rt, "field")})
}

func (h *history) insert(rt *rapid.T) {
	id := rapid.IntRange(1, 30).Draw(rt, "id")
	if _, there := h.m.source[id]; !there && (h.w.mode != "append" || h.m.target[id] == nil) {
		h.put(id, drawRow(rt), true)
	}
}

// one is a row of the source, 0 where there is none.
func (h *history) one(rt *rapid.T) int {
	var ids []int
	for id := range h.m.source {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return 0
	}
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(rt, "row")
}

// step is one thing that happens between two applies.
func (h *history) step(rt *rapid.T) {
	fields := slices.Clone(h.w.fields)
	at := rapid.IntRange(0, len(fields)-1)
	switch rapid.SampledFrom([]string{"insert", "update", "delete", "expression", "where", "param", "codes", "add", "drop", "rename", "swap", "mode", "edit"}).Draw(rt, "step") {
	case "insert":
		h.insert(rt)
	case "update":
		if id := h.one(rt); id > 0 {
			h.put(id, drawRow(rt), h.w.mode != "append" && rapid.IntRange(0, 3).Draw(rt, "maintained") > 0)
		}
	case "delete":
		if id := h.one(rt); id > 0 {
			h.remove(id)
		}
	case "expression":
		fields[at.Draw(rt, "which")].expr = rapid.IntRange(0, len(expressions)-1).Draw(rt, "expression")
		h.w.fields = fields
	case "where":
		h.w.where = rapid.IntRange(0, len(filters)-1).Draw(rt, "where")
	case "param":
		h.w.param = rapid.SampledFrom([]string{"x", "y", "zz"}).Draw(rt, "param")
	case "codes":
		h.w.codes = rapid.SampledFrom([]string{"ex", "iks", "?"}).Draw(rt, "codes")
	case "add":
		h.field(rt)
	case "drop":
		if i := at.Draw(rt, "which"); len(fields) > 1 {
			h.w.fields = slices.Delete(fields, i, i+1)
		}
	case "rename":
		h.names++
		fields[at.Draw(rt, "which")].name = fmt.Sprint("f", h.names)
		h.w.fields = fields
	case "swap":
		i, j := at.Draw(rt, "which"), at.Draw(rt, "with")
		fields[i], fields[j] = fields[j], fields[i]
		h.w.fields = fields
	case "mode":
		if h.w.mode != "append" {
			h.w.mode = rapid.SampledFrom([]string{"upsert", "mirror"}).Draw(rt, "mode")
		}
	case "edit":
		h.edit(rt)
	}
}

// edit is what somebody does to the target's rows, where the mapping writes over it.
func (h *history) edit(rt *rapid.T) {
	id := h.one(rt)
	if h.kind == "memory" || !h.w.repair || h.m.was == nil || h.m.target[id] == nil || h.w.mode == "append" {
		return
	}
	f := rapid.SampledFrom(h.m.was.fields).Draw(rt, "edited").name
	text := fmt.Sprintf("UPDATE item SET %q = 'by hand' WHERE id = %d", f, id)
	if rapid.IntRange(0, 2).Draw(rt, "removed") == 0 {
		text = fmt.Sprintf("DELETE FROM item WHERE id = %d", id)
		delete(h.m.target, id)
	} else {
		h.m.target[id][f] = "by hand"
	}
	h.say("target: %s", text)
	h.m.edited = true
	if h.kind == "postgres" {
		testserver.Psql(h.t, h.dsn, text)
		return
	}
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "new.db"))
	h.must(err)
	_, err = db.Exec(text)
	h.must(errors.Join(err, db.Close()))
}

func TestAnyHistoryEndsInWhatTheModeSays(t *testing.T) {
	for _, kind := range []string{"memory", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			checks(t, "30", "1000")
			rapid.Check(t, func(rt *rapid.T) { live(t, rt, kind, "") })
		})
	}
}

func TestAnyHistoryIntoPostgreSQLEndsInWhatTheModeSays(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL")
	}
	dsn := testserver.Postgres(t)
	checks(t, "5", "200")
	rapid.Check(t, func(rt *rapid.T) { live(t, rt, "postgres", dsn) })
}
