package postgres

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// database is a fresh database and an endpoint on it.
func database(t testing.TB) (*endpoint, string) {
	t.Helper()
	dsn := testserver.Postgres(t)
	return connect(t, dsn), dsn
}

func connect(t testing.TB, dsn string) *endpoint {
	t.Helper()
	e, err := New().Open(t.Context(), &Config{URL: secret.Literal(dsn)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e.(*endpoint)
}

func public(name string) schema.Ref { return schema.Ref{Schema: "public", Name: name} }

// table inspects one table.
func table(t testing.TB, e *endpoint, name string) schema.Table {
	t.Helper()
	c, err := e.Inspect(t.Context(), []schema.Ref{public(name)})
	if err != nil {
		t.Fatal(err)
	}
	found, ok := c.Table(public(name))
	if !ok {
		t.Fatalf("Inspect(%s): the table is not in the catalog", name)
	}
	return *found
}

// all reads every row that a spec gives into one batch.
func all(ctx context.Context, s providers.Source, spec providers.ReadSpec) (*batch.Batch, error) {
	r, err := s.Read(ctx, spec)
	if err != nil {
		return nil, err
	}
	sum, b := batch.New(spec.Columns, 1<<30), batch.New(spec.Columns, 4096)
	for {
		err := r.Next(ctx, b)
		if err == io.EOF {
			return sum, r.Close()
		}
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		for i := range b.Len() {
			sum.AppendRow(b, i)
		}
	}
}

// texts are the rows in canonical text, with <null>.
func texts(b *batch.Batch) [][]string {
	var out [][]string
	for i := range b.Len() {
		var row []string
		for c := range b.Vectors {
			if b.Vectors[c].Null(i) {
				row = append(row, "<null>")
				continue
			}
			row = append(row, string(batch.AppendText(nil, b.Columns[c].Type, &b.Vectors[c], i)))
		}
		out = append(out, row)
	}
	return out
}

// rowsOf makes a batch of canonical texts.
func rowsOf(t testing.TB, columns []schema.Column, rows ...[]string) *batch.Batch {
	t.Helper()
	b := batch.New(columns, 0)
	for _, row := range rows {
		for c, text := range row {
			if text == "<null>" {
				b.Vectors[c].AppendNull()
			} else if err := batch.Parse(&b.Vectors[c], columns[c].Type, []byte(text)); err != nil {
				t.Fatalf("%q for %s: %v", text, columns[c].Name, err)
			}
		}
	}
	return b
}

// opened is a ledger with an open run r and its epoch.
func opened(t testing.TB, e *endpoint) int64 {
	t.Helper()
	epoch, err := ledger{e}.Open(t.Context(), providers.Owner{Lineage: "line", Session: "test"}, providers.Run{ID: "r", PlanDigest: "p"})
	if err != nil {
		t.Fatal(err)
	}
	return epoch
}

// spec is for a chunk of mapping m in run r.
func spec(table schema.Table, epoch int64, mode providers.Mode) providers.LoadSpec {
	s := providers.LoadSpec{
		Run: "r", Mapping: "m", ChunkID: "c0", Epoch: epoch, Table: table.Ref, Columns: table.Columns, Mode: mode,
		Hasher: batch.NewHasher([16]byte{1}),
	}
	if table.Primary != nil {
		s.Key = table.Primary.Columns
	}
	return s
}

// put loads one chunk and returns its record.
func put(ctx context.Context, e *endpoint, s providers.LoadSpec, batches ...*batch.Batch) (providers.ChunkRecord, error) {
	l, err := e.Load(ctx, s)
	if err != nil {
		return providers.ChunkRecord{}, err
	}
	for _, b := range batches {
		if err := l.Write(ctx, b); err != nil {
			return providers.ChunkRecord{}, errors.Join(err, l.Close())
		}
	}
	c, err := l.Commit(ctx, providers.ChunkRecord{Run: s.Run, Mapping: s.Mapping, Chunk: s.ChunkID, Epoch: s.Epoch, Moment: "now"})
	return c, errors.Join(err, l.Close())
}

// define runs a change's statements.
func define(t testing.TB, e *endpoint, dsn string, c schema.Change) {
	t.Helper()
	statements, err := e.Define(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		script := "BEGIN;"
		for _, sql := range s.SQL {
			script += sql + ";\n"
		}
		testserver.Psql(t, dsn, script+"COMMIT;")
	}
}
