package engine_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// The source changes at random, step by step, and a model written down here says which versions there have to be: of each
// row the values that it has had, in their order, and whether the last one holds still.
func TestVersionsAreThoseOfAModelWhateverHappensAtTheSource(t *testing.T) {
	for _, seed := range seeds(2, 20) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { versionsOfAModel(t, rand.New(rand.NewPCG(seed, 0))) })
	}
}

// seeds are the same few in every run of the tests, and many new ones in a long one.
func seeds(few, many int) []uint64 {
	if os.Getenv("MIGRATEIQ_TEST_LONG") == "" {
		many = 0
	}
	list := make([]uint64, max(few, many))
	for i := range list {
		if list[i] = uint64(i); many > 0 {
			list[i] = rand.Uint64()
		}
	}
	return list
}

func versionsOfAModel(t *testing.T, r *rand.Rand) {
	f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+versionsOf("", "")("sqlite"))
	sqliteRun(t, f.path("old.db"), "CREATE TABLE person (id integer PRIMARY KEY, name text NOT NULL, town text, updated text NOT NULL)")
	now, had, open := map[int]string{}, map[int][]string{}, map[int]bool{}
	for step := range 14 {
		var edits []string
		for range r.IntN(6) {
			id, name := r.IntN(5), string(rune('a'+r.IntN(3)))
			if r.IntN(3) == 0 {
				edits = append(edits, fmt.Sprintf("DELETE FROM person WHERE id = %d;", id))
				delete(now, id)
			} else {
				edits = append(edits, fmt.Sprintf("INSERT OR REPLACE INTO person VALUES (%d, '%s', NULL, '%d');", id, name, step))
				now[id] = name
			}
		}
		sqliteRun(t, f.path("old.db"), strings.Join(edits, "\n"))
		opened, closed := 0, 0
		for id := range 5 {
			name, there := now[id]
			same := there && open[id] && had[id][len(had[id])-1] == name
			if open[id] && !same {
				closed++
			}
			if there && !same {
				opened++
				had[id] = append(had[id], name)
			}
			open[id] = there
		}
		out := f.apply()
		if want := fmt.Sprintf("%d closed", closed); opened+closed > 0 && !strings.Contains(out, want) {
			t.Errorf("step %d after %v: got\n%s\nwant %d opened and %s", step, edits, out, opened, want)
		}
		var want []string
		for id := range 5 {
			for i, name := range had[id] {
				holds := i == len(had[id])-1 && open[id]
				want = append(want, fmt.Sprintf("%d|%s|%t", id, name, holds))
			}
		}
		got := strings.Fields(sqliteRows(t, f.path("new.db"), "SELECT id, name, CASE WHEN valid_to IS NULL THEN 'true' ELSE 'false' END FROM person ORDER BY id, valid_from"))
		if !slices.Equal(got, want) {
			t.Fatalf("step %d after %v: got versions %v, want %v", step, edits, got, want)
		}
		for _, query := range []string{overlapping, endless} {
			if n := sqliteRows(t, f.path("new.db"), query); n != "0" {
				t.Errorf("step %d: %s: got %s, want 0", step, query, n)
			}
		}
		f.settled()
	}
}

func TestACursorBeginsOnVersions(t *testing.T) {
	f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+versionsOf("", "")("sqlite"))
	sqliteRun(t, f.path("old.db"), strings.ReplaceAll(versionSource, "updated text NOT NULL", "updated integer NOT NULL")+" UPDATE person SET updated = id;")
	f.apply()
	f.edit("main.miq.hcl", "  path = \"old.db\"\n}", "  path = \"old.db\"\n  table \"person\" {\n    cursor = { column = \"updated\", kind = \"sequence\" }\n  }\n}")
	sqliteRun(t, f.path("old.db"), "UPDATE person SET name = 'x', updated = 5000 WHERE id = 4")
	holds(t, f.apply(), "1 version opened, 1 closed")
	sqliteRun(t, f.path("old.db"), "UPDATE person SET name = 'y', updated = 6000 WHERE id = 4")
	holds(t, f.apply(), "D001", "1 version opened, 1 closed")
	if got := sqliteRows(t, f.path("new.db"), versionCounts); got != "1002|2|1000|3" {
		t.Errorf("versions, closed ones, rows, moments: got %s, want 1002|2|1000|3", got)
	}
	f.settled()
}
