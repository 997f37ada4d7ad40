package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// swapping writes the statement that puts one table in the place of another one.
type swapping struct {
	*schema.TableSwap
	from, to, away schema.Ref // the new table, the name, and the old table once it has given the name away
	sql            []string
	err            error
}

// swap gives the old table's name, and names of keys that fit it, to the new one, and binds to that what followed the old
// one. Names that the server chose for identities' sequences are renamed where they are as it chooses them.
func swap(s *schema.TableSwap) ([]providers.Statement, error) {
	w := &swapping{TableSwap: s, from: home(s.New.Ref), to: home(s.Old)}
	w.away = schema.Ref{Schema: w.to.Schema, Name: w.to.Name + "__old"}
	w.err = errors.Join(properRef(w.from), properRef(w.to))
	if w.from.Schema != w.to.Schema && !s.Back {
		w.err = errors.Join(w.err, errors.New("the two tables are in different schemas"))
	}
	w.release()
	w.names()
	w.bind()
	w.end()
	w.own()
	what := "swap " + w.from.String() + " in as " + w.to.String()
	hazard := "drops the old table with its rows; readers wait for a moment"
	if s.Keep != nil {
		hazard = "keeps the old table as " + home(*s.Keep).String() + "; readers wait for a moment"
	}
	if s.Discard != nil {
		hazard += "; drops " + home(*s.Discard).String() + ", the copy that was kept before"
	}
	for _, f := range s.Follow {
		if f.Kind == "materialized view" {
			hazard += "; fills materialized view " + f.Name + " again, while readers wait"
		}
		if f.Child != nil && !f.IsOf(s.Swapped) && !strings.HasSuffix(f.Make[0], " NOT VALID") {
			hazard += "; looks at all rows of " + f.Child.String() + ", while its writers wait"
		}
	}
	all, err := single(what, hazard, w.err, w.sql...)
	if err != nil {
		return nil, err
	}
	all[0].Guard = &providers.Guard{Table: w.to, Follow: schema.FollowDigest(s.Follow, s.Swapped...), But: s.Swapped, Locks: w.locks()}
	return all, nil
}

// locks begin with views, as their readers do, which lock the tables behind them next. Then come the tables whose keys
// point to the old one: those who join them name them first, more often than not.
func (w *swapping) locks() []string {
	var out []string
	var tables []string
	for _, f := range w.Follow {
		if f.Lock != "" && !slices.Contains(out, f.Lock) {
			out = append(out, f.Lock)
		}
		if f.Child == nil || f.IsOf(w.Swapped) {
			continue
		}
		if child := quoteRef(*f.Child); !slices.Contains(tables, child) {
			tables = append(tables, child)
		}
	}
	for _, t := range append(tables, quoteRef(w.to), quoteRef(w.from)) {
		out = append(out, lockTable+t+" IN ACCESS EXCLUSIVE MODE")
	}
	return out
}

// lockTable begins the statements that lock tables.
const lockTable = "LOCK TABLE "

func (w *swapping) say(format string, args ...any) {
	w.sql = append(w.sql, fmt.Sprintf(format, args...))
}

// release takes off the old table what would keep it from being dropped, or what it may not have while it is kept.
func (w *swapping) release() {
	if w.Discard != nil {
		w.err = errors.Join(w.err, properRef(*w.Discard))
		w.say("DROP TABLE %s", quoteRef(*w.Discard))
	}
	for _, f := range slices.Backward(w.Follow) {
		if f.IsOf(w.Swapped) {
			continue
		}
		w.sql = append(w.sql, f.Free...)
		if w.Keep != nil {
			w.sql = append(w.sql, f.Strip...)
		}
	}
	if w.Keep == nil {
		return
	}
	for _, f := range w.Strip {
		name := cmp.Or(f.Name, foreignName(w.to.Name, f))
		w.err = errors.Join(w.err, proper(name))
		w.say("ALTER TABLE %s DROP CONSTRAINT %s", quoteRef(w.to), quote(name))
	}
}

// names gives the name to the new table. The old one is not gone yet: views are bound to it still.
func (w *swapping) names() {
	w.counters()
	switch {
	case w.Back: // the names of its keys are those that the keys of the old table have
		w.away = schema.Ref{Schema: "_migrateiq_swap", Name: w.to.Name}
		w.say("CREATE SCHEMA %s", quote(w.away.Schema))
		w.say("ALTER TABLE %s SET SCHEMA %s", quoteRef(w.to), quote(w.away.Schema))
		w.say("ALTER TABLE %s SET SCHEMA %s", quoteRef(w.from), quote(w.to.Schema))
	case w.Keep != nil:
		w.away = home(*w.Keep)
		w.err = errors.Join(w.err, properRef(w.away))
		if w.away.Name != w.to.Name {
			w.err = errors.Join(w.err, errors.New("a table is kept under its own name"))
		}
		w.say("ALTER TABLE %s SET SCHEMA %s", quoteRef(w.to), quote(w.away.Schema))
	default:
		w.err = errors.Join(w.err, properRef(w.away))
		w.say("ALTER TABLE %s RENAME TO %s", quoteRef(w.to), quote(w.away.Name))
	}
	if w.Back {
		return
	}
	w.say("ALTER TABLE %s RENAME TO %s", quoteRef(w.from), quote(w.to.Name))
	if w.Keep != nil {
		w.rename() // the old names went with the old table
	}
}

// counters lets the sequences of the new table go on where those of the old one stand: a number is never given out twice.
func (w *swapping) counters() {
	for _, s := range w.Counts {
		own, ok := w.New.Sequence(s.Column)
		if !ok || own.Kind == schema.Free || s.Kind == schema.Free {
			continue
		}
		was := fmt.Sprintf("pg_get_serial_sequence(%s, %s)", literal(quoteRef(w.to)), literal(s.Column))
		is := fmt.Sprintf("pg_get_serial_sequence(%s, %s)", literal(quoteRef(w.from)), literal(s.Column))
		w.say(`SELECT setval(n.seqrelid::regclass, pg_sequence_last_value(o.seqrelid::regclass)) FROM pg_catalog.pg_sequence o, pg_catalog.pg_sequence n
WHERE o.seqrelid = %s::regclass AND n.seqrelid = %s::regclass AND pg_sequence_last_value(o.seqrelid::regclass) BETWEEN n.seqmin AND n.seqmax
AND CASE WHEN n.seqincrement > 0 THEN pg_sequence_last_value(o.seqrelid::regclass) > coalesce(pg_sequence_last_value(n.seqrelid::regclass), n.seqstart - 1)
  ELSE pg_sequence_last_value(o.seqrelid::regclass) < coalesce(pg_sequence_last_value(n.seqrelid::regclass), n.seqstart + 1) END`, was, is)
	}
}

// bind gives views, keys and rules of others to the table that has the name now, and its own foreign keys to one that was
// kept.
func (w *swapping) bind() {
	for _, f := range w.Strip {
		if !w.Back {
			break
		}
		all, err := addForeign(&schema.ForeignAdd{Table: w.to, Foreign: f, AtOnce: true})
		w.err = errors.Join(w.err, err)
		for _, s := range all {
			w.sql = append(w.sql, s.SQL...)
		}
	}
	for _, f := range w.Follow {
		if !f.Own && !f.Lost && !f.IsOf(w.Swapped) {
			w.sql = append(w.sql, f.Make...)
		}
	}
}

// end drops the old table, or leaves it where it is kept.
func (w *swapping) end() {
	if w.Keep != nil {
		return
	}
	w.say("DROP TABLE %s", quoteRef(w.away))
	if w.Back {
		w.say("DROP SCHEMA %s", quote(w.away.Schema))
		return
	}
	w.rename()
}

// rename gives what belongs to the new table its final names.
func (w *swapping) rename() {
	rename := func(kind, was, is string) {
		if is != was {
			w.err = errors.Join(w.err, proper(is))
			w.say("ALTER %s IF EXISTS %s.%s RENAME TO %s", kind, quote(w.to.Schema), quote(was), quote(is))
		}
	}
	from, to := w.from.Name, w.to.Name
	if p := w.New.Primary; p != nil {
		rename("INDEX", primaryName(from), cmp.Or(p.Name, primaryName(to)))
	}
	for _, k := range slices.Concat(w.New.Keys, w.New.Indexes) {
		rename("INDEX", keyName(from, k), cmp.Or(k.Name, keyName(to, k)))
	}
	for _, f := range w.New.Foreign {
		if f.Name == "" {
			w.say("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", quoteRef(w.to), quote(foreignName(from, f)), quote(foreignName(to, f)))
		}
	}
	for _, c := range w.New.Columns {
		counter, known := w.New.Sequence(c.Name)
		if !c.Identity && counter.Kind != schema.Owned && !counter.IsIdentity() {
			continue
		}
		was, is := sequenceName(from, c.Name), sequenceName(to, c.Name)
		if known && counter.Name.Name != "" {
			is = counter.Name.Name
		}
		if len(was) <= maxName && len(is) <= maxName {
			rename("SEQUENCE", was, is)
		}
	}
}

// own gives the new table the rights, policies and triggers of the old one.
func (w *swapping) own() {
	for _, f := range w.Follow {
		if f.Own && !f.Lost {
			w.sql = append(w.sql, f.Make...)
		}
	}
}
