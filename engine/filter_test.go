package engine_test

import (
	"strings"
	"testing"
)

const filtered = `
source "sqlite" "shop" {
  path = "shop.db"
}
target "sqlite" "copy" {
  path = "copy.db"
}
lookup "opted_out" {
  file = "out.csv"
}
lookup "erased" {
  values = { "E" = "", "B" = "" }
}
mapping "person" {
  from {
    source = source.sqlite.shop
    table  = "person"
    where  = "src.id < 100"
  }
  to {
    target = target.sqlite.copy
    table  = "person"
    mode   = "upsert"
  }
  filter "ndoo" {
    kind   = "ndoo"
    lookup = lookup.opted_out
    key    = "coalesce(src.code, '') // a note"
    as_of  = "2026-11-20"
  }
  filter "erasure" {
    kind   = "erasure"
    lookup = lookup.erased
    key    = "coalesce(src.code, '')"
  }
}
`

func filteredFolder(t *testing.T) *folder {
	t.Helper()
	f := newFolder(t, filtered)
	f.write("out.csv", "code,why\nA,x\nB,x\n")
	sqliteRun(t, f.path("shop.db"), `CREATE TABLE person (id INTEGER PRIMARY KEY, code TEXT, n INTEGER NOT NULL);
		INSERT INTO person VALUES (1, 'A', 10), (2, 'B', 20), (3, 'C', 30), (4, NULL, 40), (5, 'E', 50), (6, 'A', 60), (100, 'A', 70)`)
	return f
}

func TestAFilterLeavesOutTheKeysOfItsListAndCountsThemApart(t *testing.T) {
	f := filteredFolder(t)
	holds(t, f.exits(0, "plan"), "filter ndoo (ndoo, as of 2026-11-20): without the keys of lookup.opted_out: coalesce(src.code, '')", "filter erasure (erasure)")
	out := f.apply()
	holds(t, out, "2 written, 1 left out by where, left out by filter erasure: 1, left out by filter ndoo: 3")
	if got, want := sqliteRows(t, f.path("copy.db"), "SELECT id FROM person ORDER BY id"), "3\n4"; got != want {
		t.Errorf("rows of the target: got %q, want %q", got, want)
	}
	if got, want := sqliteRows(t, f.path("copy.db"), "SELECT filtered, counts FROM migrateiq_chunk"), `5|{"erasure":1,"ndoo":3}`; got != want {
		t.Errorf("the ledger: got %q, want %q", got, want)
	}
	f.settled()
}

func TestPoliciesAreToldOfTheFilters(t *testing.T) {
	f := filteredFolder(t)
	out := strings.Join(strings.Fields(f.exits(0, "plan", "--json")), "")
	holds(t, out, `"filters":[{`, `"id":"mapping.person.filter.ndoo"`, `"kind":"ndoo"`, `"list_ref":"lookup.opted_out"`, `"list_as_of":"2026-11-20T00:00:00Z"`,
		`"list_as_of":null`, `"scope":"whole_record"`, `"exemption":null`)
}

func TestARowThatComesOntoTheListIsDeletedByItsOwnKey(t *testing.T) {
	f := filteredFolder(t)
	f.apply()
	sqliteRun(t, f.path("shop.db"), "UPDATE person SET code = 'A' WHERE id = 3")
	holds(t, f.apply(), "left out by filter ndoo: 4")
	if got, want := sqliteRows(t, f.path("copy.db"), "SELECT id FROM person ORDER BY id"), "4"; got != want {
		t.Errorf("rows of the target: got %q, want %q", got, want)
	}
	f.settled()
}

func TestAnotherListIsAnotherSetOfRows(t *testing.T) {
	f := filteredFolder(t)
	f.apply()
	f.write("out.csv", "code,why\nA,y\n")
	holds(t, f.exits(0, "plan"), "the rows it reads", "filled up")
	f.write("out.csv", "code,why\nA,x\nB,x\n")
	f.edit("main.miq.hcl", "2026-11-20", "2026-11-21")
	out := f.exits(2, "plan", "--detailed-exitcode")
	holds(t, out, "governed anew")
	f.apply()
	f.settled()
}

func TestAFilterWhoseKeyDoesNotDecideIsRefused(t *testing.T) {
	f := filteredFolder(t)
	f.edit("main.miq.hcl", "coalesce(src.code, '') // a note", "src.code")
	holds(t, f.exits(1, "plan"), "A null would decide", "coalesce(src.code, '')")
	f.edit("main.miq.hcl", `"src.code"`, `"src.n"`)
	holds(t, f.exits(1, "plan"), "The key of a filter is no text", "string(...)")
	f.edit("main.miq.hcl", `"src.n"`, `"string(src.n)"`)
	holds(t, f.apply(), "4 written, 1 left out by where, left out by filter erasure: 2")
}
