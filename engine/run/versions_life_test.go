package run_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// applying is an apply under way, which may take several runs.
type applying struct {
	*keeping
	id         string // of the run
	before, so may    // what may have stood before it, and what may stand of what it did
	half       bool   // a run before this apply was given up, and had a definition of before
	restore    may    // what stood before the definition changed
}

// applied is an apply that may be killed at calls and be gone on with, or given up; what stands then is what the guide says.
func (k *keeping) applied(kills []int, between func(), giveUp, later bool) error {
	k.say("apply %+v %+v, killed at %v, given up %v", k.w, k.how, kills, giveUp)
	a := &applying{keeping: k, restore: k.may.clone(), half: k.redefined}
	if k.was != nil {
		renamed := renames(*k.was, k.w)
		maps.DeleteFunc(renamed, func(name, _ string) bool { return k.former[name] })
		k.may.renamed(renamed)
	}
	for n := range 16 {
		kill := 0
		if n < len(kills) {
			kill = kills[n]
		}
		t := k.attempt(kill)
		if t.id == "" && t.err == nil && t.plan.Empty() { // it stands, be it by a run that was given up at its end
			a.defined()
			return k.check()
		}
		if err := a.took(t, kill > 0); err != nil {
			return fmt.Errorf("attempt %d: %w", n, err)
		}
		if kill == 0 || t.err == nil {
			continue
		}
		if giveUp && k.store.snap.OpenRun != nil {
			a.giveUp()
			if later && k.was != nil && !k.changedColumns() {
				return nil // and the next apply is of another definition
			}
		}
		if between != nil {
			between()
		}
	}
	return errors.New("the plan does not become empty")
}

// giveUp ends the run, whatever it has done.
func (a *applying) giveUp() {
	if a.store.snap.OpenRun == nil {
		return
	}
	at := a.store.snap.OpenRun.OpenedAt
	a.abandon()
	a.ends(at)
	a.may = all(a.before, a.so, a.columns())
	a.id = ""
}

// took settles what one call of the command has come to.
func (a *applying) took(t attempt, killed bool) error {
	if t.id == "" {
		switch {
		case t.err == nil: // what changed is in the state alone
			t.at, a.so = a.last, a.may
			a.finished(t, nil)
			return nil
		case killed:
			return nil
		}
		return a.refused(t, nil)
	}
	if t.id != a.id {
		if a.id != "" {
			a.may = all(a.before, a.so, a.columns())
		}
		a.id, a.before, a.so = t.id, a.may.clone(), may{}
		a.planned = map[int]string{}
		for id := range lastID + 1 {
			a.planned[id] = a.stands(id)
		}
	}
	if m := t.plan.Mapping(a.w.address()); m != nil {
		a.redefined = a.redefined || m.Before != nil
		if m.Has(plan.Reload) {
			a.before, a.former = empty(), map[string]bool{}
		}
		if t.err == nil && t.at <= a.last && m.Has(plan.Upsert) {
			return fmt.Errorf("a run of %d behind one of %d: got no error, want history-clock", t.at, a.last)
		}
	}
	so, refused, certain := a.reached(a.before, a.so, t.at, a.redefined)
	a.so = so
	if t.err != nil {
		switch {
		case killed && a.store.snap.OpenRun == nil && a.store.snap.Mappings[a.w.address()].Run == t.id: // after all was done
			a.finished(t, refused)
			return nil
		case killed:
			return nil
		}
		return a.refused(t, refused)
	}
	if len(certain) > 0 && !a.how.quarantine {
		return fmt.Errorf("got no error, want %v", certain)
	}
	a.finished(t, refused)
	return nil
}

// finished notes a run that has come to its end.
func (a *applying) finished(t attempt, refused map[int]string) {
	for id := range refused {
		a.unsure[id] = true
	}
	a.defined()
	a.may, a.last, a.id, a.redefined = a.so, t.at, "", false
	a.ends(time.UnixMicro(t.at).UTC())
}

// ends notes that a run of a moment has come to its end, or was given up; the next one has to be opened behind that.
func (a *applying) ends(moment time.Time) {
	for _, at := range []time.Time{a.clock.at, moment} {
		if at.After(a.ended) {
			a.ended = at
		}
	}
}

// refused judges an apply that failed, and does what its error says.
func (a *applying) refused(t attempt, why map[int]string) error {
	text := t.err.Error()
	drifted := new(engine.Drifted)
	switch {
	case strings.Contains(text, "has no value for") || strings.Contains(text, "A null has nowhere to go"):
		a.say("  the fields may be null from here on")
		a.w.loose = true
		return nil
	case errors.As(t.err, &drifted) || strings.Contains(text, "is not as the runs left it"):
		if len(a.off) == 0 || !a.changedColumns() {
			return fmt.Errorf("with nothing changed by others: %w", t.err)
		}
		a.back()
		return nil
	case strings.Contains(text, "The versions would be lost") && a.changedColumns() && !(a.was.loose && a.w.loose): // a column that takes no null
		a.back()
		return nil
	case strings.Contains(text, clockWrong) && t.at > moment(a.ended) && !slices.Contains(slices.Collect(maps.Values(why)), clockWrong):
		return fmt.Errorf("opened at %d, behind the last run: %w", t.at, t.err)
	case strings.Contains(text, clockWrong):
		a.giveUp()
		a.onward()
		return nil
	case len(why) > 0 && (strings.Contains(text, sameMoment) || strings.Contains(text, backwards)):
		a.onward()
		if strings.Contains(text, "is gone at the source") {
			a.giveUp()
			return nil
		}
		for id := range why {
			if r, there := a.m.source[id]; there {
				a.write(id, r, a.clock.micro())
				a.clock.step(time.Second)
			}
		}
		return nil
	}
	return t.err
}

// back puts the definition back to what it was, since the new one cannot be had.
func (a *applying) back() {
	a.say("  the definition is put back")
	a.abandon()
	a.w, a.how, a.may, a.id, a.redefined = *a.was, a.wasHow, a.restore, "", a.half
}

// onward sets the clock behind all that stands.
func (a *applying) onward() {
	top := max(a.ended.UnixMicro(), a.clock.micro())
	for _, list := range a.so {
		for _, p := range list {
			for _, v := range p {
				top = max(top, v.from, v.to)
			}
		}
	}
	a.clock.at = time.UnixMicro(top).UTC().Add(2 * time.Hour)
}

// check holds the table against the model.
func (k *keeping) check() error {
	got, err := k.read()
	if err != nil {
		return err
	}
	columns, gone := k.columns(), false
	for id := range lastID + 1 {
		text := got[id].text(columns)
		at := slices.IndexFunc(k.may[id], func(p past) bool { return p.text(columns) == text })
		if at < 0 {
			var want []string
			for _, p := range k.may[id] {
				want = append(want, p.text(columns))
			}
			return fmt.Errorf("versions of row %d: got\n  %s\nwant\n  %s", id, text, strings.Join(want, "\n  or "))
		}
		if wrong := got[id].whole(); wrong != "" {
			return fmt.Errorf("versions of row %d: got %s: %s", id, text, wrong)
		}
		k.may[id] = []past{k.may[id][at]}
		p, m := k.may[id][0], k.makes(id)
		i := p.open()
		gone = gone || m.row == nil && i >= 0
		if m.row == nil || i >= 0 && maps.EqualFunc(k.now1(p[i].row), m.row, func(a, b string) bool { return a == b }) {
			delete(k.unsure, id)
		}
	}
	found := new(engine.Drifted)
	err = k.verify(false)
	switch {
	case len(k.off) > 0 && !errors.As(err, &found):
		return fmt.Errorf("verify: got %v, want a drift of %v", err, k.off)
	case len(k.off) == 0 && err != nil:
		return fmt.Errorf("verify: %w", err)
	}
	if len(k.off) == 0 && len(k.unsure) == 0 && !gone {
		if err := k.verify(true); err != nil {
			return fmt.Errorf("verify with the source: %w", err)
		}
	}
	return nil
}

// now1 is a row in the columns of the mapping as it is now.
func (k *keeping) now1(row map[string]string) map[string]string {
	out := map[string]string{}
	for _, c := range k.columns() {
		out[c] = null(row[c])
	}
	return out
}

// kept draws a history of mode history and lives it.
func kept(t *testing.T, rt *rapid.T, kind, dsn string) {
	w := wording{cursor: rapid.IntRange(0, 3).Draw(rt, "cursor") == 0, drift: rapid.SampledFrom([]string{"", "report", "ignore"}).Draw(rt, "drift"), loose: rapid.IntRange(0, 3).Draw(rt, "loose") > 0, param: "x", codes: "ex"}
	k := newKeeping(t, kind, dsn, w, rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Millisecond, time.Second}).Draw(rt, "tick"))
	defer func() { k.must(k.db.Close()) }()
	k.how.at, k.how.keep, k.how.quarantine = max(0, rapid.IntRange(-2, 2).Draw(rt, "at")), rapid.IntRange(0, 3).Draw(rt, "keep") == 0, rapid.IntRange(0, 3).Draw(rt, "quarantine") == 0
	k.field(rt)
	for range rapid.IntRange(0, 6).Draw(rt, "rows") {
		k.add(rt)
	}
	for range rapid.IntRange(1, 6).Draw(rt, "applies") {
		for range rapid.IntRange(0, 4).Draw(rt, "steps") {
			k.happens(rt)
		}
		k.ticks(rt)
		var kills []int
		var between func()
		if rapid.IntRange(0, 2).Draw(rt, "killed") == 0 {
			kills = rapid.SliceOfN(rapid.IntRange(1, 160), 1, 3).Draw(rt, "kill at")
			if rapid.Bool().Draw(rt, "between") {
				between = func() { k.ticks(rt); k.source(rt) }
			}
		}
		if err := k.applied(kills, between, rapid.IntRange(0, 4).Draw(rt, "given up") == 0, rapid.Bool().Draw(rt, "later")); err != nil {
			rt.Fatalf("%v\n%s", err, strings.Join(k.log, "\n"))
		}
	}
}

// ticks is the time that goes by; now and then none does, or the clock is put back.
func (k *keeping) ticks(rt *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{time.Second, 90 * time.Minute, time.Microsecond, 0, -time.Microsecond, -time.Second, -3 * time.Hour, 24 * time.Hour, time.Minute, time.Hour}).Draw(rt, "time")
	k.say("the clock goes on by %v", d)
	k.clock.step(d)
}

// saying is the moment that a row says when it changes: that of the clock, most often.
func (k *keeping) saying(rt *rapid.T, id int) int64 {
	switch rapid.IntRange(0, 11).Draw(rt, "says") {
	case 0:
		if was, there := k.u[id]; there {
			return was
		}
	case 1:
		return k.clock.at.UnixMicro() - time.Hour.Microseconds()
	case 2:
		return k.clock.at.UnixMicro() + 2*time.Hour.Microseconds()
	}
	return k.clock.at.UnixMicro()
}

func (k *keeping) add(rt *rapid.T) {
	id := rapid.IntRange(1, 25).Draw(rt, "id")
	if _, there := k.m.source[id]; !there {
		k.write(id, drawRow(rt), k.saying(rt, id))
	}
}

// source is a change at the source.
func (k *keeping) source(rt *rapid.T) {
	id := k.one(rt)
	kind := rapid.SampledFrom([]string{"insert", "update", "update", "delete", "touch", "back"}).Draw(rt, "change")
	switch {
	case kind == "insert" || id == 0:
		k.add(rt)
	case kind == "update":
		k.write(id, drawRow(rt), k.saying(rt, id))
	case kind == "delete":
		k.remove(id)
	case kind == "touch":
		k.write(id, k.m.source[id], k.saying(rt, id))
	case kind == "back": // a key that was there once
		var ids []int
		for id := range k.u {
			if _, there := k.m.source[id]; !there {
				ids = append(ids, id)
			}
		}
		if slices.Sort(ids); len(ids) > 0 {
			id := rapid.SampledFrom(ids).Draw(rt, "row")
			k.write(id, drawRow(rt), k.saying(rt, id))
		}
	}
}

// happens is one thing between two applies.
func (k *keeping) happens(rt *rapid.T) {
	fields := slices.Clone(k.w.fields)
	at := rapid.IntRange(0, len(fields)-1)
	step := rapid.SampledFrom([]string{"source", "source", "source", "source", "source", "time", "expression", "where", "param", "codes", "add", "drop", "rename", "swap", "back", "loose", "edit", "edit", "put back", "put back", "drift", "move", "cursor", "at", "keep", "quarantine", "to"}).Draw(rt, "step")
	switch step {
	case "source":
		k.source(rt)
	case "time":
		k.ticks(rt)
	case "expression", "where", "param", "codes", "add", "drop":
		k.redefine(rt, step)
	case "rename":
		k.names++
		fields[at.Draw(rt, "which")].name = fmt.Sprint("f", k.names)
		k.w.fields = fields
	case "swap":
		i, j := at.Draw(rt, "which"), at.Draw(rt, "with")
		fields[i], fields[j] = fields[j], fields[i]
		k.w.fields = fields
	case "back": // a field that is gone is there again
		if gone := slices.Sorted(maps.Keys(k.former)); len(gone) > 0 {
			name := rapid.SampledFrom(gone).Draw(rt, "back")
			if !strings.Contains(" "+names(k.w)+" ", " "+name+" ") {
				k.w.fields = append(fields, madeField{name, rapid.IntRange(0, len(expressions)-1).Draw(rt, "field")})
			}
		}
	case "loose":
		k.w.loose = true
	case "edit":
		k.edited(rt)
	case "put back":
		if n := len(k.edits); n > 0 {
			e := k.edits[n-1]
			k.edits = k.edits[:n-1]
			if len(k.may[e.id]) == 1 && k.may[e.id][0].text(k.columns()) == e.now.text(k.columns()) && names(*k.was) == names(k.w) {
				k.theirs(edit{e.id, e.now, e.then})
			}
		}
	case "drift":
		k.w.drift = rapid.SampledFrom([]string{"", "report", "ignore"}).Draw(rt, "drift")
	case "move":
		if k.w.moves < 3 {
			k.w.moves++
		}
	case "cursor":
		if k.was != nil && len(k.m.source) > 0 {
			k.w.cursor = !k.w.cursor
		}
	case "at":
		k.how.at = rapid.IntRange(0, len(moments)-1).Draw(rt, "at")
	case "keep":
		k.how.keep = !k.how.keep
	case "quarantine":
		k.how.quarantine = !k.how.quarantine
	case "to":
		k.how.to = rapid.SampledFrom([]string{"valid_to", "until"}).Draw(rt, "to")
	}
}

// edited is what somebody else does to the versions of a key.
func (k *keeping) edited(rt *rapid.T) {
	if k.kind == "memory" || k.was == nil || k.redefined || names(*k.was) != names(k.w) || k.how.to != k.wasHow.to {
		return
	}
	var ids []int
	for id, list := range k.may {
		if len(list) == 1 && len(list[0]) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	kind := rapid.IntRange(0, 5).Draw(rt, "edit")
	if kind == 0 || len(ids) == 0 { // a row of theirs
		id := rapid.IntRange(26, lastID).Draw(rt, "theirs")
		if len(k.may[id]) > 1 || len(k.may[id][0]) > 0 {
			return
		}
		row := map[string]string{}
		for _, f := range k.was.fields {
			row[f.name] = "theirs"
		}
		e := edit{id, nil, past{{row, time.Date(2020, 1, 1, 0, 0, 0, 1000, time.UTC).UnixMicro(), 0}}}
		k.edits = append(k.edits, e)
		k.theirs(e)
		return
	}
	id := rapid.SampledFrom(ids).Draw(rt, "edited")
	then := k.may[id][0]
	now := then.clone()
	i := rapid.IntRange(0, len(now)-1).Draw(rt, "version")
	switch kind {
	case 1:
		now = slices.Delete(now, i, i+1)
	case 2:
		early := version{maps.Clone(now[0].row), now[0].from - 7_200_000_000, now[0].from - 3_600_000_000}
		now = append(past{early}, now...)
	case 3:
		if last := &now[len(now)-1]; last.to == 0 {
			last.to = last.from + 1
		}
	default:
		f := rapid.SampledFrom(k.was.fields).Draw(rt, "field").name
		now[i].row[f] = rapid.SampledFrom([]string{"by hand", "x", "high"}).Draw(rt, "value")
	}
	e := edit{id, then, now}
	k.edits = append(k.edits, e)
	k.theirs(e)
}

func TestAnyHistoryKeepsEveryVersion(t *testing.T) {
	for _, kind := range []string{"memory", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			checks(t, "30", "1000")
			rapid.Check(t, func(rt *rapid.T) { kept(t, rt, kind, "") })
		})
	}
}

func TestAnyHistoryInPostgreSQLKeepsEveryVersion(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL")
	}
	dsn := testserver.Postgres(t)
	checks(t, "5", "200")
	rapid.Check(t, func(rt *rapid.T) { kept(t, rt, "postgres", dsn) })
}
