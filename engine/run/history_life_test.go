package run_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// checks lives the same few histories in every run of the tests, and many others in a long one.
func checks(t *testing.T, few, many string) {
	t.Helper()
	want := map[string]string{"rapid.checks": few, "rapid.seed": "1", "rapid.nofailfile": "true"}
	if os.Getenv("MIGRATEIQ_TEST_LONG") != "" {
		want = map[string]string{"rapid.checks": many}
	}
	for name, value := range want {
		f := flag.Lookup(name)
		if was := f.Value.String(); was == f.DefValue { // not asked for on the command line
			if err := flag.Set(name, value); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = flag.Set(name, was) })
		}
	}
}

func drawRow(rt *rapid.T) sourceRow {
	return sourceRow{a: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "a"), n: rapid.IntRange(0, 5).Draw(rt, "n"), b: rapid.SampledFrom([]string{"", "p"}).Draw(rt, "b")}
}

var drifts = []string{"", "report", "repair", "ignore"}

// live draws a history and lives it.
func live(t *testing.T, rt *rapid.T, kind, dsn string) {
	w := wording{cursor: rapid.Bool().Draw(rt, "cursor"), drift: rapid.SampledFrom(drifts).Draw(rt, "drift"), loose: rapid.Bool().Draw(rt, "loose"), param: "x", codes: "ex"}
	w.mode = rapid.SampledFrom([]string{"upsert", "mirror", "append"}).Draw(rt, "mode")
	h := newHistory(t, kind, dsn, w)
	defer func() { h.must(h.db.Close()) }()
	h.field(rt)
	for range rapid.IntRange(0, 6).Draw(rt, "rows") {
		h.insert(rt)
	}
	if h.w.cursor && h.w.mode == "append" {
		h.insert(rt)
	}
	for range rapid.IntRange(1, 4).Draw(rt, "applies") {
		for range rapid.IntRange(0, 4).Draw(rt, "steps") {
			h.step(rt)
		}
		var kills []int
		var between func()
		if rapid.IntRange(0, 2).Draw(rt, "killed") == 0 {
			kills = rapid.SliceOfN(rapid.IntRange(1, 120), 1, 2).Draw(rt, "kill at")
			if h.w.mode != "append" && rapid.Bool().Draw(rt, "between") {
				between = func() { h.insert(rt) }
			}
		}
		if err := h.applied(kills, between); err != nil {
			rt.Fatalf("%v\n%s", err, strings.Join(h.log, "\n"))
		}
	}
}

func (h *history) field(rt *rapid.T) {
	h.names++
	h.w.fields = append(slices.Clone(h.w.fields), madeField{fmt.Sprint("f", h.names), rapid.IntRange(0, len(expressions)-1).Draw(rt, "field")})
}

func (h *history) insert(rt *rapid.T) {
	id := rapid.IntRange(1, 30).Draw(rt, "id")
	if _, there := h.m.source[id]; !there && (h.w.mode != "append" || h.m.target[id] == nil) {
		h.put(id, drawRow(rt), true)
	}
}

// one is a row of the source, 0 where there is none.
func (h *history) one(rt *rapid.T) int {
	var ids []int
	for id := range h.m.source {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return 0
	}
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(rt, "row")
}

// redefine draws one change of what the mapping makes, or of which rows.
func (h *history) redefine(rt *rapid.T, what string) {
	fields := slices.Clone(h.w.fields)
	at := rapid.IntRange(0, len(fields)-1)
	switch what {
	case "expression":
		fields[at.Draw(rt, "which")].expr = rapid.IntRange(0, len(expressions)-1).Draw(rt, "expression")
		h.w.fields = fields
	case "where":
		h.w.where = rapid.IntRange(0, len(filters)-1).Draw(rt, "where")
	case "param":
		h.w.param = rapid.SampledFrom([]string{"x", "y", "zz"}).Draw(rt, "param")
	case "codes":
		h.w.codes = rapid.SampledFrom([]string{"ex", "iks", "?"}).Draw(rt, "codes")
	case "add":
		h.field(rt)
	case "drop":
		if i := at.Draw(rt, "which"); len(fields) > 1 {
			h.w.fields = slices.Delete(fields, i, i+1)
		}
	}
}

// step is one thing that happens between two applies.
func (h *history) step(rt *rapid.T) {
	defer h.consistent()
	fields := slices.Clone(h.w.fields)
	at := rapid.IntRange(0, len(fields)-1)
	step := rapid.SampledFrom([]string{"insert", "update", "delete", "expression", "where", "param", "codes", "add", "drop", "rename", "swap", "mode", "edit", "edit", "edit", "drift", "move", "reload", "cursor", "again", "back", "back"}).Draw(rt, "step")
	switch step {
	case "insert":
		h.insert(rt)
	case "update":
		if id := h.one(rt); id > 0 {
			h.put(id, drawRow(rt), h.w.mode != "append" && rapid.IntRange(0, 3).Draw(rt, "maintained") > 0)
		}
	case "delete":
		if id := h.one(rt); id > 0 {
			h.remove(id)
		}
	case "expression", "where", "param", "codes", "add", "drop":
		h.redefine(rt, step)
	case "rename":
		h.names++
		name := fmt.Sprint("f", h.names)
		if gone := slices.Sorted(maps.Keys(h.m.former)); len(gone) > 0 && rapid.Bool().Draw(rt, "to one that is gone") {
			if one := rapid.SampledFrom(gone).Draw(rt, "name"); !strings.Contains(" "+names(h.w)+" ", " "+one+" ") {
				name = one
			}
		}
		fields[at.Draw(rt, "which")].name = name
		h.w.fields = fields
	case "swap":
		i, j := at.Draw(rt, "which"), at.Draw(rt, "with")
		fields[i], fields[j] = fields[j], fields[i]
		h.w.fields = fields
	case "mode":
		if mode := rapid.SampledFrom([]string{"upsert", "mirror", "append"}).Draw(rt, "mode"); mode != "append" || !h.twice() && h.w.cursor == h.m.was.cursor {
			h.w.mode = mode
		}
	case "edit":
		h.edit(rt)
	case "drift":
		h.w.drift = rapid.SampledFrom(drifts).Draw(rt, "drift")
	case "move":
		if h.w.moves < 3 {
			h.w.moves++
		}
	case "reload":
		if h.m.was != nil && h.w.mode != "append" && h.w.cursor == h.m.was.cursor {
			r := reload{generation: h.w.reload.generation + 1, where: rapid.IntRange(0, 2).Draw(rt, "of")}
			if rapid.Bool().Draw(rt, "field") {
				r.field = fields[at.Draw(rt, "which")].name
			}
			h.w.reload = r
		}
	case "cursor": // comes or goes, beside which a reload is refused
		if h.m.was != nil && h.w.reload == h.m.was.reload && h.w.mode != "append" && h.m.was.mode != "append" && len(h.m.source) > 0 {
			h.w.cursor = !h.w.cursor
		}
	case "back": // a field that is gone is there again
		if gone := slices.Sorted(maps.Keys(h.m.former)); len(gone) > 0 {
			name := rapid.SampledFrom(gone).Draw(rt, "back")
			if strings.Contains(" "+names(h.w)+" ", " "+name+" ") {
				return
			}
			h.w.fields = append(fields, madeField{name, rapid.IntRange(0, len(expressions)-1).Draw(rt, "field")})
		}
	case "again": // a key that is gone comes back, and is a new row
		if id := h.one(rt); id > 0 && h.w.mode != "append" {
			h.remove(id)
			h.put(id, drawRow(rt), true)
		}
	}
}

// consistent takes a field out of a reload block that the mapping does not have any more.
func (h *history) consistent() {
	if f := h.w.reload.field; !strings.Contains(" "+names(h.w)+" ", " "+f+" ") {
		h.w.reload.field = ""
	}
}

// twice reports whether rows wait to be read whose keys stand in the target, which mode append could not write.
func (h *history) twice() bool {
	for id, r := range h.m.source {
		if r.seq > h.m.bound && h.m.target[id] != nil {
			return true
		}
	}
	return h.m.was == nil || h.w.cursor && h.m.bound == 0
}

// edit is what somebody does to the target's rows.
func (h *history) edit(rt *rapid.T) {
	if h.kind == "memory" || h.m.was == nil {
		return
	}
	id := h.one(rt)
	row := h.m.target[id]
	var text string
	switch kind := rapid.IntRange(0, 4).Draw(rt, "edit"); {
	case kind == 0: // a row of theirs
		id = rapid.IntRange(26, 34).Draw(rt, "theirs")
		if _, there := h.m.source[id]; there || h.m.target[id] != nil || h.w.mode == "append" {
			return
		}
		columns, values, theirs := "id", fmt.Sprint(id), map[string]string{}
		for _, f := range h.m.was.fields {
			columns, values, theirs[f.name] = columns+fmt.Sprintf(", %q", f.name), values+", 'theirs'", "theirs"
		}
		text = fmt.Sprintf("INSERT INTO item (%s) VALUES (%s)", columns, values)
		h.m.edit(id, theirs)
	case row == nil:
		return
	case kind == 1:
		text = fmt.Sprintf("DELETE FROM item WHERE id = %d", id)
		h.m.edit(id, nil)
	default:
		f := rapid.SampledFrom(h.m.was.fields).Draw(rt, "edited").name
		v := rapid.SampledFrom([]string{"by hand", "x", "high"}).Draw(rt, "value")
		text = fmt.Sprintf("UPDATE item SET %q = '%s' WHERE id = %d", f, v, id)
		edited := maps.Clone(row)
		edited[f] = v
		h.m.edit(id, edited)
	}
	h.theirs(text)
}

// theirs does to the target what somebody else says.
func (h *history) theirs(text string) {
	h.say("target: %s", text)
	if h.kind == "postgres" {
		testserver.Psql(h.t, h.dsn, text)
		return
	}
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "new.db"))
	h.must(err)
	_, err = db.Exec(text)
	h.must(errors.Join(err, db.Close()))
}

func TestAnyHistoryEndsInWhatTheModeSays(t *testing.T) {
	for _, kind := range []string{"memory", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			checks(t, "30", "1000")
			rapid.Check(t, func(rt *rapid.T) { live(t, rt, kind, "") })
		})
	}
}

func TestAnyHistoryIntoPostgreSQLEndsInWhatTheModeSays(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL")
	}
	dsn := testserver.Postgres(t)
	checks(t, "5", "200")
	rapid.Check(t, func(rt *rapid.T) { live(t, rt, "postgres", dsn) })
}
