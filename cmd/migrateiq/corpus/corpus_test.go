package corpus_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/cli"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/csv"
	"github.com/novumsolvo/migrateiq/providers/postgres"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/providers/testserver"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

const (
	kept      = "../../../state/testdata" // the cases
	stateFile = "migrateiq.state.json"
)

// A workplace is a folder in which commands of this version are carried out.
type workplace struct {
	t       *testing.T
	dir     string
	environ []string
	now     time.Time
}

func (w *workplace) do(args ...string) (int, string) {
	var out bytes.Buffer
	code := cli.Run(context.Background(), cli.World{
		Dir: w.dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Environ: w.environ, ReadFile: os.ReadFile,
		Providers: providers.NewSet(sqlite.New(), postgres.New(), csv.New()), Rules: policy.Builtin{},
		Store: func(path string) state.Store { return localfile.New(path) },
		Now:   func() time.Time { return w.now }, Owner: "a test", Version: "0.1.0",
	}, args)
	return code, out.String()
}

func (w *workplace) exits(want int, args ...string) string {
	w.t.Helper()
	got, out := w.do(args...)
	if got != want {
		w.t.Fatalf("migrateiq %s: got exit code %d, want %d\n%s", strings.Join(args, " "), got, want, out)
	}
	return out
}

func (w *workplace) state() state.Snapshot {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, stateFile))
	if err != nil {
		w.t.Fatal(err)
	}
	s, _, err := state.Decode(text)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// TestCorpus plans every case. What a plan asks of the clock it asks at the moment of the last apply.
func TestCorpus(t *testing.T) {
	for _, dir := range cases(t) {
		format, kase := filepath.Base(filepath.Dir(dir)), filepath.Base(dir)
		t.Run(format+"/"+kase, func(t *testing.T) {
			w := &workplace{t: t, dir: filepath.Join(t.TempDir(), "case")}
			if err := os.CopyFS(w.dir, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			w.environ = restore(t, kase, w.dir)
			snap := w.state()
			for _, m := range snap.Mappings {
				if m.AppliedAt.After(w.now) {
					w.now = m.AppliedAt
				}
			}
			if got := fmt.Sprintf("v%d", snap.Format); got != format {
				t.Errorf("format of the state: got %s, want that of its folder, %s", got, format)
			}
			if snap.Audit != nil { // the log is not kept
				w.exits(0, "audit", "begin")
			}
			code, out := w.do("plan", "--detailed-exitcode", "--out", "p.plan")
			for _, d := range differences(snap, w.planned()) {
				t.Error(d)
			}
			if told(snap) {
				if code != 2 || !strings.Contains(out, " to upsert, ") {
					t.Errorf("plan: got exit code %d and\n%s\nwant rows that were not seen, and nothing else", code, out)
				}
				return
			}
			if code != 0 || !strings.Contains(out, "No changes.") {
				t.Fatalf("plan: got exit code %d and\n%s\nwant No changes.", code, out)
			}
			w.exits(0, "verify")
			w.exits(0, "verify", "--source")
			w.exits(0, "plan", "--refresh-only")
		})
	}
}

// told reports whether a source said which rows it gave by the numbers of its transactions. They mean nothing where the
// rows were restored, so all look new, and only the fingerprints can be compared.
func told(snap state.Snapshot) bool {
	for _, m := range snap.Mappings {
		if m.Cursor != nil && m.Cursor.Seen != "" {
			return true
		}
	}
	return false
}

// cases are the folders that hold a state.
func cases(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(kept, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == stateFile {
			out = append(out, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("there are no cases")
	}
	return out
}

// planned is the plan that was written; without mappings where none was.
func (w *workplace) planned() *plan.Plan {
	w.t.Helper()
	file, err := os.Open(filepath.Join(w.dir, "p.plan"))
	if err != nil {
		return &plan.Plan{}
	}
	defer file.Close() // reading only
	p, err := plan.Read(file)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// differences names each fingerprint of the state that is not the one made now.
func differences(snap state.Snapshot, p *plan.Plan) []string {
	var out []string
	for _, address := range slices.Sorted(maps.Keys(snap.Mappings)) {
		was := snap.Mappings[address]
		m := p.Mapping(address)
		if m == nil {
			out = append(out, address+": the plan has no such mapping")
			continue
		}
		differs := func(of, was, now string) {
			if was != now {
				out = append(out, fmt.Sprintf("%s: fingerprint %s: got %s, want %s as the state has it", address, of, now, was))
			}
		}
		is := m.Hashes
		fields := maps.Clone(was.Hashes.Fields)
		maps.Copy(fields, is.Fields)
		for _, f := range slices.Sorted(maps.Keys(fields)) {
			differs("of field "+f, was.Hashes.Fields[f], is.Fields[f])
		}
		differs("rows", was.Hashes.Rows, is.Rows)
		differs("mode", was.Hashes.Mode, is.Mode)
		differs("key", was.Hashes.Key, is.Key)
		differs("shape", was.Hashes.Shape, is.Shape)
		differs("govern", was.Hashes.Govern, is.Govern)
		differs("exec", was.Hashes.Exec, is.Exec)
	}
	return out
}
