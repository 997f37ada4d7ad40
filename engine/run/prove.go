package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Mismatch says that the target does not hold what was written. The rows stand.
type Mismatch struct {
	Table string
	Text  string
	Diff  verify.Diff
	// Compared says that Diff is of all rows.
	Compared bool
}

func (e *Mismatch) Error() string { return fmt.Sprintf("verify %s: %s", e.Table, e.Text) }

// Expected is what a mapping's table should hold by the ledger: all that was written less all that it replaced.
func Expected(records []providers.ChunkRecord) batch.Digest {
	var sum batch.Digest
	for _, rec := range records {
		sum = sum.Plus(rec.Written).Minus(rec.Replaced)
	}
	return sum
}

// prove reads the target once and holds it against the ledger.
func (r *Run) prove(ctx context.Context, s plan.Step) error {
	def := r.Plan.Mapping(s.Mapping).Definition
	run := ""
	if r.swapped(s.Mapping) {
		s.Move = &plan.Transfer{Table: def.TargetTable, Load: s.Move.Load, Expect: s.Move.Expect}
	}
	if s.Move.Table != def.TargetTable {
		run = r.id // a table built beside holds this run's rows alone
	}
	records, err := r.history(s.Target).Recorded(ctx, run, r.uid(s.Mapping))
	if err != nil {
		return err
	}
	want := Expected(records)
	if s.Move.Expect != "" {
		if err := want.UnmarshalText([]byte(s.Move.Expect)); err != nil {
			return err
		}
	}
	have, side, err := r.sum(ctx, s, def, want.Rows)
	if err != nil {
		return err
	}
	m := r.of(s.Mapping)
	m.Rows, m.Digest = want.Rows, want.String()
	if have != want {
		err := r.differs(ctx, s, def, side, want, have)
		if mended, failed := r.mended(ctx, s, def, err, want, have); failed != nil || mended {
			return failed
		}
		if r.others(ctx, s, err, want, have) {
			return r.mark(ctx, s)
		}
		m.Mismatch, m.Verified = true, err.Error()
		r.Tell.Tell(event.Event{Kind: event.Verified, Run: r.id, Mapping: s.Mapping, Text: m.Verified})
		if s.Move.Table != def.TargetTable { // what does not agree is not swapped in
			return &Withheld{Table: s.Move.Table.String(), Why: []string{fmt.Sprintf("%s expected, and it holds %s; the digests differ", def.RowsWere(want.Rows), def.Few(have.Rows))}}
		}
		return r.mark(ctx, s)
	}
	m.Verified = def.Rows(want.Rows) + ", count and digest agree"
	r.Tell.Tell(event.Event{Kind: event.Verified, Run: r.id, Mapping: s.Mapping, Text: m.Verified})
	return r.mark(ctx, s)
}

// swapped reports whether an earlier process has swapped the mapping's table in already.
func (r *Run) swapped(mapping string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.Plan.Steps {
		if s.Mapping == mapping && s.Change != nil && s.Change.Swap != nil {
			return r.done[s.N]
		}
	}
	return false
}

func (r *Run) sum(ctx context.Context, s plan.Step, def *plan.Definition, total int64) (batch.Digest, verify.Side, error) {
	side, err := verify.Target(ctx, r.Ends[s.Target], def, s.Move.Table, r.Workers)
	if err != nil {
		return batch.Digest{}, side, err
	}
	r.Tell.Tell(event.Event{Kind: event.VerifyStarted, Run: r.id, Mapping: s.Mapping, Total: total, OfPeople: def.OfPeople()})
	var have batch.Digest
	err = r.inSlot(ctx, s.Target, func() error {
		have, err = verify.Sum(ctx, side, r.hasher(s.Mapping), nil, func(n int64) {
			r.Tell.Tell(event.Event{Kind: event.VerifyRows, Run: r.id, Mapping: s.Mapping, Done: n, Total: total})
		})
		return err
	})
	return have, side, err
}

// differs looks for the rows at fault by reading the source once more.
func (r *Run) differs(ctx context.Context, s plan.Step, def *plan.Definition, side verify.Side, want, have batch.Digest) *Mismatch {
	out := &Mismatch{Table: s.Move.Table.String(), Text: fmt.Sprintf("%s expected, and the table holds %s; the digests differ", def.RowsWere(want.Rows), def.Few(have.Rows))}
	from, err := r.moment(ctx, def.Source)
	if err != nil {
		return out
	}
	if def.History != nil { // what the source says now is what the open versions hold
		if side, err = r.holding(ctx, s, def); err != nil {
			return out
		}
		def = def.Current()
	}
	spec := r.transformSpec(ctx, s.Target, def)
	t, err := transform.Compile(spec)
	if err != nil {
		return out
	}
	full := def.Whole()
	show := verify.Show{Secret: spec.SecretKey, Classified: def.Classified()}
	diff, err := verify.Compare(ctx, verify.Source(from.source, full.ReadSpec(providers.Chunk{Bounds: plan.Everything}), def, t), side, r.hasher(s.Mapping), show)
	if err == nil {
		out.Diff, out.Compared = diff, !diff.Cut
		out.Text += ". " + Sentence(diff)
	}
	return out
}

// Sentence says what a comparison found, with the first keys.
func Sentence(d verify.Diff) string {
	if !d.Any() {
		return "Row by row against the source nothing differs."
	}
	parts := []string{}
	add := func(n int64, what, kind string) {
		if n == 0 {
			return
		}
		var keys []string
		for _, f := range d.Findings {
			if f.Kind == kind && f.Key != "" && len(keys) < 5 {
				key := f.Key
				if len(f.Columns) > 0 {
					key += " (" + strings.Join(f.Columns, ", ") + ")"
				}
				keys = append(keys, key)
			}
		}
		text := fmt.Sprintf("%d %s", n, what)
		if len(keys) > 0 {
			text += ": " + strings.Join(keys, ", ")
		}
		parts = append(parts, text)
	}
	add(d.Missing, "missing", "missing")
	add(d.Extra, "not in the source", "extra")
	add(d.Differs, "differ", "differs")
	text := strings.Join(parts, "; ")
	if d.Cut {
		text += "; more rows differ than could be listed"
	}
	return text + "."
}

func verdict(pass bool) string {
	if pass {
		return "pass"
	}
	return "fail"
}
