package csv

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// written is a loader with all rows on the disk and nothing committed.
func (j *job) written(chunk string, b *batch.Batch) *loader {
	j.t.Helper()
	l, err := j.e.Load(context.Background(), providers.LoadSpec{Run: j.run, Mapping: "m", ChunkID: chunk, Epoch: j.epoch,
		Table: schema.Ref{Name: "t"}, Columns: b.Columns, Mode: providers.Insert})
	if err == nil {
		err = l.Write(context.Background(), b)
	}
	if err != nil {
		j.t.Fatal(err)
	}
	return l.(*loader)
}

func TestAPartWithoutALedgerRecordIsNoRow(t *testing.T) {
	e := target(t, Config{})
	j := begin(t, e, "r1")
	j.do(words("t"))
	if err := j.load("t", "a", pairs(0, 5)); err != nil {
		t.Fatal(err)
	}
	dead := j.written("b", pairs(5, 9))
	d, err := e.load()
	if err == nil {
		err = dead.part.finish()
	}
	if err == nil {
		err = dead.enter(d, j.record("b", pairs(5, 9))) // the name is given, and the process dies before the ledger
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, e, "t/b.csv"); len(got) != 1 {
		t.Fatalf("the test has not made the part: %q", got)
	}
	if got := count(t, e, "t"); got != 5 {
		t.Errorf("before recovery: got %d rows, want 5", got)
	}
	j = begin(t, e, "r1")
	if got := files(t, e, "t/*.csv"); len(got) != 1 {
		t.Errorf("after recovery: got %q, want one part", got)
	}
	if err := j.load("t", "b", pairs(5, 9)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, e, "t"); got != 9 {
		t.Errorf("after the chunk was redone: got %d rows, want 9", got)
	}
	if err := j.load("t", "b", pairs(5, 9)); !errors.Is(err, providers.ErrCommitted) || count(t, e, "t") != 9 {
		t.Errorf("the same chunk once more: got error %v, want ErrCommitted", err)
	}
}

func TestTheLedgerHealsAManifestThatIsBehind(t *testing.T) {
	e := target(t, Config{})
	j := begin(t, e, "r1")
	j.do(words("t"))
	manifest := filepath.Join(e.root, "t", manifestName)
	old, err := os.ReadFile(manifest)
	if err == nil {
		err = j.load("t", "a", pairs(0, 5))
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(manifest)
	if err != nil || bytes.Equal(old, want) {
		t.Fatalf("a commit did not reach the manifest, error %v", err)
	}
	put(t, manifest, string(old))
	if got := count(t, e, "t"); got != 5 {
		t.Errorf("behind the ledger: got %d rows, want 5", got)
	}
	begin(t, e, "r1")
	if got, err := os.ReadFile(manifest); err != nil || !bytes.Equal(got, want) {
		t.Errorf("after Open the manifest is\n%s, error %v, want\n%s", got, err, want)
	}
}

// TestFilesFollowTheLedgerAtAnyMoment dies between the ledger and the moves and removals that it asks for.
func TestFilesFollowTheLedgerAtAnyMoment(t *testing.T) {
	for _, single := range []bool{false, true} {
		e := target(t, Config{SingleFile: single})
		j := begin(t, e, "r1")
		j.do(words("t"))
		j.do(words("u"))
		for chunk, table := range map[string]string{"a": "t", "b": "u", "c": "u"} {
			if err := j.load(table, chunk, pairs(0, 5)); err != nil {
				t.Fatal(err)
			}
		}
		d, err := e.load()
		if err == nil && single {
			err = e.join(d, d.Tables["u"])
		} else if err == nil {
			err = d.swap(schema.TableSwap{Old: schema.Ref{Name: "t"}, New: schema.Table{Ref: schema.Ref{Name: "u"}}})
		}
		if err == nil {
			err = e.save(d)
		}
		if err != nil {
			t.Fatal(err)
		}
		name := map[bool]string{true: "u", false: "t"}[single]
		if got := count(t, e, name); got != 10 {
			t.Errorf("single_file %t, before the moves: got %d rows, want 10", single, got)
		}
		begin(t, e, "r1")
		if got := count(t, e, name); got != 10 {
			t.Errorf("single_file %t, after the moves: got %d rows, want 10", single, got)
		}
		left := files(t, e, "[tu]/*.csv")
		if want := map[bool]int{true: 1, false: 2}[single]; len(left) != want || len(files(t, e, ".tmp*")) != 0 {
			t.Errorf("single_file %t: left %q, want %d parts", single, left, want)
		}
	}
}

func TestWhoLostTheFenceCommitsNothing(t *testing.T) {
	e := target(t, Config{})
	j := begin(t, e, "r1")
	j.do(words("t"))
	l := j.written("a", pairs(0, 5))
	begin(t, e, "r1")
	_, err := l.Commit(t.Context(), j.record("a", pairs(0, 5)))
	if providers.ClassOf(err) != providers.Fenced {
		t.Errorf("Commit: got error %v, want fenced", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := j.try(words("x"), ""); providers.ClassOf(err) != providers.Fenced {
		t.Errorf("Exec: got error %v, want fenced", err)
	}
	if got := count(t, e, "t"); got != 0 {
		t.Errorf("got %d rows, want none", got)
	}
}

func TestTheLedgerBelongsToOneStateAndOneRun(t *testing.T) {
	e := target(t, Config{})
	begin(t, e, "r1")
	for name, try := range map[string]func() error{
		"another lineage": func() error {
			_, err := ledger{e}.Open(t.Context(), providers.Owner{Lineage: "other"}, providers.Run{ID: "r1"})
			return err
		},
		"another run": func() error {
			_, err := ledger{e}.Open(t.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: "r2"})
			return err
		},
		"closing another run": func() error { return ledger{e}.Close(t.Context(), "r2", "done", nil) },
	} {
		if err := try(); providers.ClassOf(err) != providers.Conflict {
			t.Errorf("%s: got error %v, want a conflict", name, err)
		}
	}
	if m, err := (ledger{e}).Meta(t.Context()); err != nil || m.Open == nil || m.Open.ID != "r1" || m.Lineage != "l" || len(m.Secret) != 32 {
		t.Errorf("Meta: got %+v, error %v", m, err)
	}
}

func TestALoaderThatIsClosedLeavesNothing(t *testing.T) {
	e := target(t, Config{})
	j := begin(t, e, "r1")
	j.do(words("t"))
	l := j.written("a", pairs(0, 5))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), j.record("a", pairs(0, 5))); err == nil {
		t.Error("a closed loader committed")
	}
	if got := append(files(t, e, "t/.tmp*"), files(t, e, "t/*.csv")...); len(got) != 0 {
		t.Errorf("left %q", got)
	}
}

func TestATargetRefusesWhatItCannotKeep(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		text   string
		want   error
	}{
		{"a NUL", Config{}, "a\x00b", errNUL},
		{"bytes that are no UTF-8", Config{}, "a\xff", errNotUTF8},
		{"a delimiter without quotes", Config{Quote: "none"}, "a,b", errNoQuotes},
		{"the empty string without quotes", Config{Quote: "none"}, "", errNoQuotes},
		{"the text for null without quotes", Config{Quote: "none", Null: "NULL"}, "NULL", errNoQuotes},
	} {
		j := begin(t, target(t, c.config), "r1")
		j.do(words("t"))
		b := batch.New([]schema.Column{number, word}, 0)
		b.Vectors[0].AppendInt(1)
		b.Vectors[1].AppendString(c.text)
		err := j.load("t", "a", b)
		var p *providers.Error
		if !errors.Is(err, c.want) || !errors.As(err, &p) || p.Class != providers.BadValue || p.Column != "word" {
			t.Errorf("%s: got error %v, want %v", c.name, err, c.want)
		}
	}
	e := target(t, Config{})
	j := begin(t, e, "r1")
	j.do(words("t"))
	b := batch.New([]schema.Column{number, word}, 0)
	b.Vectors[0].AppendNull()
	b.Vectors[1].AppendNull()
	if err := j.load("t", "a", b); !errors.Is(err, errNull) {
		t.Errorf("a null where none may be: got error %v", err)
	}
	if err := j.load("t", "a", pairs(0, 1), func(s *providers.LoadSpec) { s.Mode = providers.Upsert }); providers.ClassOf(err) != providers.Unsupported {
		t.Errorf("upsert: got error %v, want unsupported", err)
	}
	for _, name := range []string{"", "a\x00", ledgerFolder, strings.Repeat("x", 300)} {
		if _, err := e.Define(words(name)); providers.ClassOf(err) != providers.Unsupported {
			t.Errorf("a table named %q: got error %v, want unsupported", name, err)
		}
	}
	put(t, filepath.Join(e.root, "mine.csv"), "a\n1\n")
	if err := j.try(words("mine"), ""); providers.ClassOf(err) != providers.Conflict {
		t.Errorf("a table beside a file of its name: got error %v, want a conflict", err)
	}
	if got, err := e.Place(schema.Type{Kind: schema.Native, Native: "x"}); err != nil || !got.Equal(schema.Type{Kind: schema.String}) {
		t.Errorf("Place of a type of another product: got %s, %v, want string", got, err)
	}
	if _, err := e.Place(schema.Type{}); err == nil {
		t.Error("Place took a type that nobody knows")
	}
}
