package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// size is how many rows the killed loads move, and how many processes are killed for each target.
func size() (rows, kills int) {
	if testing.Short() {
		return 50_000, 8
	}
	return 1_000_000, 20
}

// crashTarget is one kind of target: how a fresh one is made, and how two are compared by the database's own means.
type crashTarget struct {
	fresh   func(t *testing.T, source string) *site
	compare func(t *testing.T, clean, killed *site)
	ledger  func(t *testing.T, f *site) string // chunks listed | records | records of different chunks | open runs
}

func TestAProcessThatIsKilledAtAnyMomentLeavesTheRowsOfACleanRun(t *testing.T) {
	rows, _ := size()
	path := crashSource(t, rows)
	for name, s := range crashTargets() {
		t.Run(name, func(t *testing.T) { killed(t, path, s) })
	}
}

// killed loads as often as it takes to kill so many processes, and holds what is there in the end against a clean run.
func killed(t *testing.T, source string, s crashTarget) {
	seed := seeds(1, 1)[0]
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	clean := s.fresh(t, source)
	c := clean.start("apply", "--auto-approve", "--json")
	if code := c.end(); code != 0 {
		t.Fatalf("clean run: got exit code %d, want 0\n%s", code, tail(c.stderr.Bytes()))
	}
	took := c.at(event.CopyDone).Sub(c.at(event.CopyStarted))
	_, kills := size()
	for n, round := 0, 0; n < kills; round++ {
		f := s.fresh(t, source)
		var told []string
		for _, m := range moments(r, round, took) {
			c := f.start("apply", "--auto-approve", "--json")
			if c.until(m.kind, m.nth) {
				<-time.After(m.delay)
				c.signal(syscall.SIGKILL)
			}
			code := c.end()
			told = append(told, fmt.Sprintf("%s %d +%s: %d", m.kind, m.nth, m.delay.Round(time.Millisecond), code))
			if code == 0 {
				break
			}
			if n++; code != -1 {
				t.Fatalf("apply after %v: got exit code %d, want 0 or a kill\n%s", told, code, tail(c.stderr.Bytes()))
			}
		}
		t.Logf("round %d: %s", round, strings.Join(told, ", "))
		f.exits(0, "apply", "--auto-approve")
		f.done(s)
		s.compare(t, clean, f)
	}
}

// done is what holds of a site whose load is done.
func (f *site) done(s crashTarget) {
	t := f.t
	t.Helper()
	f.exits(0, "verify")
	if out := f.exits(0, "plan", "--detailed-exitcode"); !strings.HasPrefix(out, "No changes.") {
		t.Errorf("plan after the load: got\n%s\nwant No changes.", out)
	}
	var listed, records, different, open int
	text := s.ledger(t, f)
	if _, err := fmt.Sscanf(text, "%d|%d|%d|%d", &listed, &records, &different, &open); err != nil {
		t.Fatalf("ledger: %q: %v", text, err)
	}
	if listed < 2 || records != listed || different != listed || open != 0 {
		t.Errorf("ledger: got %d chunks listed, %d records of %d chunks and %d open runs; want one record for each chunk, and no open run", listed, records, different, open)
	}
}

// moment is when a process is killed: so long after it told an event for the nth time.
type moment struct {
	kind  event.Kind
	nth   int
	delay time.Duration
}

// moments are the kills of one load in the order of its phases: in even rounds anywhere in the copy, which goes on from
// one kill to the next, in odd rounds in all that comes behind it.
func moments(r *rand.Rand, round int, copying time.Duration) []moment {
	within := func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }
	const soon = 30 * time.Millisecond
	if round%2 == 1 {
		return []moment{
			{event.StepDone, 1, within(soon)},
			{event.CopyDone, 1 + r.IntN(2), within(soon)},
			{event.StepStarted, 1 + r.IntN(3), within(soon)},
			{event.VerifyStarted, 1, within(soon)},
			{event.VerifyRows, 1 + r.IntN(5), within(soon)},
			{event.Verified, 1, within(soon / 10)},
			{event.StepDone, 1, within(soon / 10)},
			{event.RunClosed, 1, 0},
		}
	}
	list := []moment{{event.RunOpened, 1, within(soon)}}
	for range 4 {
		list = append(list, moment{event.CopyStarted, 1, within(copying / 2)})
	}
	return append(list, moment{event.ChunkDone, 1 + r.IntN(3), within(soon)}, moment{event.ChunkDone, 1, within(soon)})
}

// crashTargets are the kinds of targets by name, without servers for a short test.
func crashTargets() map[string]crashTarget {
	if testing.Short() {
		return map[string]crashTarget{"sqlite": sqliteSystem()}
	}
	return map[string]crashTarget{"sqlite": sqliteSystem(), "postgres": postgresSystem()}
}

func sqliteSystem() crashTarget {
	return crashTarget{
		fresh: intoSQLite,
		compare: func(t *testing.T, clean, killed *site) {
			t.Helper()
			const same = `ATTACH ? AS clean;
SELECT (SELECT count(*) FROM item), (SELECT count(DISTINCT id) FROM item), (SELECT count(*) FROM clean.item),
  (SELECT count(*) FROM item a JOIN clean.item b USING (id) WHERE a.code IS b.code AND a.name IS b.name AND a.price IS b.price
     AND a.qty IS b.qty AND a.made IS b.made AND a.note IS b.note),
  (SELECT count(*) FROM (SELECT n, text, count(*) FROM entry GROUP BY 1, 2 EXCEPT SELECT n, text, count(*) FROM clean.entry GROUP BY 1, 2)),
  (SELECT count(*) FROM (SELECT n, text, count(*) FROM clean.entry GROUP BY 1, 2 EXCEPT SELECT n, text, count(*) FROM entry GROUP BY 1, 2))`
			got := strings.Join(sqlQuery(t, killed.path("out.db"), same, clean.path("out.db"))[0], " ")
			n, _ := clean.rows()
			if want := strings.Repeat(n+" ", 4) + "0 0"; got != want {
				t.Errorf("rows, different keys, rows of the clean run, equal rows, entries too many, entries too few:\n got %s\nwant %s", got, want)
			}
		},
		ledger: func(t *testing.T, f *site) string {
			t.Helper()
			return strings.Join(sqlQuery(t, f.path("out.db"), `SELECT (SELECT sum(json_array_length(list)) FROM migrateiq_chunk_list), count(*), count(DISTINCT chunk),
  (SELECT count(*) FROM migrateiq_run WHERE closed_at IS NULL) FROM migrateiq_chunk`)[0], "|")
		},
	}
}

func postgresSystem() crashTarget {
	const rows = `SELECT count(*), count(DISTINCT id), md5(string_agg(i::text, E'\n' ORDER BY id)) FROM item i;
SELECT count(*), md5(string_agg(e::text, E'\n' ORDER BY n, text COLLATE "C")) FROM entry e;`
	return crashTarget{
		fresh: intoPostgres,
		compare: func(t *testing.T, clean, killed *site) {
			t.Helper()
			got, want := testserver.Psql(t, siteURL(killed), rows), testserver.Psql(t, siteURL(clean), rows)
			if n, _ := clean.rows(); got != want || !strings.HasPrefix(want, n+"|"+n+"|") {
				t.Errorf("rows, different keys and their digest; entries and their digest:\n got %s\nwant %s", got, want)
			}
		},
		ledger: func(t *testing.T, f *site) string {
			t.Helper()
			return testserver.Psql(t, siteURL(f), `SELECT (SELECT count(*) FROM _migrateiq.chunk_list), count(*), count(DISTINCT chunk),
  (SELECT count(*) FROM _migrateiq.run WHERE closed IS NULL) FROM _migrateiq.chunk`)
		},
	}
}

const urlVariable = "CRASH_TEST_URL="

// intoPostgres is a site whose target is a database of its own.
func intoPostgres(t *testing.T, source string) *site {
	dsn := testserver.Postgres(t)
	f := newSite(t, source, "postgres", "\"postgres\" \"new\" {\n  url = secret(\"env://"+strings.TrimSuffix(urlVariable, "=")+"\")\n}")
	f.env = append(f.env, urlVariable+dsn)
	return f
}

// siteURL is the database of a site made by intoPostgres, "" for another site.
func siteURL(f *site) string {
	for _, e := range f.env {
		if dsn, ok := strings.CutPrefix(e, urlVariable); ok {
			return dsn
		}
	}
	return ""
}

// rows counts what stands in the two tables.
func (f *site) rows() (items, entries string) {
	f.t.Helper()
	const both = "SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM entry)"
	if dsn := siteURL(f); dsn != "" {
		items, entries, _ = strings.Cut(testserver.Psql(f.t, dsn, both), "|")
		return items, entries
	}
	got := sqlQuery(f.t, f.path("out.db"), both)[0]
	return got[0], got[1]
}
