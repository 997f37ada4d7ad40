package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// twenty maps a table of twenty columns, the last of which is made by an expression.
func twenty(o *oneTable, last string) {
	o.t.Helper()
	text := o.read("main.miq.hcl")
	head, _, _ := strings.Cut(text, "  field ")
	if head == text {
		head = strings.TrimSuffix(strings.TrimSpace(text), "}")
	}
	var b strings.Builder
	b.WriteString(head + "  field \"id\" { from = \"id\" }\n")
	for i := 1; i < 19; i++ {
		fmt.Fprintf(&b, "  field \"c%d\" { from = \"c%d\" }\n", i, i)
	}
	fmt.Fprintf(&b, "  field \"last\" { cel = %q }\n}\n", last)
	o.write("main.miq.hcl", b.String())
}

// One field of twenty is made in another way, and one row in a hundred differs by it: those rows are written, and of them
// that column. MIGRATEIQ_TEST_LONG makes it a million rows.
func TestOneFieldOfTwentyWritesOnlyTheRowsThatDifferByIt(t *testing.T) {
	if testing.Short() {
		t.Skip("moves a hundred thousand rows twice")
	}
	rows := 100_000
	if os.Getenv("MIGRATEIQ_TEST_LONG") != "" {
		rows = 1_000_000
	}
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		twenty(o, "src.c18 + src.c17")
		create, fill := "CREATE TABLE one (id INTEGER PRIMARY KEY", "SELECT i"
		for i := 1; i < 19; i++ {
			kind, value := "TEXT NOT NULL", fmt.Sprintf("'v' || ((i * %d) %% 1000)", i)
			if i%3 == 0 {
				kind, value = "INTEGER NOT NULL", fmt.Sprintf("(i * %d) %% 100", i+1)
			}
			if i == 17 || i == 18 {
				kind, value = "TEXT NOT NULL", "'w' || (i % 100)"
			}
			create += fmt.Sprintf(", c%d %s", i, kind)
			fill += ", " + value
		}
		o.at(fmt.Sprintf("%s); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO one %s FROM n", create, rows, fill))
		timed := func(what string, do func()) {
			from := time.Now()
			do()
			t.Logf("%d rows, %s: %s", rows, what, time.Since(from).Round(10*time.Millisecond))
		}
		timed("first apply", func() { o.apply() })
		c := &change{oneTable: o, writes: []string{fmt.Sprintf("one +0 ~%d -0 last", rows/100)}}
		c.count()
		twenty(o, "src.c18 == 'w7' ? 'seven' : src.c18 + src.c17")
		timed("plan of the change", func() { holds(t, o.exits(2, "plan", "--detailed-exitcode"), "field last", "re-mapped") })
		timed("apply of the change", func() { o.apply() })
		c.counted()
		timed("plan again", func() { o.quiet() })
		timed("verify", func() { o.exits(0, "verify") })
		if got, want := o.there("SELECT count(*) FROM one WHERE last = 'seven'"), fmt.Sprint(rows/100); got != want {
			t.Errorf("rows with the new value: got %s, want %s", got, want)
		}
	})
}
