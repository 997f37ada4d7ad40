package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// follows is a folder whose one mapping follows a table of PostgreSQL by a cursor.
func follows(t *testing.T, cursor, mode, create string) (f *folder, old, fresh string) {
	t.Helper()
	old, fresh = testserver.Postgres(t), testserver.Postgres(t)
	testserver.Psql(t, old, create)
	f = newFolder(t, `
source "postgres" "old" {
  url = secret("env://OLD")
  table "ev" {
    cursor = { `+cursor+` }
  }
}
target "postgres" "new" { url = secret("env://NEW") }
mapping "ev" {
  from {
    source = source.postgres.old
    table  = "ev"
  }
  to {
    target = target.postgres.new
    table  = "ev"
    mode   = "`+mode+`"
  }
}
`, "OLD="+old, "NEW="+fresh)
	return f, old, fresh
}

const (
	writers = 20
	rounds  = 5
)

// writer commits rows in transactions that overlap with those of the others: numbers are drawn in another order than they
// become visible in.
type writer struct {
	t    *testing.T
	conn *pgx.Conn
	n    int
	who  int
}

func (w *writer) exec(sql string) {
	if _, err := w.conn.Exec(w.t.Context(), sql); err != nil {
		w.t.Error(err)
	}
}

// begin draws a number; in every third transaction below a savepoint.
func (w *writer) begin() {
	w.n++
	if w.exec("BEGIN"); w.n%3 == 0 {
		w.exec("SAVEPOINT s")
	}
	w.exec(fmt.Sprintf("INSERT INTO ev (v) VALUES ('%d %d')", w.who, w.n))
}

func (w *writer) round(commits int) {
	for range commits {
		w.begin()
		w.exec(fmt.Sprintf("SELECT count(*) FROM generate_series(1, %d)", 1+w.who*w.n%5000))
		w.exec("COMMIT")
	}
}

func newWriter(t *testing.T, dsn string, who int) *writer {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return &writer{t: t, conn: conn, who: who}
}

func TestNoRowIsLostOrDoubledAtTheEdgeOfACursor(t *testing.T) {
	for name, c := range map[string]struct {
		cursor, mode string
		commits      int // of each writer in a round
	}{
		"ten thousand, append, by a sequence": {`column = "id", kind = "sequence"`, "append", 100},
		"upsert, by a timestamp":              {`column = "at", kind = "timestamp"`, "upsert", 10},
		"append, by the transaction alone":    {`kind = "xmin"`, "append", 10},
	} {
		t.Run(name, func(t *testing.T) {
			f, old, fresh := follows(t, c.cursor, c.mode, "CREATE TABLE ev (id bigserial PRIMARY KEY, v text, at timestamptz NOT NULL DEFAULT clock_timestamp()); INSERT INTO ev (v) VALUES ('first')")
			f.apply()
			slow := newWriter(t, old, -1)
			var all []*writer
			for who := range writers {
				all = append(all, newWriter(t, old, who))
			}
			late := 0
			for range rounds {
				slow.begin() // its number is low, and shows after the apply
				var at sync.WaitGroup
				for _, w := range all {
					at.Go(func() { w.round(c.commits) })
				}
				f.apply() // beside the writers
				at.Wait()
				f.apply()
				if testserver.Psql(t, fresh, "SELECT count(*) < max(id) FROM ev") == "t" {
					late++
				}
				slow.exec("COMMIT")
			}
			f.apply()
			f.settled()
			const rows = "SELECT count(*), count(DISTINCT id), sum(hashtext(t::text)::bigint) FROM ev t"
			got, want := testserver.Psql(t, fresh, rows), testserver.Psql(t, old, rows)
			if got != want || !strings.HasPrefix(got, fmt.Sprintf("%d|%[1]d|", writers*rounds*c.commits+rounds+1)) {
				t.Errorf("got %s, want %s", got, want)
			}
			if late != rounds {
				t.Errorf("rows came late in %d of %d rounds: the test shows nothing of the others", late, rounds)
			}
		})
	}
}
