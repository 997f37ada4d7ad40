package run_test

import (
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// lived are histories of mode history that went wrong once, each told in a few steps.
var lived = []struct {
	name string
	live func(k *keeping, apply func())
}{
	{"a clock that stands still gives no second run the moment of the first", func(k *keeping, apply func()) {
		k.clock.step(time.Microsecond) // which is the moment of the run before: none ends in a zero
		k.remove(1)
		k.late()
		k.clock.step(time.Hour)
		apply()
	}},
	{"a clock that is put back while a run is stopped lets no run begin before its versions", func(k *keeping, apply func()) {
		k.clock.step(time.Hour)
		k.write(1, sourceRow{a: "y", n: 1}, 0)
		k.stopped()
		k.clock.step(-30 * time.Minute)
		apply()
		k.clock.step(time.Minute)
		k.write(3, sourceRow{a: "y", n: 1}, 0)
		k.late()
		k.clock.step(time.Hour)
		apply()
	}},
	{"a run that is given up lets none begin before the last one ended", func(k *keeping, apply func()) {
		k.clock.step(-time.Hour)
		k.how.to = "until" // a column is renamed before the clock is looked at
		k.write(3, sourceRow{a: "y", n: 1}, 0)
		k.late()
		k.late()
		k.clock.step(2 * time.Hour)
		apply()
	}},
	{"what an abandoned run has left of another definition needs no moment of its own", func(k *keeping, apply func()) {
		k.how.at = 1
		apply()
		k.clock.step(time.Hour)
		k.w.fields = []madeField{{"f1", 1}}
		k.stopped()
		k.abandon()
		k.unsure = map[int]bool{1: true, 2: true}
		k.may = may{}
		k.clock.step(time.Hour)
		k.settles()
	}},
	{"a column valid_to gets another name while versions stay open for keys that are gone", func(k *keeping, apply func()) {
		k.how.keep, k.how.to = true, "until"
		k.clock.step(time.Hour)
		k.remove(1)
		apply()
	}},
}

// late demands that an apply is refused for its clock, gives up what it leaves open, and that no version has changed.
func (k *keeping) late() {
	k.t.Helper()
	if a := k.attempt(0); a.err == nil || !strings.Contains(a.err.Error(), clockWrong) {
		k.t.Fatalf("an apply at %v: got %v, want %s", k.clock.at, a.err, clockWrong)
	}
	k.abandon()
}

// stopped is an apply that dies with its run open and a row written.
func (k *keeping) stopped() {
	k.t.Helper()
	for kill := 60; kill < 200; kill++ {
		k.attempt(kill)
		if k.store.snap.OpenRun == nil {
			k.t.Fatalf("killed at call %d: got no open run, want one", kill)
		}
		if got, err := k.read(); err == nil && (len(got[1]) == 2 || len(got[2]) == 2) {
			return
		}
		k.abandon()
		k.clock.step(time.Second)
	}
	k.t.Fatal("no call leaves a row written and the run open")
}

// settles demands that an apply comes to its end, and that the open versions are what the source makes.
func (k *keeping) settles() {
	k.t.Helper()
	if a := k.attempt(0); a.err != nil {
		k.t.Fatal(a.err)
	}
	got, err := k.read()
	k.must(err)
	for id := range k.m.source {
		if i := got[id].open(); i < 0 || got[id].whole() != "" || got[id][i].row["f1"] != k.makes(id).row["f1"] {
			k.t.Errorf("versions of row %d: got %s, want an open one of %v", id, got[id].text(k.columns()), k.makes(id).row)
		}
	}
	k.must(k.verify(true))
}

func TestVersionsThatWentWrongOnce(t *testing.T) {
	for _, c := range lived {
		t.Run(c.name, func(t *testing.T) {
			k := newKeeping(t, "sqlite", "", wording{loose: true, param: "x", codes: "ex", fields: []madeField{{"f1", 0}}}, 0)
			defer func() { k.must(k.db.Close()) }()
			k.write(1, sourceRow{a: "x", n: 1}, k.clock.micro())
			k.write(2, sourceRow{a: "z", n: 4}, k.clock.micro())
			apply := func() {
				t.Helper()
				if err := k.applied(nil, nil, false, false); err != nil {
					t.Fatalf("%v\n%s", err, strings.Join(k.log, "\n"))
				}
			}
			apply()
			c.live(k, apply)
		})
	}
}

// Whichever call a change of the columns is killed at, the run can be given up, and the next one comes to what the source
// makes and to a table that verifies.
func TestAChangeOfColumnsMayBeGivenUpAtAnyCall(t *testing.T) {
	for _, kind := range []string{"memory", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			for kill, done := 1, false; !done; kill++ {
				k := newKeeping(t, kind, "", wording{loose: true, param: "x", codes: "ex", fields: []madeField{{"f1", 0}}}, time.Second)
				k.write(1, sourceRow{a: "x", n: 1}, k.clock.micro())
				k.write(2, sourceRow{a: "z", n: 4}, k.clock.micro())
				k.must(k.applied(nil, nil, false, false))
				k.clock.step(time.Hour)
				k.w.fields = []madeField{{"f1", 0}, {"f2", 4}}
				k.write(1, sourceRow{a: "y", n: 2}, k.clock.micro())
				k.attempt(kill)
				done = k.store.snap.OpenRun == nil && len(k.store.snap.Mappings) > 0 && kill > 100
				k.abandon()
				k.clock.step(time.Hour)
				if a := k.attempt(0); a.err != nil {
					t.Fatalf("given up at call %d: %v\n%s", kill, a.err, strings.Join(k.log, "\n"))
				}
				k.must(k.verify(true))
				k.must(k.db.Close())
			}
		})
	}
}

// The keys of a table follow its rows in PostgreSQL, so that what a first load has left has none, or has them all.
func TestATableOfVersionsThatAFirstLoadHasLeftIsBuiltAnewWithItsKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL")
	}
	const primary, open = "(id, valid_from)", "(id) WHERE (valid_to IS NULL)"
	for left, keys := range map[string]int{"before its keys": 0, "behind its keys": 2} {
		t.Run(left, func(t *testing.T) {
			var k *keeping
			ask := func(query string) string { return strings.TrimSpace(testserver.Psql(t, k.dsn, query)) }
			indexes := func() string {
				return ask("SELECT coalesce(string_agg(indexdef, '; ' ORDER BY indexdef), '') FROM pg_indexes WHERE tablename = 'item'")
			}
			for kill := 20; k == nil; kill++ {
				k = newKeeping(t, "postgres", testserver.Postgres(t), wording{loose: true, param: "x", codes: "ex", fields: []madeField{{"f1", 0}}}, time.Second)
				k.write(1, sourceRow{a: "x", n: 1}, k.clock.micro())
				k.attempt(kill)
				if k.store.snap.OpenRun == nil {
					t.Fatalf("killed at call %d: got no open run, want one that has made the table", kill)
				}
				if ask("SELECT count(*) FROM pg_tables WHERE tablename = 'item'") != "1" || strings.Count(indexes(), "UNIQUE INDEX") != keys {
					k.must(k.db.Close())
					k = nil
				}
			}
			defer func() { k.must(k.db.Close()) }()
			k.abandon()
			if err := k.applied(nil, nil, false, false); err != nil {
				t.Fatalf("%v\n%s", err, strings.Join(k.log, "\n"))
			}
			for _, want := range []string{primary, open} {
				if got := indexes(); strings.Count(got, want) != 1 {
					t.Errorf("keys of the table: got %s, want one of %s", got, want)
				}
			}
		})
	}
}
