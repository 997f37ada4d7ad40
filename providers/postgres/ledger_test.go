package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

func TestTheLedgerIsEmptyWhereThereIsNone(t *testing.T) {
	e, dsn := database(t)
	h := ledger{e}
	meta, err := h.Meta(t.Context())
	runs, err2 := h.Runs(t.Context())
	chunks, err3 := h.Chunks(t.Context(), "r", "m")
	records, err4 := h.Recorded(t.Context(), "", "")
	steps, err5 := h.Steps(t.Context(), "r")
	definitions, err6 := h.Definitions(t.Context())
	if err := errors.Join(err, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	if meta.Format != 0 || meta.Open != nil || len(runs)+len(chunks)+len(records)+len(steps)+len(definitions) != 0 {
		t.Errorf("got %v %v %v %v %v %v, want zero values", meta, runs, chunks, records, steps, definitions)
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM pg_namespace WHERE nspname = '_migrateiq'"); got != "0" {
		t.Error("looking made the ledger")
	}
}

func TestARunIsOpenedGoneOnWithAndClosed(t *testing.T) {
	e, _ := database(t)
	l := ledger{e}
	mine := providers.Owner{Lineage: "line", Session: "host 1"}
	first := opened(t, e)
	again, err := l.Open(t.Context(), mine, providers.Run{ID: "r", PlanDigest: "p"})
	if err != nil || again != first+1 {
		t.Fatalf("Open again: got epoch %d, %v, want %d", again, err, first+1)
	}
	for name, try := range map[string]struct {
		owner providers.Owner
		run   string
	}{"another lineage": {providers.Owner{Lineage: "other"}, "r"}, "another run": {mine, "r2"}} {
		if _, err := l.Open(t.Context(), try.owner, providers.Run{ID: try.run}); providers.ClassOf(err) != providers.Conflict {
			t.Errorf("Open by %s: got %v, want an error of class conflict", name, err)
		}
	}
	m, err := l.Meta(t.Context())
	if err != nil || m.Format != 2 || m.Target == "" || m.Lineage != "line" || len(m.Secret) != 32 || m.Epoch != again || m.Open == nil || m.Open.ID != "r" || m.Open.PlanDigest != "p" {
		t.Errorf("Meta: got %+v, %v", m, err)
	}
	list := []providers.Chunk{{N: 0, Bounds: "a", Rows: 5}, {N: 1, Bounds: "b", Positional: true}}
	got, err := l.Begin(t.Context(), "r", "m", list)
	if err != nil || !slices.Equal(got, list) {
		t.Errorf("Begin: got %v, %v", got, err)
	}
	if got, err = l.Begin(t.Context(), "r", "m", list[:1]); err != nil || !slices.Equal(got, list) {
		t.Errorf("Begin with another list: got %v, %v, want the stored one", got, err)
	}
	if err := l.Close(t.Context(), "r", "done", map[string]string{"m": "{}"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context(), "unknown", "done", nil); providers.ClassOf(err) != providers.NotFound {
		t.Errorf("Close of no run: got %v", err)
	}
	if d, err := l.Definitions(t.Context()); err != nil || d["m"] != "{}" || len(d) != 1 {
		t.Errorf("Definitions: got %v, %v", d, err)
	}
	if _, err := l.Open(t.Context(), mine, providers.Run{ID: "r"}); providers.ClassOf(err) != providers.Conflict {
		t.Errorf("Open of a closed run: got %v, want an error of class conflict", err)
	}
	if _, err := l.Open(t.Context(), mine, providers.Run{ID: "r2"}); err != nil {
		t.Errorf("Open of the next run: %v", err)
	}
	runs, err := l.Runs(t.Context())
	if err != nil || len(runs) != 2 || runs[0].ID != "r" || runs[0].Outcome != "done" || runs[0].Closed.IsZero() || !runs[1].Closed.IsZero() {
		t.Errorf("Runs: got %+v, %v", runs, err)
	}
}

func TestAHolderThatLostTheFenceCommitsNothing(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE TABLE t (a int)")
	target := table(t, e, "t")
	l, err := e.Load(t.Context(), spec(target, epoch, providers.Insert))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), rowsOf(t, target.Columns, []string{"1"})); err != nil {
		t.Fatal(err)
	}
	if _, err := (ledger{e}).Open(t.Context(), providers.Owner{Lineage: "line", Session: "same process"}, providers.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	_, err = l.Commit(t.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: "c0"})
	if failure(errors.Join(err, l.Close())).Class != providers.Fenced {
		t.Errorf("Commit under an old epoch: got %v, want an error of class fenced", err)
	}
	if _, err := e.Load(t.Context(), spec(target, epoch, providers.Insert)); providers.ClassOf(err) != providers.Fenced {
		t.Errorf("Load under an old epoch: got %v, want an error of class fenced", err)
	}
	step := providers.Step{Run: "r", N: 1, Epoch: epoch, Statement: providers.Statement{SQL: []string{"DROP TABLE t"}}}
	if err := (ledger{e}).Exec(t.Context(), step); providers.ClassOf(err) != providers.Fenced {
		t.Errorf("Exec under an old epoch: got %v, want an error of class fenced", err)
	}
	if err := (ledger{e}).Reset(t.Context(), "r", "m", epoch, step.Statement); providers.ClassOf(err) != providers.Fenced {
		t.Errorf("Reset under an old epoch: got %v, want an error of class fenced", err)
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM t"); got != "0" {
		t.Errorf("%s rows stand", got)
	}
}

func TestTheNextHolderEndsTheSessionsOfTheLast(t *testing.T) {
	old, dsn := database(t)
	epoch := opened(t, old)
	testserver.Psql(t, dsn, "CREATE TABLE t (a int)")
	target := table(t, old, "t")
	l, err := old.Load(t.Context(), spec(target, epoch, providers.Insert))
	if err != nil {
		t.Fatal(err)
	}
	err = old.fenced(t.Context(), l.(*loader).tx, epoch, " FOR SHARE") // as if it hung just before its COMMIT
	if err != nil {
		t.Fatal(err)
	}
	role := fmt.Sprintf("miq_second_%d", os.Getpid())
	testserver.Psql(t, dsn, "CREATE ROLE "+role+" LOGIN; GRANT USAGE ON SCHEMA _migrateiq TO "+role+"; GRANT ALL ON ALL TABLES IN SCHEMA _migrateiq TO "+role)
	t.Cleanup(func() { testserver.Psql(t, dsn, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Skip("the server's DSN is no URL")
	}
	u.User = url.User(role)
	owner := providers.Owner{Lineage: "line", Session: "second"}
	_, err = ledger{connect(t, u.String())}.Open(t.Context(), owner, providers.Run{ID: "r"})
	if f := failure(err); f.Class != providers.Conflict || !strings.Contains(f.Error(), "session test") || f.Remedy == "" {
		t.Errorf("Open by a role that may not end sessions: got %v, want a conflict that names the session", err)
	}
	if _, err = (ledger{connect(t, dsn)}).Open(t.Context(), owner, providers.Run{ID: "r"}); err != nil {
		t.Fatalf("Open by the next holder: %v", err)
	}
	_, err = l.Commit(t.Context(), providers.ChunkRecord{Run: "r", Mapping: "m", Chunk: "c0"})
	if f := failure(errors.Join(err, l.Close())); f.Class != providers.Transient {
		t.Errorf("Commit of the ended session: got %v, want an error of class transient", err)
	}
	if _, err := old.Load(t.Context(), spec(target, epoch, providers.Insert)); providers.ClassOf(err) != providers.Fenced {
		t.Errorf("its next try: got %v, want an error of class fenced", err)
	}
}

func TestStepsAreDoneOnceAndResetForgets(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	l := ledger{e}
	step := providers.Step{Run: "r", N: 4, Epoch: epoch, Statement: providers.Statement{What: "make t", SQL: []string{"CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)"}}}
	for range 2 {
		if err := l.Exec(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	bad := step
	bad.N, bad.Statement.SQL = 5, []string{"INSERT INTO t VALUES (2)", "CREATE TABLE t ()"}
	if err := l.Exec(t.Context(), bad); providers.ClassOf(err) != providers.Conflict {
		t.Errorf("a step that makes what is there: got %v, want an error of class conflict", err)
	}
	if done, err := l.Steps(t.Context(), "r"); err != nil || !slices.Equal(done, []int{4}) {
		t.Errorf("Steps: got %v, %v, want 4", done, err)
	}
	if got := testserver.Psql(t, dsn, "SELECT a FROM t"); got != "1" {
		t.Errorf("rows: got %q, want 1", got)
	}
	target := table(t, e, "t")
	if _, err := l.Begin(t.Context(), "r", "m", []providers.Chunk{{Bounds: "{}"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := put(t.Context(), e, spec(target, epoch, providers.Insert), rowsOf(t, target.Columns, []string{"7"})); err != nil {
		t.Fatal(err)
	}
	if err := l.Reset(t.Context(), "r", "m", epoch, providers.Statement{What: "empty t", SQL: []string{"TRUNCATE t"}}); err != nil {
		t.Fatal(err)
	}
	records, err := l.Recorded(t.Context(), "r", "m")
	list, err2 := l.Chunks(t.Context(), "r", "m")
	if err := errors.Join(err, err2); err != nil || len(records)+len(list) != 0 {
		t.Errorf("after Reset: got %v, %v, %v", records, list, err)
	}
	if got := testserver.Psql(t, dsn, "SELECT count(*) FROM t"); got != "0" {
		t.Errorf("after Reset %s rows stand", got)
	}
}

func TestRecordsOfATableMadeAnewNoLongerCount(t *testing.T) {
	e, dsn := database(t)
	testserver.Psql(t, dsn, "CREATE TABLE t (a int)")
	target := table(t, e, "t")
	l := ledger{e}
	for n, run := range []string{"r1", "r2"} {
		epoch, err := l.Open(t.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: run})
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			if err := l.Exec(t.Context(), providers.Step{Run: run, Epoch: epoch, Fresh: "m"}); err != nil {
				t.Fatal(err)
			}
		}
		for _, mapping := range []string{"m", "other"} {
			s := spec(target, epoch, providers.Insert)
			s.Run, s.Mapping = run, mapping
			if _, err := put(t.Context(), e, s, rowsOf(t, target.Columns, []string{"1"})); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(t.Context(), run, "done", nil); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	records, err := l.Recorded(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		got = append(got, r.Run+" "+r.Mapping)
	}
	if want := []string{"r1 other", "r2 m", "r2 other"}; !slices.Equal(got, want) {
		t.Errorf("Recorded of all runs: got %q, want %q", got, want)
	}
	if old, err := l.Recorded(t.Context(), "r1", "m"); err != nil || len(old) != 1 {
		t.Errorf("Recorded of the old run: got %d, %v, want its one record", len(old), err)
	}
}

func TestTwoProcessesOpenTheLedgerOneAfterTheOther(t *testing.T) {
	e, dsn := database(t)
	epochs := make([]int64, 4)
	errs := make([]error, len(epochs))
	var wg sync.WaitGroup
	for i := range epochs {
		other := ledger{connect(t, dsn)}
		wg.Go(func() {
			epochs[i], errs[i] = other.Open(t.Context(), providers.Owner{Lineage: "l"}, providers.Run{ID: "r"})
		})
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
		} else if c := providers.ClassOf(err); c != providers.Transient && c != providers.Ambiguous {
			t.Errorf("Open %d: %v", i, err)
		}
	}
	m, err := ledger{e}.Meta(t.Context())
	if err != nil || won == 0 || m.Epoch < int64(won) {
		t.Errorf("the fence stands at %d after %d openings, %v", m.Epoch, won, err)
	}
}
