package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/state"
)

// sourceDrift looks at what changed behind the last read of one mapping's source.
type sourceDrift struct {
	v       *verifier
	address string
	def     *plan.Definition
	entry   state.Mapping
	prior   measure.Prior
	out     *DriftMapping
}

func (v *verifier) sourceRows(ctx context.Context, address string, def *plan.Definition, out *DriftMapping) error {
	entry := v.snap.Mappings[address]
	if entry.Cursor != nil && entry.Cursor.Position == "" && entry.Cursor.Seen == "" {
		return nil // nothing was there to be read
	}
	if _, err := v.end(ctx, def.Source); err != nil {
		return err
	}
	prior, err := v.prior(ctx, entry, def)
	if err != nil {
		return err
	}
	d := &sourceDrift{v, address, def, entry, prior, out}
	if entry.Cursor == nil {
		return d.chunks(ctx)
	}
	t, err := v.table(ctx, end{system: def.Source, table: def.SourceTable, def: def})
	switch {
	case err != nil:
		return err
	case entry.Cursor.Seen != "" && t != nil && t.Tracks:
		return d.tracked(ctx)
	case entry.Cursor.Position == "":
		return nil
	}
	return d.behind(ctx)
}

func (d *sourceDrift) add(note bool, text string, args ...any) {
	d.out.Changes = append(d.out.Changes, DriftChange{System: d.def.Source, Object: d.def.SourceTable.String(), What: "rows", Note: note, Text: fmt.Sprintf(text, args...)})
}

func (d *sourceDrift) ask(ctx context.Context, kind planner.Ask, bounds plan.Cursor) (planner.Answer, error) {
	env := measure.Env{Ends: d.v.ends, Lineage: d.v.snap.Lineage, Prior: map[string]measure.Prior{d.address: d.prior}, Workers: d.v.e.workers(), Tell: d.v.e.Tell}
	return measure.Answer(ctx, env, planner.Question{Kind: kind, Mapping: d.address, System: d.def.Source, Def: d.def, Bounds: bounds})
}

// chunks reads a source without a cursor in the chunks of the ledger.
func (d *sourceDrift) chunks(ctx context.Context) error {
	a, err := d.ask(ctx, planner.Digests, plan.Cursor{})
	if err != nil || len(a.Differs) == 0 && !a.All {
		return err
	}
	if d.def.Mode == "append" {
		d.add(false, "It reads differently than it did. Mode append without a cursor loads once and takes no change.")
	} else {
		d.add(true, "It reads differently than it did, in parts with %s. The next apply takes that.", plan.Rows(a.Rows))
	}
	diff, err := d.keys(ctx, "")
	if err == nil && diff.Missing+diff.Differs+diff.Extra > 0 {
		d.add(true, "%s new or changed, %d not made any more.", rowsAre(diff.Missing+diff.Differs), diff.Extra)
		d.find(diff, true)
	}
	return err
}

// tracked asks a source that knows which rows it gave; no row is read unless some have changed.
func (d *sourceDrift) tracked(ctx context.Context) error {
	c := d.entry.Cursor
	late, err := d.ask(ctx, planner.SourceRows, plan.Cursor{Column: c.Column, UpTo: c.Position, Seen: c.Seen})
	if err != nil {
		return err
	}
	same, err := d.ask(ctx, planner.SeenRows, plan.Cursor{Column: c.Column, After: c.Position, Seen: c.Seen})
	if err != nil {
		return err
	}
	lost := max(0, d.entry.SourceCount-same.Count)
	where := "at or below the last position of cursor " + c.Column
	if c.Column == "" {
		where = "of those that it holds"
	}
	if late.Count > 0 {
		takes, note := "The next apply takes them.", true
		if d.def.Mode == "append" && lost > 0 {
			takes, note = fmt.Sprintf("Of those that were read %s changed or gone, and mode append takes no change.", rowsAre(lost)), false
		}
		d.add(note, "%s %s came or changed since it was read. %s", plan.Rows(late.Count), where, takes)
		diff, err := d.keys(ctx, c.Position)
		if err != nil {
			return err
		}
		d.find(diff, false)
	}
	if gone := lost - late.Count; gone > 0 {
		d.gone(gone, where, late.Count > 0)
	}
	return nil
}

func (d *sourceDrift) gone(n int64, where string, least bool) {
	text := rowsAre(n)
	if least {
		text = "at least " + text
	}
	switch d.def.Mode {
	case "append":
		d.add(false, "%s gone of those that were read %s. They stay in the target.", capitalised(text), where)
	case "mirror":
		d.add(true, "%s gone of those that were read %s. The next apply removes them.", capitalised(text), where)
	default:
		d.add(true, "%s gone of those that were read %s. They stay in the target.", capitalised(text), where)
	}
}

// behind looks at what lies at and below the position of a cursor whose source does not know what it gave. Rows of the
// overlap are read again by the next run, where one of them is another; those below it by none.
func (d *sourceDrift) behind(ctx context.Context) error {
	c := d.entry.Cursor
	a, err := d.ask(ctx, planner.SourceRows, plan.Cursor{Column: c.Column, UpTo: c.Position})
	if err != nil {
		return err
	}
	below, again := c.Position, false
	if d.def.Cursor != nil && d.def.Cursor.Overlap != "" {
		tail, err := d.ask(ctx, planner.Tail, plan.Cursor{Column: c.Column, UpTo: c.Position})
		if err != nil {
			return err
		}
		below = tail.From
		if again = tail.Text != c.Tail; again {
			d.add(true, "Rows in the overlap of cursor %s read differently than they did. The next apply takes that.", c.Column)
		}
	}
	where := "at or below the last position of cursor " + c.Column
	switch n := a.Count - d.entry.SourceCount; {
	case n > 0 && !again:
		d.add(false, "%s came %s since it was read. No run takes them.", plan.Rows(n), where)
	case n < 0 && !again:
		d.gone(-n, where, false)
	}
	if below == "" {
		return nil
	}
	came := max(0, a.Count-d.entry.SourceCount)
	return d.changedBelow(ctx, below, came)
}

// changedBelow compares the rows up to a position with the target. Came are the rows that were told of as new.
func (d *sourceDrift) changedBelow(ctx context.Context, position string, came int64) error {
	diff, err := d.keys(ctx, position)
	if err != nil {
		return err
	}
	if n := diff.Differs + max(0, diff.Missing-came); n > 0 {
		d.add(false, "%s at or below position %s of cursor %s changed since it was read. No run takes them.", plan.Rows(n), position, d.entry.Cursor.Column)
	}
	d.find(diff, false)
	return nil
}

// keys compares what the source's rows up to a position make with what the target holds. Where the target is not as the
// runs left it, its own changes would be found as the source's, and nothing is compared.
func (d *sourceDrift) keys(ctx context.Context, position string) (verify.Diff, error) {
	if slices.ContainsFunc(d.out.Changes, func(c DriftChange) bool { return c.System == d.def.Target }) {
		return verify.Diff{}, nil
	}
	c, err := d.v.compared(ctx, d.address)
	if err != nil {
		return verify.Diff{}, err
	}
	if c.def.Cursor != nil {
		at := *c.def.Cursor
		at.UpTo, at.After, at.From, at.Seen, at.Below = position, "", "", "", 0
		c.def.Cursor = &at
	}
	want, _, err := d.v.made(ctx, c)
	if err != nil {
		return verify.Diff{}, err
	}
	have, err := d.v.holding(ctx, c)
	if err != nil {
		return verify.Diff{}, err
	}
	return verify.Compare(ctx, want, have, verify.Hasher(d.v.snap.Lineage, d.entry.UID), c.show)
}

// find takes over keys whose rows changed at the source; those of rows that the source does not make any more only
// where all of it was compared.
func (d *sourceDrift) find(diff verify.Diff, all bool) {
	for _, f := range diff.Findings {
		if f.Kind == "extra" && !all {
			continue
		}
		f.Kind = map[string]string{"missing": "changed_since", "differs": "changed_since", "extra": "gone"}[f.Kind]
		d.out.Findings = append(d.out.Findings, f)
	}
}

func rowsAre(n int64) string {
	if n == 1 {
		return plan.Rows(n) + " is"
	}
	return plan.Rows(n) + " are"
}
