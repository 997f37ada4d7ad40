package corpus_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The states full.json hold every member of their format, with contents that no run leaves behind. They are listed, and
// nothing is planned from them: the run that is open in them cannot be reviewed, and once it is given up the rows are not
// where the state says.
func TestStatesWithEveryMemberAreListedAndNothingIsPlannedFromThem(t *testing.T) {
	for _, format := range []string{"v1", "v2", "v3"} {
		w := &workplace{t: t, dir: t.TempDir(), now: time.Now()}
		text, err := os.ReadFile(filepath.Join(kept, format, "full.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.dir, stateFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.dir, "main.miq.hcl"), []byte(`
source "sqlite" "clinic" { path = "clinic.db" }
target "sqlite" "new" { path = "new.db" }
mapping "patient" {
  from {
    source = source.sqlite.clinic
    table  = "patient"
  }
  to {
    target = target.sqlite.new
    table  = "patient"
    key    = ["id"]
  }
}
`), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, filepath.Join(w.dir, "clinic.db"), "create table patient (id integer primary key not null, name text)")
		if out := w.exits(0, "state", "list"); !strings.Contains(out, "mapping.patient  target.postgres.new public.patient  2 ") {
			t.Errorf("%s: state list: got\n%s\nwant mapping.patient with 2 rows", format, out)
		}
		if format != "v1" { // it knows of an audit log
			w.exits(0, "audit", "begin")
		}
		w.exits(1, "plan")
		w.exits(1, "apply", "--auto-approve")
		w.exits(0, "run", "abandon", "run-3")
		out := w.exits(1, "plan")
		if !strings.Contains(out, "was applied to table public.patient of target.postgres.new (2 rows), and names table patient of target.sqlite.new now") {
			t.Errorf("%s: plan: got\n%s\nwant to be told of the other target", format, out)
		}
	}
}
