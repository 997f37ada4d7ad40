package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// cursorIs gives the source's table another cursor, "" for none.
func (o *oneTable) cursorIs(column string) {
	o.t.Helper()
	text := o.read("main.miq.hcl")
	if i := strings.Index(text, "\n  table \"one\" {\n    cursor"); i >= 0 {
		text = text[:i] + text[i+strings.Index(text[i:], "\n  }")+len("\n  }"):]
		o.write("main.miq.hcl", text)
	}
	if column != "" {
		o.withCursor(column)
	}
}

// From one cursor to the next, to none and back: rows that came meanwhile are taken once, by whichever bound.
func TestACursorChangesAndNoRowIsLostOrDoubled(t *testing.T) {
	for _, mode := range []string{"upsert", "mirror"} {
		t.Run(mode, func(t *testing.T) {
			forEachTarget(t, func(t *testing.T, o *oneTable) {
				o.inMode(mode)
				o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT, a INTEGER NOT NULL, b INTEGER NOT NULL); INSERT INTO one VALUES (1,'a',1,90), (2,'b',2,80), (3,'c',3,70)")
				o.apply()
				o.settled()

				o.cursorIs("a")
				o.at("UPDATE one SET v = 'A', a = 4 WHERE id = 1; INSERT INTO one VALUES (4,'d',0,60)")
				out := o.exits(2, "plan", "--detailed-exitcode", "--out=p.plan")
				holds(t, out, "D007", "the cursor a is new", "2 rows written")
				o.at("INSERT INTO one VALUES (5,'below',2,50), (6,'above',9,40)") // after the bound was pinned
				o.exits(0, "apply", "p.plan")
				o.is("after the cursor began", "1|A|4|90 2|b|2|80 3|c|3|70 4|d|0|60 5|below|2|50")
				holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 row written", "D001")
				o.apply()
				o.is("above the new cursor", "1|A|4|90 2|b|2|80 3|c|3|70 4|d|0|60 5|below|2|50 6|above|9|40")
				o.settled()

				o.at("UPDATE one SET v = 'B', b = 95 WHERE id = 2; INSERT INTO one VALUES (7,'e',10,1)") // the first is below the cursor a
				o.cursorIs("b")
				holds(t, o.exits(2, "plan", "--detailed-exitcode"), "the cursor is b, and was a", "2 rows written")
				o.apply()
				o.is("by another column", "1|A|4|90 2|B|2|95 3|c|3|70 4|d|0|60 5|below|2|50 6|above|9|40 7|e|10|1")
				o.settled()
				o.at("UPDATE one SET v = 'C', b = 96 WHERE id = 3")
				holds(t, o.exits(2, "plan", "--detailed-exitcode"), "1 row written", "D001")
				o.apply()

				o.at("UPDATE one SET v = 'under' WHERE id = 4; INSERT INTO one VALUES (8,'f',0,0)")
				o.quiet() // neither is above the bound
				o.cursorIs("")
				holds(t, o.exits(2, "plan", "--detailed-exitcode"), "the cursor is gone", "2 rows written")
				o.apply()
				o.is("without a cursor", "1|A|4|90 2|B|2|95 3|C|3|96 4|under|0|60 5|below|2|50 6|above|9|40 7|e|10|1 8|f|0|0")
				o.settled()
				o.at("UPDATE one SET v = 'again' WHERE id = 8")
				holds(t, o.exits(2, "plan", "--detailed-exitcode"), "D002")
				o.apply()
				o.settled()
			})
		})
	}
}

// Mode append takes what came before its cursor began, and goes on from there.
func TestAnAppendGetsACursor(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.inMode("append")
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (3, 'c')")
		o.apply()
		o.at("INSERT INTO one VALUES (2, 'b'), (4, 'd')")
		o.cursorIs("id")
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "the cursor id is new", "2 rows written")
		o.apply()
		o.is("after the cursor began", "1|a 2|b 3|c 4|d")
		o.settled()
		o.at("INSERT INTO one VALUES (5, 'e')")
		o.planned("1 to append", "1 row written")
		o.cursorIs("") // and rows that come meanwhile are taken where it is put back
		o.at("INSERT INTO one VALUES (6, 'f')")
		o.quiet()
		o.cursorIs("id")
		o.planned("1 to append", "1 row written")
		o.is("after it was put back", "1|a 2|b 3|c 4|d 5|e 6|f")
		o.settled()
	})
}

// What is not known to be done once is refused or proved: rows without a key, rows that somebody corrected.
func TestACursorThatCannotBeginIsRefused(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.inMode("append")
		o.at("CREATE TABLE one (id INTEGER NOT NULL, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
		o.apply()
		o.cursorIs("id")
		holds(t, o.exits(1, "plan"), "without a key it cannot be told which rows the target holds", "--replace=mapping.one")
		o.apply("--replace=mapping.one")
		o.settled()
	})
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO one VALUES (1, 'a'), (2, 'b')")
		o.apply()
		correct := "UPDATE one SET v = 'mine' WHERE id = 2"
		if o.to == "sqlite" {
			sqliteRun(t, o.path("target.db"), correct)
		} else {
			testserver.Psql(t, o.target, correct)
		}
		o.cursorIs("id")
		holds(t, o.exits(0, "plan", "--refresh=false"), "the cursor id is new", "looks at rows")
		code, out := o.run("apply", "--auto-approve")
		if code == 0 {
			t.Errorf("apply over a correction: got exit code 0\n%s", out)
		}
		holds(t, out, "somebody else changed it")
		o.is("after the apply that stopped", "1|a 2|mine")
	})
}

// Rows that refer to others are written by their key where a cursor begins.
func TestACursorBeginsOnRowsWithRefs(t *testing.T) {
	for _, to := range []string{"sqlite", "postgres"} {
		t.Run(to, func(t *testing.T) {
			f := twoEnds(t, to, twinMapping)
			sqliteRun(t, f.path("source.db"), twinSource)
			f.apply()
			f.edit("main.miq.hcl", "  path = \"source.db\"\n", "  path = \"source.db\"\n  table \"b\" {\n    cursor = { column = \"id\", kind = \"sequence\" }\n  }\n")
			sqliteRun(t, f.path("source.db"), "INSERT INTO a VALUES (3,'new'); INSERT INTO b VALUES (4,3,'n')")
			f.planned("the cursor id is new", "proves first")
			f.settled()
			sqliteRun(t, f.path("source.db"), "INSERT INTO b VALUES (5,3,'n')")
			f.planned("D001", "1 row written")
			f.settled()
		})
	}
}

// A definition and the cursor change in one plan.
func TestACursorAndAFieldChangeTogether(t *testing.T) {
	forEachTarget(t, func(t *testing.T, o *oneTable) {
		o.at("CREATE TABLE one (id INTEGER PRIMARY KEY, v TEXT NOT NULL, a INTEGER NOT NULL); INSERT INTO one VALUES (1,'a',1), (2,'b',2)")
		o.edit("main.miq.hcl", "    table  = \"one\"\n  }\n}", "    table  = \"one\"\n    key    = [\"id\"]\n  }\n  field \"id\" { from = \"id\" }\n  field \"v\" { cel = \"src.v\" }\n  field \"a\" { from = \"a\" }\n}")
		o.apply()
		o.at("INSERT INTO one VALUES (3,'c',0)")
		o.cursorIs("a")
		o.edit("main.miq.hcl", `"src.v"`, `"src.v + '!'"`)
		holds(t, o.exits(2, "plan", "--detailed-exitcode"), "field v", "3 rows written")
		o.apply()
		o.is("after both", "1|a!|1 2|b!|2 3|c!|0")
		o.settled()
		o.at("INSERT INTO one VALUES (4,'d',3)")
		o.planned("1 row written", "D001")
		o.settled()
	})
}

// Transactions that overlap the run in which a cursor begins, or becomes another, leave nothing out.
func TestNoRowIsLostWhereACursorBeginsBesideWriters(t *testing.T) {
	for name, steps := range map[string][]string{
		"upsert": {`column = "id", kind = "sequence"`, `column = "at", kind = "timestamp"`, `kind = "xmin"`},
		"append": {`column = "id", kind = "sequence"`, `kind = "xmin"`},
	} {
		t.Run(name, func(t *testing.T) {
			f, old, fresh := follows(t, "CURSOR", name, "CREATE TABLE ev (id bigserial PRIMARY KEY, v text, at timestamptz NOT NULL DEFAULT clock_timestamp()); INSERT INTO ev (v) VALUES ('first')")
			config := f.read("main.miq.hcl")
			f.write("main.miq.hcl", strings.Replace(config, "    cursor = { CURSOR }\n", "", 1))
			f.apply()
			slow := newWriter(t, old, -1)
			var all []*writer
			for who := range 4 {
				all = append(all, newWriter(t, old, who))
			}
			for _, cursor := range steps {
				slow.begin() // its number is low, and shows after the bound was pinned and read up to
				f.write("main.miq.hcl", strings.Replace(config, "CURSOR", cursor, 1))
				var at sync.WaitGroup
				for _, w := range all {
					at.Go(func() { w.round(40) })
				}
				f.apply()
				at.Wait()
				slow.exec("COMMIT")
				f.apply()
			}
			f.apply()
			f.settled()
			const rows = "SELECT count(*), count(DISTINCT id), sum(hashtext(t::text)::bigint) FROM ev t"
			got, want := testserver.Psql(t, fresh, rows), testserver.Psql(t, old, rows)
			if got != want || !strings.HasPrefix(got, fmt.Sprintf("%d|%[1]d|", 1+len(steps)*(4*40+1))) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
