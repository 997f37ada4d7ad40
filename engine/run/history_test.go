package run_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

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
	now     func() time.Time     // the clock, where it is not the machine's
	saved   func(state.Snapshot) // is told every state, where it is there
	rebuilt bool                 // the plan at work builds the table anew
	again   bool                 // the plan at work makes rows again as the reload block says
}

func newHistory(t *testing.T, kind, dsn string, w wording) *history {
	h := &history{lab: &lab{t: t, systems: memory.New(), store: &store{}, chunkBytes: 64, batchRows: 3, workers: 2}, kind: kind, dsn: dsn, w: w}
	h.dir = t.TempDir()
	h.m = model{source: map[int]sourceRow{}, off: map[string]int{}, edited: map[int]bool{}}
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
	h.run("INSERT OR REPLACE INTO item (id, a, n, b, seq) VALUES (?, ?, ?, ?, ?)", id, r.a, r.n, b, r.seq)
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
	p    *faulty.Plan
	tell func(state.Snapshot)
}

func (d *dying) Save(ctx context.Context, next state.Snapshot) (uint64, error) {
	if d.p.Reached() {
		return 0, faulty.ErrInjected
	}
	if d.tell != nil {
		d.tell(next)
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
	e.Store = func(string) state.Store { return &dying{h.store, faults, h.saved} }
	if h.now != nil {
		e.Now = h.now
	}
	e.Secrets = secret.Resolver{Env: func(string) (string, bool) { return h.dsn, true }}
	h.store.locked = false
	p, diags, err := e.Plan(context.Background(), cfg, engine.PlanOptions{Refresh: true})
	if err != nil || diags.HasErrors() {
		return nil, errors.Join(err, diags.Err())
	}
	if m := p.Plan.Mapping(h.w.address()); m != nil && !p.Plan.Empty() {
		h.rebuilt = slices.ContainsFunc(m.Actions, func(a plan.Action) bool { return a.Kind == plan.Reload || a.Kind == plan.Create })
		h.again = !h.rebuilt && m.Generation > 0
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

// model brings the model to where the plan at work leaves the target.
func (h *history) modelled() {
	h.m.applied(h.w, h.rebuilt, h.again)
	h.rebuilt, h.again = false, false
}

// failed is an error of an apply that has done its work: only what somebody else changed may not agree.
func (h *history) failed(err error) error {
	if f := new(engine.CheckFailed); errors.As(err, &f) && len(h.m.off) > 0 {
		return nil
	}
	return err
}

// applied is an apply that may be killed at calls, and be gone on with; what stands then is what the model says.
func (h *history) applied(kills []int, between func()) error {
	h.rebuilt, h.again = false, false
	if was := h.m.was; len(h.m.off) > 0 && (names(*was) != names(h.w) || was.cursor != h.w.cursor) {
		h.w.drift = "repair" // other columns and another cursor are refused before that
	}
	if _, err := h.command(faulty.Nth(0), false); err != nil && (strings.Contains(err.Error(), "gone at the source has no value") || strings.Contains(err.Error(), "A null has nowhere to go")) {
		h.say("refused: %v", err)
		h.w.loose = true
	}
	h.say("apply %+v, killed at %v", h.w, kills)
	done := false
	for _, kill := range kills {
		faults := faulty.Nth(kill).As(providers.Unknown).Dead()
		p, err := h.command(faults, true)
		h.say("  ended with %v", err)
		if !done && h.store.snap.OpenRun != nil && between != nil || h.failed(err) == nil && (!done || !p.Empty()) {
			done = true
			h.modelled()
		}
		if between != nil {
			between()
		}
	}
	for range 4 {
		p, err := h.command(faulty.Nth(0), true)
		if err := h.failed(err); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		if !done || !p.Empty() {
			h.modelled()
			done = true
		}
		again, err := h.command(faulty.Nth(0), false)
		if err != nil {
			return fmt.Errorf("plan: %w", err)
		}
		if again.Empty() {
			break
		}
		if between == nil && !h.again {
			return fmt.Errorf("a second plan: got %+v, want no changes", again.Mapping(h.w.address()).Actions)
		}
	}
	return h.check()
}

func (h *history) check() error {
	got, err := h.stands()
	if err != nil {
		return err
	}
	if want := h.m.lines(h.w, got); !slices.Equal(got, want) {
		return fmt.Errorf("rows of the target: got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	p, err := h.command(faulty.Nth(0), false)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if !p.Empty() {
		return fmt.Errorf("a second plan: got %+v, want no changes", p.Mapping(h.w.address()).Actions)
	}
	err = h.verify(false)
	found := new(engine.Drifted)
	switch {
	case len(h.m.off) > 0 && errors.As(err, &found):
		return nil
	case len(h.m.off) > 0 && err == nil && !h.m.right(h.w):
		return fmt.Errorf("verify: got nothing, want %v", h.m.off)
	case err != nil:
		return fmt.Errorf("verify: %w", err)
	}
	h.m.off = map[string]int{}
	return nil
}
