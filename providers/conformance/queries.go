package conformance

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// written is a table's name as SQL writes it.
func written(r schema.Ref) string {
	quote := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	if r.Schema == "" {
		return quote(r.Name)
	}
	return quote(r.Schema) + "." + quote(r.Name)
}

// queries: a query's columns are described, its rows are read, and whatever is not one SELECT is refused and does nothing.
func queries(t *testing.T, s Suite) {
	table := (&system{Suite: s}).simple("asked")
	b := numbered(table, 0, 300)
	sys, made := filled(t, s, table, b)
	d := need[providers.Describer](t, sys.e)
	from := written(made.Ref)
	everything := "-- all of it\nSELECT id, name FROM " + from + " -- to the end"
	got, err := d.Describe(t.Context(), everything)
	check(t, "describe", err)
	for i, want := range made.Columns {
		if c := got.Columns[i]; len(got.Columns) != 2 || c.Name != want.Name || !c.Type.Equal(want.Type) || !c.Null {
			t.Fatalf("column %d: got %+v of %d columns, want %s %s, which may be null", i, c, len(got.Columns), want.Name, want.Type)
		}
	}
	ask := func(query string, columns []schema.Column) providers.ReadSpec {
		return providers.ReadSpec{Query: query, Table: schema.Ref{Name: "query"}, Columns: columns}
	}
	same(t, "rows of a query", sys.read(ask(everything, got.Columns)), of(b, nil))
	if count, ok := providers.As[providers.Counter](sys.e); ok {
		n, err := count.Count(t.Context(), ask(everything, got.Columns))
		if err != nil || n != 300 {
			t.Errorf("Count of a query: got %d, %v, want 300", n, err)
		}
	}
	last := []schema.Column{got.Columns[1], got.Columns[0]}
	turned := batch.New(last, 0)
	for i := range b.Len() {
		turned.Vectors[0].AppendFrom(&b.Vectors[1], i)
		turned.Vectors[1].AppendFrom(&b.Vectors[0], i)
	}
	same(t, "columns in another order", sys.read(ask(everything, last)), of(turned, nil))
	sum, err := d.Describe(t.Context(), "WITH x AS (SELECT id FROM "+from+" WHERE id < 10) SELECT CAST(count(*) AS INTEGER) AS n FROM x;\n")
	if err != nil || len(sum.Columns) != 1 || sum.Columns[0].Name != "n" || !sum.Columns[0].Type.IsInteger() {
		t.Errorf("a number that is computed: got %+v, %v, want one integer column n", sum.Columns, err)
	}
	snap, ok := providers.As[providers.Snapshotter](sys.e)
	if ok {
		held, err := snap.Snapshot(t.Context(), 1)
		check(t, "snapshot", err)
		got, err := read(held, ask(everything, got.Columns))
		check(t, "read", err)
		same(t, "rows of a query in a snapshot", got, of(b, nil))
		check(t, "close", held.Close())
	}
	unread(t, sys, made, b)
}

// unread tries what is no query.
func unread(t *testing.T, sys *system, made schema.Table, b *batch.Batch) {
	t.Helper()
	d, from := need[providers.Describer](t, sys.e), written(made.Ref)
	remove := "DELETE FROM " + from
	for name, query := range map[string]string{
		"nothing":                          "  -- nothing\n",
		"a statement that deletes":         remove,
		"one that deletes and answers":     remove + " RETURNING id, name",
		"a second statement":               "SELECT id, name FROM " + from + "; " + remove,
		"one behind a bracket":             "SELECT id, name FROM " + from + ") AS x; " + remove + "; SELECT * FROM (SELECT 1",
		"one behind two brackets":          "SELECT id, name FROM " + from + ") AS x) TO STDOUT; COMMIT; " + remove + "; COPY (SELECT 1 FROM (SELECT 1 AS id, 'a' AS name",
		"one that ends the transaction":    "SELECT id, name FROM " + from + "; COMMIT; " + remove,
		"a statement that makes a table":   "CREATE TABLE made_by_query AS SELECT * FROM " + from,
		"a deletion in a WITH":             "WITH gone AS (" + remove + " RETURNING id, name) SELECT id, name FROM gone",
		"a WITH before a deletion":         "WITH x AS (SELECT 1) " + remove + " RETURNING id, name",
		"one with a parameter":             "SELECT id, name FROM " + from + " WHERE id = $1",
		"two columns of one name":          "SELECT id, id FROM " + from,
		"a table that is not there":        "SELECT id, name FROM absent_from_here",
		"a bracket that is not closed":     "SELECT id, name FROM (SELECT * FROM " + from,
		"a plan of a statement":            "EXPLAIN SELECT id, name FROM " + from,
		"an option of the system in words": "PRAGMA query_only = OFF",
	} {
		if got, err := d.Describe(t.Context(), query); err == nil {
			t.Errorf("Describe of %s: got %d columns, want an error", name, len(got.Columns))
		}
		if _, err := read(need[providers.Source](t, sys.e), providers.ReadSpec{Query: query, Table: schema.Ref{Name: "query"}, Columns: made.Columns}); err == nil && name != "two columns of one name" {
			t.Errorf("Read of %s: got no error, want one", name)
		}
	}
	same(t, "rows after queries that would change some", sys.whole(made), of(b, nil))
}

// joins: rows of a table with the one row of another that its key finds, or with nulls.
func joins(t *testing.T, s Suite) {
	sys := target(t, s)
	j := need[providers.Joiner](t, sys.e)
	wards := schema.Table{Ref: sys.ref("wards"), Columns: columns([]string{"id"}, "id", wide, "name", text, "code", wide), Primary: &schema.Key{Columns: []string{"id"}, Unique: true}}
	people := schema.Table{Ref: sys.ref("people"), Columns: columns([]string{"id"}, "id", wide, "name", text, "ward", wide), Primary: &schema.Key{Columns: []string{"id"}, Unique: true}}
	madeWards, madePeople := sys.table(wards), sys.table(people)
	w, p := batch.New(wards.Columns, 0), batch.New(people.Columns, 0)
	for i := range int64(20) {
		w.Vectors[0].AppendInt(i)
		w.Vectors[1].AppendString(fmt.Sprintf("ward %d", i))
		w.Vectors[2].AppendInt(100 + i)
	}
	for i := range int64(400) {
		p.Vectors[0].AppendInt(i)
		p.Vectors[1].AppendString(fmt.Sprintf("person %d", i))
		if i%11 == 0 {
			p.Vectors[2].AppendNull()
		} else {
			p.Vectors[2].AppendInt(i % 30) // some find nothing
		}
	}
	_, err := sys.load(sys.spec(madeWards, 0), w)
	check(t, "load", err)
	_, err = sys.load(sys.spec(madePeople, 1), p)
	check(t, "load", err)
	for _, on := range []string{"id", "code"} { // the system keeps one of them unique
		join := providers.Join{Name: "w", Table: madeWards.Ref, On: [][2]string{{"ward", on}}}
		if _, err := j.Equality(t.Context(), madePeople.Ref, join); err != nil {
			t.Errorf("Equality: %v", err)
		}
		spec := providers.ReadSpec{Table: madePeople.Ref, Joins: []providers.Join{join, {Name: "again", Table: madeWards.Ref, On: [][2]string{{"id", "id"}}}},
			Columns: append(append([]schema.Column{}, madePeople.Columns...), schema.Column{Name: "w.name", Type: text, Null: true}, schema.Column{Name: "again.code", Type: madeWards.Columns[2].Type, Null: true})}
		want := batch.New(spec.Columns, 0)
		for i := range p.Len() {
			for c := range 3 {
				want.Vectors[c].AppendFrom(&p.Vectors[c], i)
			}
			if n := p.Vectors[2].Ints[i]; p.Vectors[2].Null(i) || n >= 20 || on == "code" {
				want.Vectors[3].AppendNull()
			} else {
				want.Vectors[3].AppendString(fmt.Sprintf("ward %d", n))
			}
			if i < 20 {
				want.Vectors[4].AppendInt(100 + int64(i))
			} else {
				want.Vectors[4].AppendNull()
			}
		}
		same(t, "rows with a join on "+on, sys.read(spec), of(want, nil))
		parts(t, sys, madePeople, spec, of(want, nil))
	}
	second := batch.New(wards.Columns, 0)
	second.Vectors[0].AppendInt(50)
	second.Vectors[1].AppendNull()
	second.Vectors[2].AppendInt(100)
	_, err = sys.load(sys.spec(madeWards, 2), second)
	check(t, "load", err)
	doubled(t, sys, madePeople, madeWards)
}

// parts reads with a join what chunks and a cursor choose, and counts it.
func parts(t *testing.T, sys *system, table schema.Table, spec providers.ReadSpec, want rows) {
	t.Helper()
	list, err := need[providers.Chunker](t, sys.e).Chunks(t.Context(), table, 2000, false)
	check(t, "chunks", err)
	got := rows{}
	for _, c := range list {
		part := spec
		part.Chunk = &c
		for k, n := range sys.read(part) {
			got[k] += n
		}
	}
	same(t, fmt.Sprintf("%d chunks with a join", len(list)), got, want)
	spec.Cursor = &providers.CursorRange{Column: table.Columns[0], After: "99", UpTo: "299"}
	if got := sys.read(spec); got.len() != 200 {
		t.Errorf("a cursor with a join: got %d rows, want 200", got.len())
	}
	n, err := need[providers.Counter](t, sys.e).Count(t.Context(), spec)
	if err != nil || n != 200 {
		t.Errorf("Count with a join: got %d, %v, want 200", n, err)
	}
}

// doubled: a code is there twice now. Rows that find it are an error with a place, and others are not.
func doubled(t *testing.T, sys *system, people, wards schema.Table) {
	t.Helper()
	spec := providers.ReadSpec{Table: people.Ref, Joins: []providers.Join{{Name: "w", Table: wards.Ref, On: [][2]string{{"ward", "code"}}}}, Columns: people.Columns[:1]}
	if got := sys.read(spec); got.len() != 400 {
		t.Errorf("a value that nobody looks for is there twice: got %d rows, want 400", got.len())
	}
	spec.Joins[0].On = [][2]string{{"id", "code"}}
	_, err := read(need[providers.Source](t, sys.e), spec)
	wantClass(t, "a row that finds two", err, providers.BadValue)
	var known *providers.Error
	if errors.As(err, &known); known.Row == "" {
		t.Errorf("a row that finds two: got no place in %v", err)
	}
	spec.Joins[0].On = [][2]string{{"ward", "absent"}}
	if _, err := need[providers.Joiner](t, sys.e).Equality(t.Context(), people.Ref, spec.Joins[0]); err == nil {
		t.Error("Equality of a column that is not there: got no error")
	}
}
