package engine_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// shop is a whole and good configuration, into which each case puts its mistake.
const shop = `
source "sqlite" "old" {
  path = "old.db"
}
target "sqlite" "new" {
  path = "new.db"
}
mapping "item" {
  from {
    source = source.sqlite.old
    table  = "items"
    where  = "src.id > 0"
  }
  to {
    target = target.sqlite.new
    table  = "item"
  }
  field "id" { from = "id" }
  field "label" { from = "label" }
  field "price" { cel = "src.price * decimal('1.20')" }
}
`

const shopRows = `CREATE TABLE items (id INTEGER PRIMARY KEY, label TEXT, price DECIMAL(8,2) NOT NULL);
	INSERT INTO items VALUES (1, 'Tea', 2.50), (2, NULL, 1), (3, 'Milk', 0.99)`

func newShop(t *testing.T, env ...string) *folder {
	t.Helper()
	f := newFolder(t, shop, env...)
	sqliteRun(t, f.path("old.db"), shopRows)
	return f
}

// refused runs plan and apply, which both have to end with the code and say all of some texts once, and demands that
// the folder's files are the same to the byte.
func (f *folder) refused(code int, want ...string) {
	f.t.Helper()
	before := f.print()
	for _, args := range [][]string{{"plan"}, {"apply", "--auto-approve"}} {
		out := f.exits(code, args...)
		holds(f.t, out, want...)
		if n := strings.Count(out, "Error: "); n != 1 {
			f.t.Errorf("migrateiq %s: got %d messages, want one\n%s", args[0], n, out)
		}
	}
	f.unchanged(before)
}

func (f *folder) unchanged(before map[string]string) {
	f.t.Helper()
	if after := f.print(); !maps.Equal(before, after) {
		f.t.Errorf("files: got %v, want them as they were, %v", after, before)
	}
}

func TestAMistakeInTheConfigurationIsOneMessageAndChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		want           []string
	}{
		{"an unknown block", `mapping "item" {`, `maping "item" {`, []string{"Unknown block", "main.miq.hcl line 8", `Did you mean "mapping"?`}},
		{"an unknown column", `from = "label"`, `from = "lable"`, []string{"Unknown column", "line 19", `"lable"`, `Did you mean "label"?`}},
		{"an unknown column in an expression", "src.price *", "src.prise *", []string{"line 20", "prise", `"price"`}},
		{"types that do not fit in an expression", "src.price *", "src.label *", []string{"line 20", "^"}},
		{"a null that decides", "src.id > 0", "src.label > 'A'", []string{"line 12", "null", "src.label == null"}},
		{"a null into a field that is not null", `field "label" { from = "label" }`, "field \"label\" {\n    from = \"label\"\n    null = false\n  }",
			[]string{"line 19", "null", "coalesce"}},
		{"a variable without a value", `path = "old.db"`, "path = var.old\n}\nvariable \"old\" {\n  type = string", []string{"variable \"old\"", "-var"}},
		{"a table that is not there", `table  = "items"`, `table  = "itmes"`, []string{"line 11", `"itmes"`, `Did you mean "items"?`}},
		{"a value in clear where a secret belongs", `target "sqlite" "new" {`, "target \"postgres\" \"clear\" {\n  url = \"postgres://me:word@host/db\"\n}\ntarget \"sqlite\" \"new\" {",
			[]string{"CORE-04"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newShop(t)
			f.edit("main.miq.hcl", c.from, c.to)
			code := 1
			if strings.HasPrefix(c.want[0], "CORE") {
				code = 4
			}
			f.refused(code, c.want...)
		})
	}
}

func TestASecretThatIsNotSetIsNamed(t *testing.T) {
	f := newFolder(t, strings.NewReplacer(`"sqlite" "new"`, `"postgres" "new"`, `path = "new.db"`, `url = secret("env://NEW_SHOP")`,
		"target.sqlite.new", "target.postgres.new").Replace(shop))
	sqliteRun(t, f.path("old.db"), shopRows)
	f.refused(1, "Secret not set", "NEW_SHOP", "target.postgres.new")
}

func TestAServerThatIsDownIsNamed(t *testing.T) {
	f := newFolder(t, strings.NewReplacer(`"sqlite" "new"`, `"postgres" "new"`, `path = "new.db"`, `url = secret("env://NEW_SHOP")`,
		"target.sqlite.new", "target.postgres.new").Replace(shop), "NEW_SHOP=postgres://shop@127.0.0.1:1/shop?sslmode=disable")
	sqliteRun(t, f.path("old.db"), shopRows)
	f.refused(1, "Server not reached", "target.postgres.new", "127.0.0.1")
}

func TestALineOfACSVFileWithTooManyValuesIsNamed(t *testing.T) {
	f := newFolder(t, strings.NewReplacer(`source "sqlite"`, `source "csv"`, `path = "old.db"`, `path = "old"`, "source.sqlite", "source.csv",
		"src.price * decimal('1.20')", "src.price").Replace(shop))
	f.write("old/items.csv", "id,label,price\n1,Tea,2.50\n2,\"Milk\nfresh\",0.99\n3,Bread,white,1.99\n")
	f.refused(1, "line 5", "items.csv")
}

// takenBack runs an apply whose first step fails, and demands that nothing is left of the run: the state has no mapping
// and no run, all other files are the same to the byte, and a plan finds the same to do as before.
func (f *folder) takenBack(want ...string) {
	f.t.Helper()
	before, plan := f.print(), f.exits(0, "plan")
	holds(f.t, strings.Join(strings.Fields(f.exits(1, "apply", "--auto-approve")), " "), append(want, "The state migrateiq.state.json stays, with no mapping in it")...)
	if got := f.exits(0, "state", "list", "--json"); strings.Contains(got, "mapping.item") {
		f.t.Errorf("the state after a run that was taken back: got %s, want no mapping", got)
	}
	if got := f.exits(0, "plan"); got != plan {
		f.t.Errorf("plan after a run that was taken back: got\n%s\nwant\n%s", got, plan)
	}
	after := f.print()
	for name := range after {
		if strings.HasPrefix(name, "/migrateiq.state.json") {
			delete(after, name)
		}
	}
	if !maps.Equal(before, after) {
		f.t.Errorf("files: got %v, want them as they were, %v", after, before)
	}
}

// A file in a folder that takes no files, for root neither.
func TestATargetThatMayNotBeWrittenIsNamed(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("no folder here refuses even root")
	}
	f := newShop(t)
	f.edit("main.miq.hcl", `"new.db"`, `"/proc/new.db"`)
	f.takenBack("target.sqlite.new", "/proc/new.db")
}

func TestARoleWithoutRightsIsToldWhatItLacks(t *testing.T) {
	dsn := testserver.Postgres(t)
	role := fmt.Sprintf("reader_%d", os.Getpid())
	testserver.Psql(t, dsn, strings.ReplaceAll(`CREATE ROLE ROLENAME LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO ROLENAME;
		CREATE TABLE items (id int PRIMARY KEY, label text, price numeric(8,2) NOT NULL); INSERT INTO items VALUES (1, 'Tea', 2.50)`, "ROLENAME", role))
	t.Cleanup(func() { testserver.Psql(t, dsn, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	const counts = "SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM items), (SELECT count(*) FROM pg_namespace)"
	before := testserver.Psql(t, dsn, counts)
	as := asRole(t, dsn, role)

	t.Run("to read", func(t *testing.T) {
		f := newFolder(t, strings.NewReplacer(`"sqlite" "old"`, `"postgres" "old"`, `path = "old.db"`, `url = secret("env://OLD")`,
			"source.sqlite.old", "source.postgres.old").Replace(shop), "OLD="+as)
		f.refused(1, "Permission denied", "items")
	})
	t.Run("to create", func(t *testing.T) {
		f := newFolder(t, strings.NewReplacer(`"sqlite" "new"`, `"postgres" "new"`, `path = "new.db"`, `url = secret("env://NEW")`,
			"target.sqlite.new", "target.postgres.new").Replace(shop), "NEW="+as)
		sqliteRun(t, f.path("old.db"), shopRows)
		f.takenBack("permission denied")
	})
	if after := testserver.Psql(t, dsn, counts); after != before {
		t.Errorf("objects of the database: got %s, want %s", after, before)
	}
}

// asRole is the URL of the same database for another role.
func asRole(t *testing.T, dsn, role string) string {
	t.Helper()
	if strings.Contains(dsn, "user=") {
		return strings.Replace(dsn, "user=postgres", "user="+role, 1)
	}
	if !strings.Contains(dsn, "postgres@") {
		t.Skip("the server's URL does not name the role postgres")
	}
	return strings.Replace(dsn, "postgres@", role+"@", 1)
}

// newSmall is a shop whose state lies on a file system of its own, with room for so many bytes.
func newSmall(t *testing.T, room int) *folder {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root can mount a small file system")
	}
	f := newShop(t)
	f.edit("main.miq.hcl", `source "sqlite" "old" {`, "migrateiq {\n  state \"local\" { path = \"small/state.json\" }\n}\nsource \"sqlite\" \"old\" {")
	small := f.path("small")
	if err := os.Mkdir(small, 0o755); err != nil {
		t.Fatal(err)
	}
	const size = 1 << 20
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("no small file system here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	f.write("small/full", string(make([]byte, size-room)))
	return f
}

func TestAStateThatCannotBeSavedForWantOfRoomStopsBeforeAnyRowMoves(t *testing.T) {
	f := newSmall(t, 0)
	holds(t, f.exits(1, "apply", "--auto-approve"), "state.json.audit.jsonl", "no space left")
	if _, err := os.Stat(f.path("new.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the target: got %v, want no file", err)
	}
	if err := os.Remove(f.path("small/full")); err != nil {
		t.Fatal(err)
	}
	f.apply()
	f.settled()
}

// The room ends after the run was announced: the rows stand, and the command may not say that nothing was changed. The
// line that this breaks without is `report.Outcome = "partial"` in Apply.
func TestAStateThatCannotBeSavedBehindItsRowsSaysThatTheyStand(t *testing.T) {
	f := newSmall(t, 44<<10) // in the middle of what does it, which is from 28 to 60
	out := f.exits(1, "apply", "--auto-approve")
	holds(t, out, "no space left", "Partly applied: 1 of 1 mapping failed; 3 rows written", "The same command goes on")
	if strings.Contains(out, "Nothing was changed.") {
		t.Errorf("apply: got\n%s\nwant it to say that rows stand", out)
	}
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM item"); got != "3" {
		t.Errorf("rows in the target: got %s, want 3", got)
	}
	if err := os.Remove(f.path("small/full")); err != nil {
		t.Fatal(err)
	}
	f.apply()
	f.settled()
	if got := sqliteRows(t, f.path("new.db"), "SELECT count(*) FROM item"); got != "3" {
		t.Errorf("rows in the target after the same command: got %s, want 3", got)
	}
}

// gate stops the command that prints a text, until it is opened.
type gate struct {
	text          string
	once          sync.Once
	reached, open chan struct{}
}

func (g *gate) Write(p []byte) (int, error) {
	if strings.Contains(string(p), g.text) {
		g.once.Do(func() {
			close(g.reached)
			<-g.open
		})
	}
	return len(p), nil
}

var _ io.Writer = (*gate)(nil)

func TestOfTwoAppliesAtOnceTheSecondIsToldWhoHoldsTheLock(t *testing.T) {
	f := newShop(t)
	g := &gate{text: ": copy rows into", reached: make(chan struct{}), open: make(chan struct{})}
	first := *f
	first.tell = g
	ended := make(chan int)
	go func() {
		code, _ := first.run("apply", "--auto-approve")
		ended <- code
	}()
	<-g.reached
	out := f.exits(7, "apply", "--auto-approve")
	holds(t, out, "a test")
	close(g.open)
	if code := <-ended; code != 0 {
		t.Errorf("the first apply: got exit code %d, want 0", code)
	}
	if got := sqliteRows(t, f.path("new.db"), "SELECT id, label, price FROM item ORDER BY id"); got != "1|Tea|3.0000\n2|NULL|1.2000\n3|Milk|1.1880" {
		t.Errorf("rows: got\n%s", got)
	}
	f.settled()
}

func TestAStateOfAnotherLineageAndATableWithRowsOfOthersAreRefused(t *testing.T) {
	f := newShop(t)
	sqliteRun(t, f.path("new.db"), "CREATE TABLE item (id INTEGER PRIMARY KEY, label TEXT, price DECIMAL_TEXT); INSERT INTO item VALUES (9, 'mine', '1')")
	f.refused(1, "item", "rows")

	sqliteRun(t, f.path("new.db"), "DROP TABLE item")
	f.apply()
	other := newShop(t)
	other.apply()
	f.write("migrateiq.state.json", other.read("migrateiq.state.json"))
	f.refused(1, "lineage")
	for _, name := range []string{"migrateiq.state.json", "migrateiq.state.json.backup"} {
		if err := os.Remove(f.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	f.refused(1, "state recover")
	f.exits(0, "state", "recover")
	f.settled()
}
