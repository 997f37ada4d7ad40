package engine_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/event"
)

// many is staff of whom each has a boss far away, and what they have written.
const many = `CREATE TABLE staff (id integer PRIMARY KEY, boss int, name text); CREATE TABLE note (id integer PRIMARY KEY, staff int NOT NULL, text text);
WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 12000)
INSERT INTO staff SELECT i, CASE WHEN i % 10 THEN (i * 7919) % 12000 + 1 END, printf('%02000d', i) FROM r;
INSERT INTO note SELECT id, id, printf('%01000d', id) FROM staff WHERE id % 3 = 0;`

func manyTo(to string) string {
	return staffTo(to) + mapped(to, "note", "id", "  field \"id\" { from = \"id\" }\n  field \"text\" { from = \"text\" }\n  ref \"staff_id\" {\n    mapping = mapping.staff\n    on      = \"src.staff\"\n  }\n")
}

// manyRight counts rows and those whose refs are not what the source says, by the names that hold their numbers.
const manyRight = `SELECT (SELECT count(*) FROM staff), (SELECT count(*) FROM staff WHERE boss_id IS NOT NULL), (SELECT count(*) FROM note),
(SELECT count(*) FROM staff s LEFT JOIN staff b ON b.staff_id = s.boss_id WHERE s.boss_id IS NOT NULL AND b.staff_id IS NULL),
(SELECT count(*) FROM note n LEFT JOIN staff s ON s.staff_id = n.staff_id WHERE s.staff_id IS NULL)`

func TestARunThatIsKilledWhileRefsAreWrittenGoesOn(t *testing.T) {
	moments := []struct {
		name string
		kind event.Kind
		nth  int
	}{{"in the first rows", event.ChunkDone, 2}, {"before the second pass", event.CopyDone, 2}, {"in the second pass", event.ChunkDone, 7}, {"in the proof", event.VerifyStarted, 1}}
	for _, moved := range []bool{false, true} {
		t.Run(fmt.Sprintf("the source moves on %v", moved), func(t *testing.T) {
			inEach(t, many, manyTo, func(t *testing.T, f refTarget) {
				if testing.Short() && f.kind != "sqlite" {
					t.Skip("kills runs into a server")
				}
				for _, m := range moments {
					s := &site{t: t, dir: f.dir, env: append(os.Environ(), f.env...)}
					c := s.held("apply", "--auto-approve", "--json", "--replace=mapping.staff", "--replace=mapping.note")
					if !c.until(m.kind, m.nth) {
						t.Fatalf("%s: the run ended before\n%s", m.name, tail(c.stderr.Bytes()))
					}
					c.signal(syscall.SIGKILL)
					c.end()
					if moved {
						f.source(`DELETE FROM note WHERE id IN (SELECT max(id) FROM note); UPDATE staff SET boss = 5 WHERE boss = (SELECT max(id) FROM staff);
							DELETE FROM staff WHERE id = (SELECT max(id) FROM staff) AND id % 3 = 0 OR id = (SELECT max(id) FROM staff WHERE id % 3 = 1 AND id NOT IN (SELECT coalesce(boss, 0) FROM staff));
							INSERT INTO staff VALUES (-1 - (SELECT count(*) FROM staff WHERE id < 0), 7, 'new')`)
					}
					s.exits(0, "apply", "--auto-approve")
					want := sqliteRows(t, f.path("old.db"), "SELECT (SELECT count(*) FROM staff), (SELECT count(*) FROM staff WHERE boss IS NOT NULL), (SELECT count(*) FROM note), 0, 0")
					if moved {
						s.exits(0, "apply", "--auto-approve") // what was settled before the source moved on
						got := strings.Split(f.query(manyRight), "|")
						if got[3] != "0" || got[4] != "0" {
							t.Errorf("%s: got %v, want no ref that leads nowhere", m.name, got)
						}
					} else if got := f.query(manyRight); got != want {
						t.Errorf("%s: got %s, want %s", m.name, got, want)
					}
					wrong := "SELECT count(*) FROM staff WHERE boss_id <> 's' || ((CAST(name AS bigint) * 7919) % 12000 + 1) AND name <> 'new' AND boss_id <> 's5'"
					f.wants(wrong, "0")
					s.exits(0, "verify")
				}
			})
		})
	}
}

func TestALedgerOfAnEarlierVersionGetsItsKeyMap(t *testing.T) {
	inEach(t, refWards, func(to string) string {
		whole := wardsTo("")(to)
		return whole[:strings.Index(whole, "mapping \"patient\"")]
	}, func(t *testing.T, f refTarget) {
		f.apply()
		drop := "DROP TABLE " + f.table("keymap") + "; UPDATE " + f.table("meta") + " SET format = 1"
		if f.kind == "sqlite" {
			sqliteRun(t, f.path("new.db"), drop)
		} else {
			f.query(drop)
		}
		f.exits(0, "plan", "--detailed-exitcode")
		f.exits(0, "verify")
		whole := wardsTo("")(f.kind)
		f.write("patient.miq.hcl", whole[strings.Index(whole, "mapping \"patient\""):])
		holds(t, f.exits(0, "plan", "--full"), "add the key map to the ledger", "CREATE TABLE", "keymap")
		f.apply()
		f.wants(wardNames, "1|North\n2|South\n3|-\n4|Nowhere\n5|North")
		f.wants("SELECT format FROM "+f.table("meta"), "2")
		f.settled()
	})
}

func TestRefsThatCannotBe(t *testing.T) {
	const source = `CREATE TABLE a (id integer PRIMARY KEY, x real, t text, a int); CREATE TABLE b (k text, n int, PRIMARY KEY (k, n)); CREATE TABLE c (x int); CREATE TABLE f (x real PRIMARY KEY)`
	ref := func(mapping, on, missing string) string {
		return fmt.Sprintf("  ref \"r\" {\n    mapping = mapping.%s\n    on      = %s\n    missing = %q\n  }\n", mapping, on, missing)
	}
	id := "  field \"id\" { from = \"id\" }\n"
	others := mapped("sqlite", "b", "k", "  field \"k\" { cel = \"src.k + string(src.n)\" }\n") + mapped("sqlite", "c", "x", "  field \"x\" { cel = \"src.x\" }\n") +
		mapped("sqlite", "f", "x", "  field \"x\" { cel = \"string(src.x)\" }\n")
	for _, c := range []struct{ name, lines, code, says string }{
		{"one expression for a key of two columns", id + ref("b", `"src.t"`, "error"), "ref-key", `on = ["src.k", "src.n"]`},
		{"no key at the source", id + ref("c", `"src.a"`, "error"), "ref-key", "has no key at its source"},
		{"another type", id + ref("b", `["src.a", "src.a"]`, "error"), "ref-type", `column "k" of the key of mapping.b`},
		{"a key of a float", id + ref("f", `"src.x"`, "error"), "ref-type", "keys to refer by are texts"},
		{"its own table without a second pass", id + ref("a", `"src.a"`, "error"), "ref-cycle", "mapping.a -> mapping.a"},
		{"an unknown column", id + ref("b", `["src.q", "src.a"]`, "error"), "unknown-column", `no column "q"`},
		{"null in a key", strings.Replace(id, "\"id\" {", "\"i\" {", 1) + strings.Replace(ref("b", `["src.t", "src.a"]`, "null"), `"r"`, `"id"`, 1), "ref-needs-null", "a part of the target's key"},
		{"a key that is itself a ref back here", strings.Replace(ref("a", `"src.a"`, "error"), `"r"`, `"id"`, 1), "ref-key", "is itself a ref"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+others+mapped("sqlite", "a", "id", c.lines))
			sqliteRun(t, f.path("old.db"), source)
			holds(t, f.exits(1, "plan"), c.says)
			holds(t, f.exits(1, "plan", "--json"), c.code)
		})
	}
	t.Run("a standing column that takes no null", func(t *testing.T) {
		f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"sqlite\" \"new\" {\n  path = \"new.db\"\n}\n"+mapped("sqlite", "a", "id", id+ref("a", `"src.a"`, "defer")))
		sqliteRun(t, f.path("old.db"), source)
		sqliteRun(t, f.path("new.db"), "CREATE TABLE a (id integer PRIMARY KEY, r integer NOT NULL)")
		holds(t, f.exits(1, "plan"), "column r of table a may not be null")
	})
	t.Run("a target that keeps no keys", func(t *testing.T) {
		config := mapped("csv", "a", "id", id) + mapped("csv", "b", "k", "  field \"k\" { cel = \"src.k + string(src.n)\" }\n"+ref("a", `"src.n"`, "error"))
		f := newFolder(t, "source \"sqlite\" \"old\" {\n  path = \"old.db\"\n}\ntarget \"csv\" \"new\" {\n  path = \"out\"\n}\n"+config)
		sqliteRun(t, f.path("old.db"), source)
		holds(t, f.exits(1, "plan"), "csv target keeps none there")
	})
}
