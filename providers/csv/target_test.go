package csv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// job drives a target as a run does.
type job struct {
	t     testing.TB
	e     *endpoint
	run   string
	epoch int64
	step  int
}

func begin(t testing.TB, e *endpoint, run string) *job {
	t.Helper()
	epoch, err := ledger{e}.Open(context.Background(), providers.Owner{Lineage: "l"}, providers.Run{ID: run})
	if err != nil {
		t.Fatal(err)
	}
	return &job{t: t, e: e, run: run, epoch: epoch}
}

func (j *job) try(c schema.Change, fresh string) error {
	j.t.Helper()
	statements, err := j.e.Define(c)
	for _, s := range statements {
		j.step++
		if err == nil {
			err = ledger{j.e}.Exec(context.Background(), providers.Step{Run: j.run, N: j.step, Epoch: j.epoch, Statement: s, Fresh: fresh})
		}
	}
	return err
}

func (j *job) do(c schema.Change) {
	j.t.Helper()
	if err := j.try(c, ""); err != nil {
		j.t.Fatal(err)
	}
}

var (
	number = schema.Column{Name: "id", Type: schema.Type{Kind: schema.Int32}}
	word   = schema.Column{Name: "word", Type: schema.Type{Kind: schema.String}, Null: true}
)

func pairs(from, to int) *batch.Batch {
	b := batch.New([]schema.Column{number, word}, 0)
	for i := from; i < to; i++ {
		b.Vectors[0].AppendInt(int64(i))
		if i%3 == 0 {
			b.Vectors[1].AppendNull()
		} else {
			b.Vectors[1].AppendString(fmt.Sprint("w", i))
		}
	}
	return b
}

func (j *job) load(table, chunk string, b *batch.Batch, set ...func(*providers.LoadSpec)) error {
	j.t.Helper()
	s := providers.LoadSpec{Run: j.run, Mapping: "m", ChunkID: chunk, Epoch: j.epoch, Table: schema.Ref{Name: table}, Columns: b.Columns, Mode: providers.Insert}
	for _, f := range set {
		f(&s)
	}
	l, err := j.e.Load(context.Background(), s)
	if err != nil {
		return err
	}
	err = l.Write(context.Background(), b)
	if err == nil {
		_, err = l.Commit(context.Background(), j.record(chunk, b))
	}
	return errors.Join(err, l.Close())
}

func (j *job) record(chunk string, b *batch.Batch) providers.ChunkRecord {
	return providers.ChunkRecord{Run: j.run, Mapping: "m", Chunk: chunk, Epoch: j.epoch, Written: batch.NewHasher([16]byte{}).Batch(b, nil)}
}

func words(name string) schema.Change {
	return schema.Change{CreateTable: &schema.Table{Ref: schema.Ref{Name: name}, Columns: []schema.Column{number, word}}}
}

func target(t testing.TB, c Config) *endpoint {
	t.Helper()
	c.Path = filepath.Join(t.TempDir(), "out")
	e, err := New().Open(context.Background(), &c)
	if err != nil {
		t.Fatal(err)
	}
	return e.(*endpoint)
}

func count(t testing.TB, e *endpoint, name string) int {
	t.Helper()
	lines, err := content(context.Background(), e, name)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return len(lines)
}

func files(t testing.TB, e *endpoint, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(e.root, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i], _ = filepath.Rel(e.root, found[i])
	}
	return found
}

func TestARunLeavesPartsAManifestAndItsLedger(t *testing.T) {
	for _, c := range []Config{{}, {Compress: "gzip", LineEnding: "crlf", Delimiter: ";"}, {SingleFile: true}, {SingleFile: true, Compress: "gzip", Header: "none"}} {
		e := target(t, c)
		h := ledger{e}
		if m, err := h.Meta(t.Context()); err != nil || m.Format != 0 {
			t.Fatalf("before the first run: got %+v, error %v", m, err)
		}
		j := begin(t, e, "r1")
		j.do(words("t"))
		if n := count(t, e, "t"); n != 0 {
			t.Errorf("a new table has %d rows", n)
		}
		if _, err := h.Begin(t.Context(), "r1", "m", []providers.Chunk{{Bounds: "x"}, {N: 1, Bounds: "y"}}); err != nil {
			t.Fatal(err)
		}
		if again, err := h.Begin(t.Context(), "r1", "m", nil); err != nil || len(again) != 2 {
			t.Errorf("Begin again: got %v, error %v, want the stored list", again, err)
		}
		for i, id := range []string{"a1", "b2"} {
			if err := j.load("t", id, pairs(10*i, 10*i+10)); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.load("t", "c3", pairs(0, 0)); err != nil {
			t.Fatal(err)
		}
		before, err := content(t.Context(), e, "t")
		if err != nil || len(before) != 20 || before[3] != "3|~" || before[4] != "4|w4" {
			t.Fatalf("%+v: got %q, error %v", c, before, err)
		}
		if err := h.Close(t.Context(), "r1", "done", map[string]string{"m": "{}"}); err != nil {
			t.Fatal(err)
		}
		after, err := content(t.Context(), e, "t")
		if err != nil || !slices.Equal(before, after) {
			t.Errorf("%+v: after Close got %q, error %v", c, after, err)
		}
		wantFiles := 2
		if c.SingleFile {
			wantFiles = 0
			if got := files(t, e, "t.csv*"); len(got) != 1 {
				t.Errorf("%+v: the joined file: got %q", c, got)
			}
		}
		if got := files(t, e, "t/*.csv*"); len(got) != wantFiles {
			t.Errorf("%+v: got parts %q, want %d", c, got, wantFiles)
		}
		if got := append(files(t, e, "t/.tmp*"), files(t, e, ".tmp*")...); len(got) != 0 {
			t.Errorf("%+v: left over: %q", c, got)
		}
		recorded, err := h.Recorded(t.Context(), "", "m")
		if err != nil || len(recorded) != 3 || recorded[0].Committed.IsZero() || recorded[1].Written.Rows != 10 {
			t.Errorf("%+v: got records %+v, error %v", c, recorded, err)
		}
		if d, err := h.Definitions(t.Context()); err != nil || d["m"] != "{}" {
			t.Errorf("%+v: got definitions %v, error %v", c, d, err)
		}
		appendAgain(t, e, after)
		copied(t, e)
	}
}

// appendAgain lets a second run add rows.
func appendAgain(t *testing.T, e *endpoint, before []string) {
	j := begin(t, e, "r2")
	if err := j.load("t", "d4", pairs(20, 25)); err != nil {
		t.Fatal(err)
	}
	if err := (ledger{e}).Close(t.Context(), "r2", "done", nil); err != nil {
		t.Fatal(err)
	}
	if got := count(t, e, "t"); got != len(before)+5 {
		t.Errorf("after a second run: got %d rows, want %d", got, len(before)+5)
	}
}

// copied reads a copy of the folder that has no ledger, as somebody who was sent it would.
func copied(t *testing.T, e *endpoint) {
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(e.root)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(to, ledgerFolder)); err != nil {
		t.Fatal(err)
	}
	c := open(t, Config{Path: to, Delimiter: "|"}) // the manifest knows better
	if got, want := types(t, c, "t"), "id int32, word string?"; got != want {
		t.Errorf("a copy: got %s, want %s", got, want)
	}
	if got, want := count(t, c, "t"), count(t, e, "t"); got != want {
		t.Errorf("a copy: got %d rows, want %d", got, want)
	}
}

func TestKeysAreProvenAndThenKept(t *testing.T) {
	e := target(t, Config{})
	j := begin(t, e, "r1")
	j.do(words("t"))
	key := schema.Change{AddPrimary: &schema.KeyChange{Table: schema.Ref{Name: "t"}, Key: schema.Key{Columns: []string{"id"}}}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(j.load("t", "a", pairs(0, 5)))
	must(j.load("t", "b", pairs(4, 6)))
	if err := j.try(key, ""); !errors.Is(err, providers.ErrDuplicateKey) || providers.ClassOf(err) != providers.Conflict {
		t.Errorf("a key with doubles: got error %v", err)
	}
	must(ledger{e}.Reset(t.Context(), "r1", "m", j.epoch, defined(t, e, schema.Change{Empty: &schema.Ref{Name: "t"}})))
	if got := files(t, e, "t/*.csv"); len(got) != 0 || count(t, e, "t") != 0 {
		t.Errorf("after Reset: got %q", got)
	}
	must(j.load("t", "a", pairs(0, 5)))
	must(j.try(key, ""))
	for _, c := range []struct {
		name string
		b    *batch.Batch
		want error
	}{{"a key that is there", pairs(4, 6), providers.ErrDuplicateKey}, {"new keys", pairs(5, 7), nil}} {
		if err := j.load("t", strings.ReplaceAll(c.name, " ", "-"), c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: got error %v, want %v", c.name, err, c.want)
		}
	}
	twice := pairs(20, 21)
	twice.AppendRow(pairs(20, 21), 0)
	if err := j.load("t", "twice", twice); !errors.Is(err, providers.ErrDuplicateKey) {
		t.Errorf("one key twice in a chunk: got error %v", err)
	}
	if got := count(t, e, "t"); got != 7 {
		t.Errorf("got %d rows, want 7", got)
	}
	j.do(words("child"))
	must(j.load("child", "x", pairs(6, 8)))
	foreign := schema.Change{AddForeign: &schema.ForeignAdd{Table: schema.Ref{Name: "child"},
		Foreign: schema.ForeignKey{Columns: []string{"id"}, Parent: schema.Ref{Name: "t"}, Key: []string{"id"}}}}
	if err := j.try(foreign, ""); providers.ClassOf(err) != providers.BadValue {
		t.Errorf("a foreign key that leads nowhere: got error %v", err)
	}
	must(j.load("t", "y", pairs(7, 8)))
	must(j.try(foreign, ""))
	if err := j.load("child", "z", pairs(7, 12)); providers.ClassOf(err) != providers.BadValue || !strings.Contains(err.Error(), "row 2 of the chunk") {
		t.Errorf("a row that leads nowhere, after the key was added: got error %v", err)
	}
	must(j.load("child", "w", pairs(0, 3)))
	if err := j.try(schema.Change{Empty: &schema.Ref{Name: "t"}}, ""); providers.ClassOf(err) != providers.Conflict {
		t.Errorf("emptying a table that others lead to: got error %v, want a conflict", err)
	}
	j.do(words("t2"))
	must(j.load("t2", "v", pairs(0, 7)))
	swap := schema.Change{Swap: &schema.TableSwap{Old: schema.Ref{Name: "t"}, New: schema.Table{Ref: schema.Ref{Name: "t2"}}}}
	if err := j.try(swap, ""); providers.ClassOf(err) != providers.BadValue {
		t.Errorf("a swap that leaves rows leading nowhere: got error %v", err)
	}
	must(j.load("t2", "u", pairs(7, 8)))
	must(j.try(swap, ""))
}

func defined(t *testing.T, e *endpoint, c schema.Change) providers.Statement {
	t.Helper()
	s, err := e.Define(c)
	if err != nil || len(s) != 1 {
		t.Fatalf("Define: got %v, error %v", s, err)
	}
	return s[0]
}

func TestATableOfAnyNameStaysInsideTheFolder(t *testing.T) {
	for _, name := range []string{"..", ".", "../up", "a/b", `a\b`, `child "quoted"`, "50%", "ä ", "con.csv", ".hidden"} {
		e := target(t, Config{SingleFile: true})
		j := begin(t, e, "r1")
		j.do(words(name))
		err := errors.Join(j.load(name, "a", pairs(0, 5)), j.load(name, "b", pairs(5, 6)), ledger{e}.Close(t.Context(), "r1", "done", nil))
		if err != nil || count(t, e, name) != 6 {
			t.Errorf("%q: got %d rows, error %v, want 6", name, count(t, e, name), err)
		}
		withoutLedger(t, e, name)
		if up, err := os.ReadDir(filepath.Dir(e.root)); err != nil || len(up) != 1 {
			t.Errorf("%q: beside the folder: %v, error %v", name, up, err)
		}
	}
}

func withoutLedger(t *testing.T, e *endpoint, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(e.root, ledgerFolder)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, e, name); got != 6 {
		t.Errorf("%q without its ledger: got %d rows, want 6", name, got)
	}
}

func TestATextThatBeginsWithAByteOrderMarkKeepsIt(t *testing.T) {
	j := begin(t, target(t, Config{Header: "none"}), "r1")
	columns := []schema.Column{word}
	j.do(schema.Change{CreateTable: &schema.Table{Ref: schema.Ref{Name: "t"}, Columns: columns}})
	b := batch.New(columns, 0)
	b.Vectors[0].AppendString("\ufeffx")
	b.Vectors[0].AppendNull()
	if err := j.load("t", "a", b); err != nil {
		t.Fatal(err)
	}
	if got, err := content(t.Context(), j.e, "t"); err != nil || !slices.Equal(got, []string{"\ufeffx", "~"}) {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestTrackedKeysMayNotMeetAcrossChunks(t *testing.T) {
	j := begin(t, target(t, Config{}), "r1")
	j.do(words("t"))
	track := func(s *providers.LoadSpec) { s.Key, s.Track = []string{"id"}, true }
	if err := j.load("t", "a", pairs(0, 5), track); err != nil {
		t.Fatal(err)
	}
	if err := j.load("t", "b", pairs(4, 9), track); !errors.Is(err, providers.ErrDuplicateKey) {
		t.Errorf("got error %v, want a duplicate key", err)
	}
}

func TestASwapPutsTheNewRowsUnderTheOldName(t *testing.T) {
	for _, single := range []bool{false, true} {
		e := target(t, Config{SingleFile: single})
		j := begin(t, e, "r1")
		j.do(words("t"))
		err := j.load("t", "a", pairs(0, 5))
		if err == nil {
			err = ledger{e}.Close(t.Context(), "r1", "done", nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		j = begin(t, e, "r2")
		j.do(words("t__new"))
		if err := j.load("t__new", "b", pairs(100, 107)); err != nil {
			t.Fatal(err)
		}
		swap := schema.Change{Swap: &schema.TableSwap{Old: schema.Ref{Name: "t"}, New: schema.Table{Ref: schema.Ref{Name: "t__new"}}}}
		if err := j.try(swap, "m"); err != nil {
			t.Fatal(err)
		}
		if got := count(t, e, "t"); got != 7 {
			t.Errorf("got %d rows, want the 7 new ones", got)
		}
		if got := files(t, e, "t*"); !slices.Equal(got, []string{"t"}) {
			t.Errorf("got %q, want the folder t alone", got)
		}
		if r, err := (ledger{e}).Recorded(t.Context(), "", "m"); err != nil || len(r) != 1 || r[0].Run != "r2" {
			t.Errorf("records that count: got %+v, error %v, want the second run's", r, err)
		}
		if err := (ledger{e}).Close(t.Context(), "r2", "done", nil); err != nil {
			t.Fatal(err)
		}
		if got := count(t, e, "t"); got != 7 {
			t.Errorf("after Close: got %d rows, want 7", got)
		}
		j = begin(t, e, "r3")
		j.do(schema.Change{Drop: &schema.Ref{Name: "t"}})
		if got := files(t, e, "t*"); len(got) != 0 {
			t.Errorf("after Drop: left %q", got)
		}
	}
}
