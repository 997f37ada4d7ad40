// Package bench measures a copy from one PostgreSQL server to another beside what PostgreSQL's own programs need for the
// same rows: `make bench`.
package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/testserver"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

var (
	rows    = flag.Int("rows", 0, "rows of the tables; 0 measures nothing")
	rounds  = flag.Int("rounds", 3, "how often each way is gone; medians are printed")
	only    = flag.String("only", "", "the one table to measure: wide or narrow")
	memory  = flag.Bool("memory", false, "migrateiq also with ten times the rows, for its memory")
	profile = flag.String("profile", "", "write a CPU profile of migrateiq to `FILE`")
)

// content is a table and the statement that fills it with n rows.
type content struct{ name, table, fill string }

func (c content) rows(n int) string { return strings.ReplaceAll(c.fill, "ROWS", strconv.Itoa(n)) }

func contents() []content {
	return []content{{"wide", `a int PRIMARY KEY, b int, c bigint, d bigint NOT NULL, e smallint, f numeric(12,2), g numeric, h text, i text NOT NULL, j varchar(40),
		k boolean, l date, m timestamp, n timestamptz, o uuid, p json, q float8, r float4, s bytea, t time`,
		`SELECT g, (g::bigint * 7919 % 1000003)::int, g::bigint * 1000003, -g, (g % 30000)::smallint, (g % 1000000) / 100.0, CASE WHEN g % 7 > 0 THEN g * 1.000001 END,
		 'name of ' || g, md5(g::text), 'code ' || g % 1000, g % 3 = 0, date '2000-01-01' + g % 9000, timestamp '2020-01-01' + g * interval '1 second',
		 timestamptz '2020-01-01Z' + g * interval '1 minute', md5(g::text)::uuid, json_build_object('id', g, 'tags', json_build_array('a', 'b')), g / 7.0::float8,
		 (g % 1000) / 8.0::float4, decode(md5((g + 1)::text), 'hex'), time '00:00' + g % 86400 * interval '1 second' FROM generate_series(1, ROWS) g`},
		{"narrow", `a int PRIMARY KEY, b bigint NOT NULL, c text`, `SELECT g, g::bigint * 7, 'value ' || g % 1000 FROM generate_series(1, ROWS) g`}}
}

// servers are two PostgreSQL servers on this machine, which keep their promises to the disk.
type servers struct{ from, to string }

func start(t *testing.T) servers {
	t.Helper()
	set := map[string]string{"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "shared_buffers": "128MB", "max_wal_size": "2GB"}
	from, _ := testserver.Private{Settings: set}.Start(t)
	to, _ := testserver.Private{Settings: set}.Start(t)
	return servers{from, to}
}

// cost is what a way took.
type cost struct {
	took, copied, proved time.Duration
	cpu                  time.Duration
	peak                 int64 // bytes
}

// pipe copies a table with psql on both ends.
func pipe(t *testing.T, s servers, table, format string) cost {
	t.Helper()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Fatal(err)
	}
	out := exec.Command(psql, "-X", "-q", "-d", s.from, "-c", "COPY "+table+" TO STDOUT (FORMAT "+format+")")
	in := exec.Command(psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", s.to, "-c", "COPY "+table+" FROM STDIN (FORMAT "+format+")")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out.Stdout, in.Stdin = w, r
	out.Stderr, in.Stderr = os.Stderr, os.Stderr
	begun := time.Now()
	for _, c := range []*exec.Cmd{out, in} {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
	}
	sent, taken := watch(out), watch(in)
	_, _ = w.Close(), r.Close() // they are the children's now
	for _, c := range []*exec.Cmd{out, in} {
		if err := c.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(begun)
	a, b := sent.stop(), taken.stop()
	return cost{took: took, copied: took, cpu: a.cpu + b.cpu, peak: a.peak + b.peak}
}

// throughPsql makes the table anew and copies it; the key is built behind the rows, as migrateiq does it.
func throughPsql(t *testing.T, s servers, c content, format string) cost {
	t.Helper()
	testserver.Psql(t, s.to, "DROP TABLE IF EXISTS "+c.name+"; CREATE TABLE "+c.name+" ("+strings.Replace(c.table, "a int PRIMARY KEY", "a int", 1)+")")
	done := pipe(t, s, c.name, format)
	begun := time.Now()
	testserver.Psql(t, s.to, "ALTER TABLE "+c.name+" ADD PRIMARY KEY (a); ANALYZE "+c.name)
	done.took += time.Since(begun)
	return done
}

func (s servers) folder(t *testing.T, table string) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	text := fmt.Sprintf(`source "postgres" "from" { url = secret("env://FROM") }
target "postgres" "to" { url = secret("env://TO") }
mapping "rows" {
  from {
    source = source.postgres.from
    table  = "public.%[1]s"
  }
  to {
    target = target.postgres.to
    table  = "public.%[1]s"
  }
}
`, table)
	if err := os.WriteFile(filepath.Join(dir, "main.miq.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	testserver.Psql(t, s.to, "DROP TABLE IF EXISTS "+table+"; DROP SCHEMA IF EXISTS _migrateiq CASCADE")
	return dir, append(os.Environ(), "FROM="+s.from, "TO="+s.to)
}

// throughMigrateiq runs the whole command, with all that it proves.
func throughMigrateiq(t *testing.T, s servers, program string, c content) cost {
	t.Helper()
	dir, env := s.folder(t, c.name)
	run := exec.Command(program, "apply", "--auto-approve", "--json")
	run.Dir, run.Env, run.Stderr = dir, env, os.Stderr
	begun := time.Now()
	var text bytes.Buffer
	run.Stdout = &text
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	seen := watch(run)
	err := run.Wait()
	took := time.Since(begun)
	done, out := seen.stop(), text.Bytes()
	if done.took = took; err != nil {
		t.Fatalf("migrateiq: %v\n%s", err, out)
	}
	at := map[string]time.Time{}
	for line := range bytes.Lines(out) {
		var e struct {
			Event string
			At    time.Time
		}
		if json.Unmarshal(line, &e) == nil && at[e.Event].IsZero() {
			at[e.Event] = e.At
		}
	}
	done.copied, done.proved = at["copy_done"].Sub(at["copy_started"]), at["verified"].Sub(at["verify_started"])
	return done
}

// inside runs the command in this process, for what only it can tell: allocations, and a profile where one is asked for.
func inside(t *testing.T, s servers, c content, n int) {
	t.Helper()
	dir, env := s.folder(t, c.name)
	if *profile != "" {
		f, err := os.Create(*profile + "." + c.name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() // a profile that is cut short says so when it is read
		if err := pprof.StartCPUProfile(f); err != nil {
			t.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var out bytes.Buffer
	code := cli.Run(context.Background(), cli.World{Dir: dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Environ: env, ReadFile: os.ReadFile,
		Providers: providers.NewSet(postgres.New()), Rules: policy.Builtin{}, Store: func(path string) state.Store { return localfile.New(path) },
		Now: time.Now, Owner: "bench", Version: "0.1.0"}, []string{"apply", "--auto-approve"})
	runtime.ReadMemStats(&after)
	if code != 0 {
		t.Fatalf("migrateiq exits %d\n%s", code, out.String())
	}
	t.Logf("%-7s %.3f allocations and %.1f bytes allocated a row, of the whole command", c.name, float64(after.Mallocs-before.Mallocs)/float64(n),
		float64(after.TotalAlloc-before.TotalAlloc)/float64(n))
}

func median(all []cost, of func(cost) time.Duration) time.Duration {
	var d []time.Duration
	for _, c := range all {
		d = append(d, of(c))
	}
	slices.Sort(d)
	return d[len(d)/2]
}

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "migrateiq")
	if out, err := exec.Command("go", "build", "-o", program, "../migrateiq").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

func TestCopyBesideThePipe(t *testing.T) {
	if *rows == 0 {
		t.Skip("nothing is measured without -rows: make bench")
	}
	s, program := start(t), build(t)
	for _, c := range contents() {
		if *only != "" && *only != c.name {
			continue
		}
		testserver.Psql(t, s.from, "CREATE TABLE "+c.name+" ("+c.table+"); INSERT INTO "+c.name+" "+c.rows(*rows)+"; VACUUM ANALYZE "+c.name)
		measure(t, s, program, c)
		inside(t, s, c, *rows)
		if *memory {
			testserver.Psql(t, s.from, "TRUNCATE "+c.name+"; INSERT INTO "+c.name+" "+c.rows(10**rows)+"; VACUUM ANALYZE "+c.name)
			line(t, c.name, "migrateiq, ten times the rows", []cost{throughMigrateiq(t, s, program, c)}, cost{})
		}
		testserver.Psql(t, s.from, "DROP TABLE "+c.name)
		testserver.Psql(t, s.to, "DROP TABLE "+c.name)
	}
}

type way struct {
	name string
	goes func() cost
}

// measure goes every way in turn, so that what else the machine does falls on all of them.
func measure(t *testing.T, s servers, program string, c content) {
	ways := []way{
		{"psql COPY binary | psql", func() cost { return throughPsql(t, s, c, "binary") }},
		{"psql COPY text | psql", func() cost { return throughPsql(t, s, c, "text") }},
		{"migrateiq apply", func() cost { return throughMigrateiq(t, s, program, c) }},
	}
	if program, err := exec.LookPath("pgcopydb"); err == nil {
		ways = append(ways, way{"pgcopydb clone", func() cost { return throughPgcopydb(t, s, program, c) }})
	}
	got := make([][]cost, len(ways))
	for range *rounds {
		for i, w := range ways {
			got[i] = append(got[i], w.goes())
		}
	}
	t.Logf("%s: %d rows, %d rounds, %d processors", c.name, *rows, *rounds, runtime.NumCPU())
	base := cost{took: median(got[0], took), copied: median(got[0], copied)}
	for i, w := range ways {
		line(t, c.name, w.name, got[i], base)
	}
}

func took(c cost) time.Duration   { return c.took }
func copied(c cost) time.Duration { return c.copied }

// line prints the medians of one way: the whole with key and statistics, the copy alone, and both as a ratio to the
// binary pipe's.
func line(t *testing.T, table, name string, all []cost, base cost) {
	peak := int64(0)
	for _, c := range all {
		peak = max(peak, c.peak)
	}
	ratio := func(d, to time.Duration) string {
		if to == 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f", d.Seconds()/to.Seconds())
	}
	t.Logf("%-7s %-30s all %6.2fs (%s)  copy %6.2fs (%s)  verify %5.2fs  client CPU %6.2fs  peak %4d MB", table, name,
		median(all, took).Seconds(), ratio(median(all, took), base.took), median(all, copied).Seconds(), ratio(median(all, copied), base.copied),
		median(all, func(c cost) time.Duration { return c.proved }).Seconds(), median(all, func(c cost) time.Duration { return c.cpu }).Seconds(), peak>>20)
}
