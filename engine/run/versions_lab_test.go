package run_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/sqlite"
	"github.com/novumsolvo/migrateiq/providers/testserver"
	"github.com/novumsolvo/migrateiq/state"
)

// clock is what a history takes for the machine's: it goes on by a tick whenever it is looked at.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	tick time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.at
	c.at = c.at.Add(c.tick)
	return at
}

func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (c *clock) micro() int64 { return c.now().UnixMicro() }

// manner is how the mapping keeps versions.
type manner struct {
	at         int // of moments
	keep       bool
	quarantine bool
	to         string // the column valid_to
}

// moments are what a row can say for itself, and what that is of the text in its column u.
var moments = []struct {
	cel   string
	shift time.Duration
}{{"", 0}, {"datetime(src.u).at_zone('UTC')", 0}, {"datetime(src.u).at_zone('Europe/London')", -time.Hour}}

func (m manner) text() string {
	out := fmt.Sprintf("    history {\n      valid_to = %q\n", m.to)
	if m.at > 0 {
		out += fmt.Sprintf("      at = %q\n", moments[m.at].cel)
	}
	if m.keep {
		out += "      on_gone = \"keep\"\n"
	}
	if m.quarantine {
		out += "      on_row_error = \"quarantine\"\n"
	}
	return out + "    }\n"
}

// keeping is a history whose mapping keeps every version of a row.
type keeping struct {
	*history
	clock     *clock
	how       manner
	u         map[int]int64 // of each row of the source, the moment that it says
	may       may           // what may stand
	unsure    map[int]bool  // keys that a run may leave as they are: nobody looks at them before their chunk is read
	off       map[string]int
	former    map[string]bool // fields that are gone, whose columns stay
	was       *wording
	wasHow    manner
	opened    state.OpenRun  // as it was saved last
	last      int64          // the moment of the last run that came to its end
	redefined bool           // a run since the last that came to its end has had a definition of before
	planned   map[int]string // what each row of the source was when the run that is open was planned
	ended     time.Time      // when that was
	edits     []edit         // of others, the last one last
}

func newKeeping(t *testing.T, kind, dsn string, w wording, tick time.Duration) *keeping {
	w.mode = "history"
	k := &keeping{history: newHistory(t, kind, dsn, w), clock: &clock{at: time.Date(2025, 7, 1, 12, 0, 0, 0, time.UTC), tick: tick}, u: map[int]int64{},
		how: manner{to: "valid_to"}, may: empty(), unsure: map[int]bool{}, off: map[string]int{}, former: map[string]bool{}}
	k.now = k.clock.now
	k.saved = func(s state.Snapshot) {
		if s.OpenRun != nil {
			k.opened = *s.OpenRun
		}
	}
	k.run("ALTER TABLE item ADD COLUMN u TEXT NOT NULL DEFAULT ''")
	return k
}

// write puts a row of the source, with the moment that it says.
func (k *keeping) write(id int, r sourceRow, moment int64) {
	k.put(id, r, true)
	k.says(id, moment)
}

func (k *keeping) says(id int, moment int64) {
	k.u[id] = moment
	k.say("source %d says %d", id, moment)
	k.run("UPDATE item SET u = ? WHERE id = ?", time.UnixMicro(moment).UTC().Format("2006-01-02 15:04:05.000000"), id)
}

// makes is what the mapping makes of a key as the source is now.
func (k *keeping) makes(id int) makes {
	r, there := k.m.source[id]
	if !there || !k.w.takes(r) {
		return makes{stays: !there && k.how.keep}
	}
	m := makes{row: k.w.make(r)}
	if k.how.at > 0 {
		m.own = k.u[id] + moments[k.how.at].shift.Microseconds()
	}
	return m
}

func (k *keeping) columns() []string { return strings.Fields(names(k.w)) }

// read gives the versions that stand, by key.
func (k *keeping) read() (map[int]past, error) {
	out := map[int]past{}
	columns := k.columns()
	take := func(id int, values []string, from, to int64) {
		v := version{map[string]string{}, from, to}
		for i, c := range columns {
			v.row[c] = values[i]
		}
		out[id] = append(out[id], v)
	}
	var err error
	switch k.kind {
	case "memory":
		err = k.readMemory(columns, take)
	case "postgres":
		err = k.readPostgres(columns, take)
	default:
		err = k.readSQLite(columns, take)
	}
	for _, p := range out {
		slices.SortFunc(p, func(a, b version) int { return int(a.from - b.from) })
	}
	return out, err
}

func (k *keeping) readSQLite(columns []string, take func(int, []string, int64, int64)) error {
	db, err := sql.Open("sqlite", filepath.Join(k.dir, "new.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	text := "SELECT id, CAST(valid_from AS text), CAST(coalesce(" + k.how.to + ", '') AS text)"
	for _, c := range columns {
		text += fmt.Sprintf(", coalesce(%q, 'null')", c)
	}
	rows, err := db.Query(text + " FROM item")
	if err != nil {
		return err
	}
	defer rows.Close()
	moment := func(s string) int64 {
		if s == "" {
			return 0
		}
		at, err := time.Parse("2006-01-02 15:04:05Z07", s)
		k.must(err)
		return at.UnixMicro()
	}
	for rows.Next() {
		var id int
		var from, to string
		values := make([]string, len(columns))
		into := []any{&id, &from, &to}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		take(id, values, moment(from), moment(to))
	}
	return rows.Err()
}

func (k *keeping) readPostgres(columns []string, take func(int, []string, int64, int64)) error {
	text := "SELECT id || '|' || (extract(epoch FROM valid_from) * 1000000)::bigint || '|' || coalesce((extract(epoch FROM " + k.how.to + ") * 1000000)::bigint, 0)"
	for _, c := range columns {
		text += fmt.Sprintf(" || '|' || coalesce(%q, 'null')", c)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(testserver.Psql(k.t, k.dsn, text+" FROM item")), "\n") {
		if line == "" {
			continue
		}
		parts := strings.Split(line, "|")
		id, err1 := strconv.Atoi(parts[0])
		from, err2 := strconv.ParseInt(parts[1], 10, 64)
		to, err3 := strconv.ParseInt(parts[2], 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		take(id, parts[3:], from, to)
	}
	return nil
}

func (k *keeping) readMemory(columns []string, take func(int, []string, int64, int64)) error {
	ctx := context.Background()
	p, cfg, _ := k.provider()
	e, err := p.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer e.Close()
	cat, err := as[providers.Inspector](k.lab, e).Inspect(ctx, nil)
	if err != nil {
		return err
	}
	t, ok := cat.Table(schema.Ref{Name: "item"})
	if !ok {
		return errors.New("there is no table")
	}
	var read []schema.Column
	for _, name := range append([]string{"id", "valid_from", k.how.to}, columns...) {
		c, ok := t.Column(name)
		if !ok {
			return fmt.Errorf("column %s is not there", name)
		}
		read = append(read, c)
	}
	return providers.Each(ctx, as[providers.Source](k.lab, e), providers.ReadSpec{Table: t.Ref, Columns: read}, func(b *batch.Batch) error {
		for i := range b.Len() {
			values, to := make([]string, len(columns)), int64(0)
			for c := range values {
				if values[c] = "null"; !b.Vectors[c+3].Null(i) {
					values[c] = string(batch.AppendText(nil, read[c+3].Type, &b.Vectors[c+3], i))
				}
			}
			if !b.Vectors[2].Null(i) {
				to = b.Vectors[2].Ints[i]
			}
			take(int(b.Vectors[0].Ints[i]), values, b.Vectors[1].Ints[i], to)
		}
		return nil
	})
}

// defined notes that the table stands as it is defined now.
func (k *keeping) defined() {
	if k.was != nil {
		renamed := slices.Collect(maps.Values(renames(*k.was, k.w)))
		for _, f := range k.was.fields {
			if _, stays := k.w.field(f.name); !stays && !slices.Contains(renamed, f.name) {
				k.former[f.name] = true
			}
		}
	}
	for _, f := range k.w.fields {
		delete(k.former, f.name)
	}
	w := k.w
	k.was, k.wasHow = &w, k.how
}

// abandon gives the open run up.
func (k *keeping) abandon() {
	k.t.Helper()
	if k.store.snap.OpenRun == nil {
		return
	}
	k.say("  the run is abandoned")
	if k.kind != "memory" {
		p, _, _ := k.provider()
		k.beside = []providers.Provider{p}
	}
	defer func() { k.beside = nil }()
	if k.kind != "sqlite" {
		k.beside = append(k.beside, sqlite.New())
	}
	cfg, e := k.engine(faulty.Nth(0))
	e.Now, e.Secrets = k.now, secret.Resolver{Env: func(string) (string, bool) { return k.dsn, true }}
	k.store.locked = false
	_, err := e.Abandon(context.Background(), cfg, k.store.snap.OpenRun.ID)
	k.must(err)
}

// changedColumns reports whether the table's columns follow a change of the mapping.
func (k *keeping) changedColumns() bool {
	return k.was != nil && (names(*k.was) != names(k.w) || k.was.loose != k.w.loose || k.wasHow.to != k.how.to)
}

// edit is what somebody else did to the versions of a key.
type edit struct {
	id        int
	then, now past
}

// theirs puts other versions in the place of those of a key, as somebody else would.
func (k *keeping) theirs(e edit) {
	for _, v := range e.then {
		k.differ(e.id, v, -1)
	}
	text := fmt.Sprintf("DELETE FROM item WHERE id = %d", e.id)
	moment := func(at int64) string {
		if at == 0 {
			return "NULL"
		}
		return time.UnixMicro(at).UTC().Format("'2006-01-02 15:04:05.999999Z'")
	}
	for _, v := range e.now {
		k.differ(e.id, v, 1)
		columns, values := "id, valid_from, "+k.how.to, fmt.Sprintf("%d, %s, %s", e.id, moment(v.from), moment(v.to))
		for _, name := range slices.Sorted(maps.Keys(v.row)) {
			if v.row[name] != "null" {
				columns, values = columns+fmt.Sprintf(", %q", name), values+fmt.Sprintf(", '%s'", v.row[name])
			}
		}
		text += fmt.Sprintf("; INSERT INTO item (%s) VALUES (%s)", columns, values)
	}
	k.history.theirs(text)
	k.may[e.id], k.unsure[e.id] = []past{e.now}, true
}

func (k *keeping) differ(id int, v version, n int) {
	line := fmt.Sprint(id, past{v}.text(k.columns()))
	if k.off[line] += n; k.off[line] == 0 {
		delete(k.off, line)
	}
}

// attempt is one call of the command, and what it was about.
type attempt struct {
	plan *plan.Plan
	err  error
	id   string // of the run that it opened or went on with
	at   int64  // and its moment
}

func (k *keeping) attempt(kill int) attempt {
	k.w.block = k.how.text()
	k.opened = state.OpenRun{}
	if open := k.store.snap.OpenRun; open != nil {
		k.opened = *open
	}
	faults := faulty.Nth(kill)
	if kill > 0 {
		faults = faults.As(providers.Unknown).Dead()
	}
	p, err := k.command(faults, true)
	a := attempt{plan: p, err: err, id: k.opened.ID, at: moment(k.opened.OpenedAt)}
	if f := new(engine.CheckFailed); errors.As(err, &f) && len(k.off) > 0 {
		a.err = nil
	}
	k.say("  %s at %d: %v", a.id, a.at, err)
	return a
}

// moment is that of a run which was opened at a time: none ends in a zero, so that texts are in order, too.
func moment(at time.Time) int64 {
	if m := at.UnixMicro(); m%10 != 0 {
		return m
	} else {
		return m + 1
	}
}

// stands is a row of the source, with the moment that it says.
func (k *keeping) stands(id int) string {
	if r, there := k.m.source[id]; there {
		return fmt.Sprint(r, k.u[id])
	}
	return ""
}

// reached is what may stand once a run of a moment has done all of it, or some, to a table.
func (k *keeping) reached(before, so may, at int64, redefined bool) (out may, refused, certain map[int]string) {
	out, refused, certain = so.clone(), map[int]string{}, map[int]string{}
	for id := range lastID + 1 {
		m, all := k.makes(id), true
		for _, p := range slices.Concat(before[id], so[id]) {
			next, why := p.follows(m, at, redefined, k.columns())
			out.add(id, next, k.columns())
			if k.unsure[id] && m.row != nil || k.stands(id) != k.planned[id] { // in what the run does not read

				out.add(id, p, k.columns())
				all = false
			}
			if all = all && why != ""; why != "" {
				refused[id] = why
			}
		}
		if all {
			certain[id] = refused[id]
		}
	}
	return out, refused, certain
}

func all(a, b may, columns []string) may {
	out := a.clone()
	for id, list := range b {
		for _, p := range list {
			out.add(id, p, columns)
		}
	}
	return out
}
