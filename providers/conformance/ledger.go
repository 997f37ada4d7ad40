package conformance

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func visibility(t *testing.T, s Suite) {
	sys := target(t, s)
	made := sys.table(sys.simple("seen"))
	b := numbered(made, 0, 100)
	l, err := need[providers.Target](t, sys.e).Load(t.Context(), sys.spec(made, 0))
	check(t, "load", err)
	check(t, "write", l.Write(t.Context(), b))
	if s.Reopen != nil {
		other := s.Reopen(t, sys.e)
		got, err := read(need[providers.Source](t, other), providers.ReadSpec{Table: made.Ref, Columns: made.Columns})
		check(t, "close", other.Close())
		if err == nil {
			same(t, "rows seen before Commit", got, rows{})
		} else {
			wantClass(t, "reading while a chunk is written", err, providers.Transient)
		}
	}
	check(t, "close", l.Close())
	check(t, "close again", l.Close())
	if err := l.Write(t.Context(), b); err == nil {
		t.Error("Write after Close: got no error")
	}
	same(t, "rows after Close without Commit", sys.whole(made), rows{})
	got, err := sys.history().Recorded(t.Context(), run, mapping)
	check(t, "recorded", err)
	if len(got) != 0 {
		t.Errorf("records after Close without Commit: got %d, want none", len(got))
	}
	_, err = sys.load(sys.spec(made, 0), b)
	check(t, "load again", err)
	same(t, "rows after Commit", sys.whole(made), of(b, nil))
}

func duplicates(t *testing.T, s Suite) {
	sys := target(t, s)
	made := sys.table(sys.simple("twice"))
	_, err := sys.load(sys.spec(made, 0), numbered(made, 0, 10))
	check(t, "load", err)
	for _, c := range []struct {
		name string
		b    *batch.Batch
	}{{"a key that is there", numbered(made, 9, 11)}, {"one key twice in a chunk", twice(made)}} {
		_, err = sys.load(sys.spec(made, 1), c.b)
		wantClass(t, c.name, err, providers.Conflict)
		if !errors.Is(err, providers.ErrDuplicateKey) {
			t.Errorf("%s: got %v, want ErrDuplicateKey in its chain", c.name, err)
		}
	}
	same(t, "rows after refused chunks", sys.whole(made), of(numbered(made, 0, 10), nil))
	if !slices.Contains(sys.e.Info().Modes, "upsert") {
		return
	}
	tracked := sys.spec(made, 2)
	tracked.Track, tracked.Mode, tracked.Hasher = true, providers.Upsert, hasher()
	_, err = sys.load(tracked, numbered(made, 20, 22))
	check(t, "load tracked", err)
	tracked.Redo = "moment"
	_, err = sys.load(tracked, numbered(made, 20, 22))
	check(t, "load the same chunk again", err)
	tracked.Redo = ""
	other := tracked
	other.ChunkID, other.Chunk.N = "chunk-3", 3
	_, err = sys.load(other, numbered(made, 21, 23))
	if !errors.Is(err, providers.ErrDuplicateKey) {
		t.Errorf("a key that another chunk wrote: got %v, want ErrDuplicateKey", err)
	}
	other.ChunkID, other.Chunk.N = "chunk-4", 4
	if _, err = sys.load(other, twice(made)); !errors.Is(err, providers.ErrDuplicateKey) {
		t.Errorf("one key twice in a tracked chunk: got %v, want ErrDuplicateKey", err)
	}
}

func twice(t schema.Table) *batch.Batch {
	b := numbered(t, 50, 53)
	b.AppendRow(numbered(t, 51, 52), 0)
	return b
}

func fencing(t *testing.T, s Suite) {
	sys := target(t, s)
	if s.Reopen == nil {
		t.Skip("the suite has no Reopen")
	}
	made := sys.table(sys.simple("fenced"))
	other := s.Reopen(t, sys.e)
	defer func() { check(t, "close", other.Close()) }()
	epoch, err := need[providers.Ledger](t, other).Open(t.Context(), owner, providers.Run{ID: run, Lineage: lineage, PlanDigest: "digest"})
	check(t, "open the run again", err)
	if epoch <= sys.epoch {
		t.Errorf("epoch: got %d, want more than %d", epoch, sys.epoch)
	}
	_, err = sys.load(sys.spec(made, 0), numbered(made, 0, 3))
	wantClass(t, "a chunk under the old epoch", err, providers.Fenced)
	wantClass(t, "a step under the old epoch", sys.do(schema.Change{Empty: &made.Ref}), providers.Fenced)
	same(t, "rows after a fenced chunk", sys.whole(made), rows{})
	meta, err := sys.history().Meta(t.Context())
	check(t, "meta", err)
	if meta.Epoch != epoch || meta.Open == nil || meta.Open.ID != run {
		t.Errorf("Meta: got epoch %d and open run %v, want %d and %s", meta.Epoch, meta.Open, epoch, run)
	}
	sys.e, other = other, sys.e
	sys.epoch = epoch
	_, err = sys.load(sys.spec(made, 0), numbered(made, 0, 3))
	check(t, "a chunk under the new epoch", err)
}

func ownership(t *testing.T, s Suite) {
	fresh := s.Open(t)
	h := need[providers.History](t, fresh)
	l := need[providers.Ledger](t, fresh)
	defer func() { check(t, "close", fresh.Close()) }()
	meta, err := h.Meta(t.Context())
	check(t, "meta of a fresh system", err)
	if !cmp.Equal(meta, providers.Meta{}) {
		t.Errorf("Meta of a fresh system: got %+v, want zero", meta)
	}
	if len(l.LedgerStatements()) == 0 {
		t.Error("LedgerStatements: got none")
	}
	ctx := t.Context()
	_, err = l.Open(ctx, owner, providers.Run{ID: run, Lineage: lineage, PlanDigest: "digest"})
	check(t, "open", err)
	meta, err = h.Meta(ctx)
	check(t, "meta", err)
	if meta.Format < 1 || meta.Target == "" || meta.Lineage != lineage || len(meta.Secret) != 32 || meta.Open == nil {
		t.Errorf("Meta: got format %d, target %q, lineage %q, %d bytes of secret, open %v", meta.Format, meta.Target, meta.Lineage, len(meta.Secret), meta.Open)
	}
	_, err = l.Open(ctx, providers.Owner{Lineage: "another"}, providers.Run{ID: "run-2", Lineage: "another"})
	wantClass(t, "a ledger of another lineage", err, providers.Conflict)
	_, err = l.Open(ctx, owner, providers.Run{ID: "run-2", Lineage: lineage})
	wantClass(t, "another run is open", err, providers.Conflict)
	check(t, "close the run", l.Close(ctx, run, "done", nil))
	_, err = l.Open(ctx, owner, providers.Run{ID: "run-2", Lineage: lineage, PlanDigest: "d2"})
	check(t, "open the next run", err)
	check(t, "abandon it", l.Close(ctx, "run-2", "abandoned", nil))
	runs, err := h.Runs(ctx)
	check(t, "runs", err)
	if len(runs) != 2 || runs[0].ID != run || runs[0].Outcome != "done" || runs[0].Closed.IsZero() || runs[1].Outcome != "abandoned" || runs[1].PlanDigest != "d2" {
		t.Errorf("Runs: got %+v", runs)
	}
	if cat, err := need[providers.Inspector](t, fresh).Inspect(ctx, nil); err != nil || len(cat.Tables) != 0 {
		t.Errorf("Inspect: got %v and %v, want no table of the ledger", cat, err)
	}
}

func lists(t *testing.T, s Suite) {
	sys := target(t, s)
	ctx := t.Context()
	first := []providers.Chunk{{N: 0, Bounds: `{"up_to":"ü"}`, Rows: 3}, {N: 1, Bounds: "x", Positional: true}}
	for _, c := range [][]providers.Chunk{first, {{N: 0, Bounds: "other"}}} {
		got, err := sys.ledger().Begin(ctx, run, mapping, c)
		check(t, "begin", err)
		if !slices.Equal(got, first) {
			t.Errorf("Begin: got %+v, want the list stored first, %+v", got, first)
		}
	}
	got, err := sys.history().Chunks(ctx, run, mapping)
	check(t, "chunks", err)
	if !slices.Equal(got, first) {
		t.Errorf("Chunks: got %+v, want %+v", got, first)
	}
	got, err = sys.history().Chunks(ctx, run, "another mapping")
	if err != nil || len(got) != 0 {
		t.Errorf("Chunks of another mapping: got %v, %v, want none", got, err)
	}
}

func steps(t *testing.T, s Suite) {
	sys := target(t, s)
	ctx := t.Context()
	table := sys.simple("made")
	order := need[providers.Definer](t, sys.e).Order()
	if !order.KeysWithTable {
		table.Primary = nil
	}
	st, err := need[providers.Definer](t, sys.e).Define(schema.Change{CreateTable: &table})
	check(t, "define", err)
	again, err := need[providers.Definer](t, sys.e).Define(schema.Change{CreateTable: &table})
	check(t, "define again", err)
	if !cmp.Equal(st, again) {
		t.Errorf("Define gave two answers to one change: %s", cmp.Diff(st, again))
	}
	step := providers.Step{Run: run, N: 7, Epoch: sys.epoch, Statement: st[0]}
	check(t, "exec", sys.ledger().Exec(ctx, step))
	check(t, "exec the same step again", sys.ledger().Exec(ctx, step))
	broken := providers.Step{Run: run, N: 8, Epoch: sys.epoch, Statement: providers.Statement{What: "fail half way"}}
	other := table
	other.Ref = sys.ref("never")
	half, err := need[providers.Definer](t, sys.e).Define(schema.Change{CreateTable: &other})
	check(t, "define", err)
	broken.Statement.SQL = slices.Concat(half[0].SQL, st[0].SQL)
	if err := sys.ledger().Exec(ctx, broken); err == nil {
		t.Error("making a table twice: got no error")
	}
	cat, err := need[providers.Inspector](t, sys.e).Inspect(ctx, nil)
	check(t, "inspect", err)
	if _, ok := cat.Table(other.Ref); ok {
		t.Error("a step that failed left a table behind")
	}
	done, err := sys.history().Steps(ctx, run)
	check(t, "steps", err)
	if !slices.Equal(done, []int{7}) {
		t.Errorf("Steps: got %v, want [7]", done)
	}
}

func records(t *testing.T, s Suite) {
	sys := target(t, s)
	ctx := t.Context()
	made := sys.table(sys.simple("recorded"))
	var want []providers.ChunkRecord
	for n := range 3 {
		spec := sys.spec(made, n)
		spec.Chunk.Bounds = `bounds with "quotes" and ü`
		got, err := sys.load(spec, numbered(made, int64(n*10), int64(n*10+5)))
		check(t, "load", err)
		if got.Committed.IsZero() {
			t.Error("Commit: the record has no time")
		}
		want = append(want, got)
	}
	for _, run := range []string{run, ""} {
		got, err := sys.history().Recorded(ctx, run, mapping)
		check(t, "recorded", err)
		if !cmp.Equal(got, want) {
			t.Errorf("Recorded(%q): %s", run, cmp.Diff(got, want))
		}
	}
	st, err := need[providers.Definer](t, sys.e).Define(schema.Change{Empty: &made.Ref})
	check(t, "define", err)
	definitions := map[string]string{mapping: `{"a": "ü"}`, "other": ""}
	check(t, "close the run", sys.ledger().Close(ctx, run, "done", definitions))
	got, err := sys.history().Definitions(ctx)
	check(t, "definitions", err)
	if !cmp.Equal(got, definitions) {
		t.Errorf("Definitions: %s", cmp.Diff(got, definitions))
	}
	epoch, err := sys.ledger().Open(ctx, owner, providers.Run{ID: "run-2", Lineage: lineage})
	check(t, "open the next run", err)
	check(t, "exec", sys.ledger().Exec(ctx, providers.Step{Run: "run-2", N: 1, Epoch: epoch, Statement: st[0], Fresh: mapping}))
	left, err := sys.history().Recorded(ctx, "", mapping)
	if err != nil || len(left) != 0 {
		t.Errorf("records that still count after the table was made anew: got %d, %v, want none", len(left), err)
	}
}

func resets(t *testing.T, s Suite) {
	sys := target(t, s)
	ctx := t.Context()
	made := sys.table(sys.simple("reset"))
	_, err := sys.ledger().Begin(ctx, run, mapping, []providers.Chunk{{Bounds: "a"}})
	check(t, "begin", err)
	spec := sys.spec(made, 0)
	l, err := need[providers.Target](t, sys.e).Load(ctx, spec)
	check(t, "load", err)
	b := numbered(made, 0, 5)
	check(t, "write", l.Write(ctx, b))
	check(t, "reject", l.Reject(ctx, []providers.Reject{{Key: "k", Field: "f", Rule: "r", Reason: "why ü"}}))
	_, err = l.Commit(ctx, record(spec, b))
	check(t, "commit", err)
	check(t, "close", l.Close())
	st, err := need[providers.Definer](t, sys.e).Define(schema.Change{Empty: &made.Ref})
	check(t, "define", err)
	wantClass(t, "a reset under an old epoch", sys.ledger().Reset(ctx, run, mapping, sys.epoch-1, st[0]), providers.Fenced)
	check(t, "reset", sys.ledger().Reset(ctx, run, mapping, sys.epoch, st[0]))
	same(t, "rows after a reset", sys.whole(made), rows{})
	recorded, err := sys.history().Recorded(ctx, run, mapping)
	if err != nil || len(recorded) != 0 {
		t.Errorf("records after a reset: got %d, %v, want none", len(recorded), err)
	}
	list, err := sys.history().Chunks(ctx, run, mapping)
	if err != nil || len(list) != 0 {
		t.Errorf("chunk list after a reset: got %v, %v, want none", list, err)
	}
	_, err = sys.load(spec, b)
	check(t, "load after the reset", err)
}
