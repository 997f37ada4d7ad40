package planner

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// VersionsFound is what a reading does to the versions of rows.
type VersionsFound struct {
	Opened, Closed int64
	Refused        int64 // rows whose moment leaves no place for a version
}

// past is how the table's versions were kept when the mapping was last applied, nil where they were not.
func (w *worker) past(d *decision) *plan.Definition {
	var before plan.Definition
	if json.Unmarshal(d.prior.Definition, &before) != nil || before.History == nil {
		return nil
	}
	return &before
}

// history settles a mapping that is, or was, in mode history. It reports whether it is one.
func (w *worker) history(d *decision) bool {
	was, is := w.past(d) != nil, d.m.Definition.History != nil
	switch {
	case !was && !is:
		return false
	case !was:
		w.reload(d, reason("B117", "the mode changed to history: the table is built anew, and the rows that the source holds are the first versions"))
	case !is:
		w.reload(d, reason("B118", "the mode changed from history: the table is built anew, and every closed version is gone"))
	default:
		w.versioned(d)
	}
	return true
}

// versioned compares definitions, then data, of a mapping that keeps versions.
func (w *worker) versioned(d *decision) {
	c := w.compare(d)
	if why := w.anew(d, c); why != "" {
		w.fail(d, "history-needs-replace", "The versions would be lost",
			"%s keeps every version of its rows, and %s: only a table that is built anew could have that, and no closed version would be in it. Put it back, write to another table, or give the versions up with --replace=%s.",
			d.m.Address, why, quoteAddress(d.m.Address))
		return
	}
	row, time := timing(d.m.Definition, c)
	if len(c.parts) == 0 || len(row) == 0 && !c.columns && len(c.alters) == 0 {
		if len(time) > 0 {
			d.act(plan.Action{Kind: plan.Govern, Category: "metadata", Reasons: reason("H103", "the moments of versions are told in another way from here on; no version changes for that"), Changed: time})
		}
		w.data(d)
		return
	}
	w.redefined(d, c)
}

// timing parts what differs in the rows from what differs in the moments of their versions.
func timing(def *plan.Definition, c *difference) (row, time []plan.Change) {
	for _, p := range c.parts {
		if p.What == "field "+def.History.From || p.What == "field "+def.History.To {
			time = append(time, p)
		} else {
			row = append(row, p)
		}
	}
	return row, time
}

// anew says why a change cannot be carried out in a table whose versions stay, "" where it can.
func (w *worker) anew(d *decision, c *difference) string {
	old, def := plan.Fingerprints(d.prior.Hashes), d.m.Definition
	switch {
	case len(c.before.Fields) == 0:
		return "the state does not hold the definition that was applied"
	case old.Key != d.hashes.Key && !slices.Equal(c.before.History.Key, def.History.Key):
		return "its key changed"
	case c.before.History.From != def.History.From:
		return "its column valid_from has another name"
	case c.before.History.To != def.History.To && c.renamed[def.History.To] != c.before.History.To:
		return fmt.Sprintf("its column valid_to would be another one, since the table has a column %s already", def.History.To)
	case keysDiffer(c.before, def):
		return "its key is made in another way"
	case w.rekeyed(d) != "":
		return fmt.Sprintf("the keys of %s, which it refers to, changed", w.rekeyed(d))
	case c.rebuild != "":
		return c.rebuild
	case len(c.behind) > 0:
		return fmt.Sprintf("column %s would take no null, which closed versions may hold", c.behind[0].AlterColumn.After.Name)
	}
	for _, a := range c.alters {
		if x := a.AlterColumn; x != nil && !x.Before.Type.Equal(x.After.Type) && !longer(x.Before.Type, x.After.Type) {
			return fmt.Sprintf("column %s would change from %s to %s in closed versions", x.After.Name, x.Before.Type, x.After.Type)
		}
	}
	return ""
}

// keysDiffer reports whether the key of a row is made in another way.
func keysDiffer(before, now *plan.Definition) bool {
	return slices.ContainsFunc(now.History.Key, func(name string) bool {
		a, b := fieldOf(before, name), fieldOf(now, name)
		return a == nil || b == nil || a.Canonical != b.Canonical || !a.Column.Type.Equal(b.Column.Type)
	})
}

// longer reports whether texts of the one type are the same in the other.
func longer(a, b schema.Type) bool {
	return a.Kind == schema.String && b.Kind == schema.String && a.Native == b.Native && a.Base == b.Base && holds(b, a)
}

// redefined takes all rows through a definition that changed. What a version said stays said: where the values differ the
// version is closed, and a new one holds from the run on.
func (w *worker) redefined(d *decision, c *difference) {
	d.alters = c.alters
	d.out.Before = c.before
	d.prove, d.baseline = c.columns, c.columns
	d.again = true
	if len(c.alters) > 0 {
		d.act(plan.Action{Kind: plan.Alter, Category: "additive", Reasons: reason("A001", "the columns follow the fields")})
	}
	if !w.f.Refresh {
		d.out.Notes = append(d.out.Notes, "Rows were not looked at.")
	} else {
		w.held(d)
	}
	w.bound(d)
	w.reads(d, reason("H101", "the definition changed: where values differ the open version is closed and a new one opened; closed versions keep what was made before"), c.parts)
	w.ended(d)
	w.settle(d)
}

// reads lays the reading of rows, and counts the versions that it opens and closes.
func (w *worker) reads(d *decision, why []plan.Reason, changed []plan.Change) {
	def := d.m.Definition
	d.load = providers.Upsert
	a := plan.Action{Kind: plan.Upsert, Category: "corrective", Reasons: why, Changed: changed, Lane: "typed"}
	if w.f.Refresh {
		got, known := w.ask(Question{Kind: Versions, Mapping: d.m.Address, System: def.Source, Def: def, Standing: d.columns(), Chunks: d.chunks, Redefined: d.again})
		if !known || got.Versions == nil {
			return
		}
		a.Opened, a.Closed, a.Exact = got.Versions.Opened, got.Versions.Closed, true
		if n := got.Versions.Refused; n > 0 {
			d.out.Notes = append(d.out.Notes, fmt.Sprintf("%s whose moment is not behind what their versions say already: no version can be opened for them. They stop the run, or are quarantined where the block history says so.", plan.Rows(n)))
		}
	}
	a.Rows = a.Opened + a.Closed
	a.Bytes = bytesOf(d.m, a.Rows)
	d.act(a)
}

// ended closes the versions whose key no row of the source makes any more.
func (w *worker) ended(d *decision) {
	def := d.m.Definition
	if w.diags.HasErrors() {
		return
	}
	what := plan.SweepGone
	if def.History.Keep {
		what = plan.SweepRefused
	}
	if !w.f.Refresh {
		d.sweep = what
		return
	}
	n, known := w.count(UnmadeKeys, d, plan.Cursor{})
	if !known || n == 0 {
		return
	}
	if def.History.Keep {
		gone, known := w.count(GoneKeys, d, plan.Cursor{})
		if !known {
			return
		}
		if gone > 0 {
			d.out.Notes = append(d.out.Notes, fmt.Sprintf("The rows of %s are gone at the source; their versions stay open.", plan.Count(gone, "key")))
		}
		if n -= gone; n <= 0 {
			return
		}
	}
	d.sweep = what
	why := reason("H102", "the versions of %s that the source does not make any more are closed", plan.Count(n, "key"))
	i := slices.IndexFunc(d.out.Actions, func(a plan.Action) bool { return a.Kind == plan.Upsert })
	if i < 0 {
		d.act(plan.Action{Kind: plan.Upsert, Category: "corrective", Reasons: why, Rows: n, Closed: n, Exact: true, Bytes: bytesOf(d.m, n), Lane: "typed"})
		return
	}
	a := &d.out.Actions[i]
	a.Reasons = append(slices.Clone(a.Reasons), why...)
	a.Rows, a.Closed, a.Bytes = a.Rows+n, a.Closed+n, bytesOf(d.m, a.Rows+n)
}

// first counts the first versions of rows that are loaded into a table of their own.
func (d *decision) first() {
	for i := range d.out.Actions {
		if a := &d.out.Actions[i]; d.m.Definition.History != nil && (a.Kind == plan.Create || a.Kind == plan.Reload) {
			a.Opened = a.Rows
		}
	}
}

// guards reports whether the table is made with an index that keeps two versions of a row from being open at once, over
// these columns.
func guards(t *schema.Table, reads []string) bool {
	return slices.ContainsFunc(t.Keys, func(k schema.Key) bool {
		own, other := append(slices.Clone(k.Columns), k.While), slices.Clone(reads)
		slices.Sort(own)
		slices.Sort(other)
		return k.While != "" && slices.Equal(own, other)
	})
}
