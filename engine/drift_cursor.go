package engine

import (
	"context"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/state"
)

// behind says what came, changed or went at or below the last position of a cursor. Rows above it are the next plan's.
func (v *verifier) behind(ctx context.Context, entry state.Mapping, def *plan.Definition,
	ask func(planner.Ask, plan.Cursor) (planner.Answer, error), add func(note bool, text string, args ...any)) error {
	c := entry.Cursor
	if c.Seen != "" {
		t, err := v.table(ctx, end{system: def.Source, table: def.SourceTable, def: def})
		if err != nil {
			return err
		}
		if t != nil && t.Tracks {
			return unread(entry, def, ask, add)
		}
	}
	if c.Position == "" {
		return nil // nothing was there to be read
	}
	if def.Cursor != nil && def.Cursor.Overlap != "" {
		a, err := ask(planner.Tail, plan.Cursor{Column: c.Column, UpTo: c.Position})
		if err != nil {
			return err
		}
		if a.Text != c.Tail {
			add(true, "Rows within the overlap of %s below the last position of cursor %s came, changed or went since it was read. The next apply reads them again.", def.Cursor.Overlap, c.Column)
			return nil // those further below are not told from these
		}
	}
	a, err := ask(planner.SourceRows, plan.Cursor{Column: c.Column, UpTo: c.Position})
	switch {
	case err != nil:
		return err
	case a.Count > entry.SourceCount:
		add(false, "%s came at or below the last position of cursor %s since it was read. No run takes them.", plan.Rows(a.Count-entry.SourceCount), c.Column)
	case a.Count < entry.SourceCount && def.Mode == "append":
		add(false, "%s at or below the last position of cursor %s are gone. They stay in the target.", plan.Rows(entry.SourceCount-a.Count), c.Column)
	}
	return nil
}

// unread is the same of a source that knows which rows it gave: the next plan finds what came or changed, wherever it is.
func unread(entry state.Mapping, def *plan.Definition, ask func(planner.Ask, plan.Cursor) (planner.Answer, error), add func(note bool, text string, args ...any)) error {
	c := entry.Cursor
	fresh, err := ask(planner.SourceRows, plan.Cursor{Column: c.Column, UpTo: c.Position, Seen: c.Seen})
	if err != nil {
		return err
	}
	same, err := ask(planner.SeenRows, plan.Cursor{Column: c.Column, After: c.Position, UpTo: c.Position, Seen: c.Seen})
	if err != nil {
		return err
	}
	if fresh.Count > 0 {
		add(true, "%s came or changed since it was read. The next plan looks at them.", plan.Rows(fresh.Count))
	}
	if lost := entry.SourceCount - same.Count; lost > 0 && def.Mode == "append" {
		add(false, "Of the rows that were read, %d changed or went since. Mode append leaves them in the target as they were.", lost)
	}
	return nil
}
