package sqlite_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
)

func open(t testing.TB, path string) providers.Endpoint {
	t.Helper()
	p := sqlite.New()
	cfg := p.NewConfig().(*sqlite.Config)
	cfg.Path = path
	e, err := p.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

func as[T any](t testing.TB, e providers.Endpoint) T {
	t.Helper()
	x, ok := providers.As[T](e)
	if !ok {
		t.Fatalf("the endpoint has no %T", x)
	}
	return x
}

func data(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("MIGRATEIQ_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is absent; set MIGRATEIQ_TEST_DATA to the folder of the test data", path)
	}
	return path
}

func rows(t testing.TB, r providers.Reader, err error, b *batch.Batch) (n int64) {
	t.Helper()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Errorf("close the reader: %v", err)
		}
	}()
	for {
		err := r.Next(context.Background(), b)
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		n += int64(b.Len())
	}
}

func TestChinookIsReadWhole(t *testing.T) {
	e := open(t, data(t, "chinook/chinook.sqlite"))
	cat, err := as[providers.Inspector](t, e).Inspect(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(cat.Tables) != 11 {
		t.Errorf("tables: got %d, want 11", len(cat.Tables))
	}
	var all int64
	for _, tab := range cat.Tables {
		chunks, err := as[providers.Chunker](t, e).Chunks(t.Context(), tab, 8<<10, true)
		if err != nil {
			t.Fatal(err)
		}
		b := batch.New(tab.Columns, 0)
		r, err := as[providers.Source](t, e).Read(t.Context(), providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns})
		whole := rows(t, r, err, b)
		var parts int64
		for _, c := range chunks {
			r, err := as[providers.Source](t, e).Read(t.Context(), providers.ReadSpec{Table: tab.Ref, Columns: tab.Columns, Chunk: &c})
			parts += rows(t, r, err, b)
		}
		if parts != whole {
			t.Errorf("%s: %d rows in %d chunks, %d in the whole table", tab.Ref, parts, len(chunks), whole)
		}
		t.Logf("%s %d rows %d chunks %v fk %d %+v", tab.Ref, whole, len(chunks), tab.Columns, len(tab.Foreign), tab.Unsupported)
		all += whole
	}
	if all != 15607 {
		t.Errorf("rows: got %d, want 15607", all)
	}
}
