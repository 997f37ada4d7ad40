package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// decision is what is to be done for one mapping, before it becomes steps.
type decision struct {
	m      *resolve.Mapping
	prior  *state.Mapping
	from   string // the address it had in the state, where a moved block renames it
	hashes plan.Fingerprints
	out    plan.Mapping
	create bool           // the table has to be made
	fresh  bool           // the table is ours, found empty
	beside bool           // built beside and swapped in
	load   providers.Mode // "" where no rows move
	chunks []string

	delta          *plan.Delta     // rows are compared with what stands
	alters, behind []schema.Change // of the table's columns, before and behind the rows
	prove          bool            // nobody else may have changed the table
	again          bool            // versions are held against a definition that changed
	baseline       bool            // its rows are digested anew before they are compared
	sweep          string          // which keys are removed behind the copy
	fill           bool            // the key map of the rows that stand is to be filled

	named   bool              // foreign keys of the target stay with the names of tables
	follow  []schema.Follower // of the old table
	kept    *schema.Table     // that an earlier swap has kept
	discard bool              // the kept table's time is over
	back    *back             // the kept table is brought back
}

// decide settles one mapping, asking what it needs. It is called again until nothing is missing.
func (w *worker) decide(m *resolve.Mapping) *decision {
	src, dst := w.f.Systems[m.Definition.Source], w.f.Systems[m.Definition.Target]
	d := &decision{m: m, hashes: Fingerprints(m, src.Identity, dst.Identity)}
	d.prior, d.from = w.priorOf(m.Address)
	d.out = plan.Mapping{Address: m.Address, Tags: slices.Clone(m.Config.Tags), At: plan.Place{File: m.Config.Range.File, Line: m.Config.Range.Start.Line}, MovedFrom: d.from,
		Definition: m.Definition, Hashes: d.hashes, NotMapped: m.NotMapped, Unsupported: m.Unsupported,
		Notes: append([]string{}, m.Notes...), Actions: []plan.Action{}}
	d.out.UID = w.uid(m.Address, d.prior)
	if src.Moving {
		d.out.Notes = append(d.out.Notes, "The source has no shared moment: its rows may change while they are read.")
	}
	if d.from != "" {
		d.act(plan.Action{Kind: plan.Move, Category: "metadata", Reasons: reason("M001", "moved from %s", d.from)})
	}
	asked := w.replacing(m.Address)
	rolling, this := w.rollingBack(m.Address)
	switch {
	case rolling && this:
		w.rollback(d)
		return d
	case rolling:
		d.act(plan.Action{Kind: plan.Keep, Category: "metadata"})
		return d
	case d.prior != nil && w.elsewhere(d):
	case asked && m.Standing != nil && (d.prior == nil || w.strange(d)):
		w.fail(d, "replace-of-others", "The table is not one of ours", "--replace names %s, and no run of this state has written table %s of %s. Only a table that was applied before is built anew: drop it yourself, or write to another one.",
			m.Address, m.Definition.TargetTable, m.Definition.Target)
	case asked && m.Standing != nil:
		w.reload(d, reason("R001", "asked for with --replace"))
	case d.prior == nil || m.Standing == nil:
		w.create(d)
	case w.disagree(d), w.older(d):
	case d.prior.Partial != "":
		w.halfLoaded(d)
	default:
		w.change(d)
	}
	d.first()
	w.keeping(d)
	w.generation(d)
	w.wholeSource(d)
	w.mapKeys(d)
	return d
}

// elsewhere refuses a mapping whose rows stand in another table than the one it names now: the old rows would belong to
// nobody, and the table of that name may be somebody else's.
func (w *worker) elsewhere(d *decision) bool {
	was, now, def := d.prior.Target, d.m.Definition.TargetTable, d.m.Definition
	identity := w.f.Systems[def.Target].Identity
	if (was.Endpoint == def.Target || was.Identity != "" && was.Identity == identity) && w.sameTable(def.Target, was.Table, now) {
		return false
	}
	block, _ := resolve.Block(d.prior.Address)
	w.fail(d, "other-table", "Another target table",
		"%s was applied to table %s of %s (%s), and names table %s of %s now. No rows are carried from one table to another, and none are lost sight of: put the old table back. Or, to load all rows into the new table while those of the old one stay and are not kept up any more, give the mapping block another name and add\n\n  removed {\n    mapping = %s\n  }\n\nWith purge = true in it the rows of the old table are deleted, once it is proved to hold what the runs left.",
		d.m.Address, was.Table, was.Endpoint, plan.Rows(d.prior.Rows), now, def.Target, block)
	return true
}

// sameTable allows for the schema that a target gives to a table without one.
func (w *worker) sameTable(target, was string, now schema.Ref) bool {
	if was == now.String() {
		return true
	}
	if now.Schema == "" {
		return strings.HasSuffix(was, "."+now.Name) // it is not there any more
	}
	c := w.f.Systems[target].Catalog
	if was != now.Name || c == nil {
		return false
	}
	t, ok := c.Table(schema.Ref{Name: was})
	return ok && t.Ref == now
}

func reason(code, text string, args ...any) []plan.Reason {
	return []plan.Reason{{Code: code, Text: fmt.Sprintf(text, args...)}}
}

func (d *decision) act(a plan.Action) {
	if a.Reasons == nil {
		a.Reasons = []plan.Reason{}
	}
	if a.Changed == nil {
		a.Changed = []plan.Change{}
	}
	d.out.Actions = append(d.out.Actions, a)
}

// vanishedOwner reports whether a mapping that is gone from the configuration wrote the table.
func (w *worker) vanishedOwner(d *plan.Definition) bool {
	for address, old := range w.f.State.Mappings {
		if old.Target.Endpoint == d.Target && old.Target.Table == d.TargetTable.String() && !w.stays(address) && !w.forgotten(address) {
			return true
		}
	}
	return false
}

// create loads all rows into a table that is made, or that is there and empty.
func (w *worker) create(d *decision) {
	m := d.m
	why := reason("C001", "new mapping")
	if d.prior != nil {
		why = reason("C002", "table %s is gone from %s", m.Definition.TargetTable, m.Definition.Target)
	}
	if m.Standing == nil {
		d.create = true
	} else {
		held, known := w.count(TargetRows, d, plan.Cursor{})
		if known && held > 0 && w.vanishedOwner(m.Definition) {
			return // what happened to the mapping that wrote them is told there
		}
		if known && held > 0 && d.prior == nil && w.adopt(d, held) {
			return
		}
		if known && held > 0 {
			w.fail(d, "target-holds-rows", "The target table holds rows already",
				"Table %s of %s holds %s that no run of this state wrote, and they could be mixed up with the new ones. Empty the table, write to another one, or take the rows over with\n\n  import {\n    mapping = %s\n  }",
				m.Definition.TargetTable, m.Definition.Target, plan.Rows(held), d.m.Address)
			return
		}
		if !w.unique(d) {
			return
		}
		d.fresh = true
	}
	w.noteTwin(d)
	d.load = providers.Insert
	rows, exact := w.sourceRows(d)
	w.bound(d)
	d.act(plan.Action{Kind: plan.Create, Category: "additive", Reasons: why, Rows: rows, Exact: exact, Bytes: bytesOf(m, rows), Lane: "typed"})
}

// reload builds the table beside the old one and swaps it in.
func (w *worker) reload(d *decision, why []plan.Reason) {
	if !w.renew(d) {
		return
	}
	m := d.m
	d.beside, d.load = true, providers.Insert
	rows, exact := w.sourceRows(d)
	w.bound(d)
	d.act(plan.Action{Kind: plan.Reload, Category: "breaking", Reasons: why, Rows: rows, Exact: exact, Bytes: bytesOf(m, rows), Removes: d.prior.Rows, Lane: "typed",
		Changed: w.parts(d)})
	m.Definition.Former = nil // the new table has no column of a field that is gone
}

// halfLoaded goes on from a run that was abandoned: a table of its own is built anew, any other is loaded by key.
func (w *worker) halfLoaded(d *decision) {
	why := reason("R002", "the abandoned run %s left %s", d.prior.Run, plan.Rows(d.prior.Rows))
	switch {
	case d.prior.Partial == state.PartialOwn:
		w.reload(d, why)
	case len(d.m.Definition.Key) == 0:
		w.fail(d, "half-loaded", "An abandoned run left rows", "Table %s holds %s of the abandoned run %s, and without a key they cannot be told from those to come. Build the table anew with --replace=%s.",
			d.m.Definition.TargetTable, plan.Rows(d.prior.Rows), d.prior.Run, quoteAddress(d.m.Address))
	case d.m.Definition.History != nil:
		d.out.Before, d.again = w.past(d), true // it may have been at a definition that changed
		w.bound(d)
		w.reads(d, why, nil)
		w.ended(d)
	default:
		d.load = providers.Upsert
		rows, exact := w.sourceRows(d)
		w.bound(d)
		refused := int64(0)
		if w.f.Refresh && d.m.Definition.Cursor == nil && comparable(d.m.Definition) {
			var ok bool
			if rows, refused, exact, ok = w.byComparison(d); !ok {
				return
			}
		}
		d.act(plan.Action{Kind: plan.Upsert, Category: "corrective", Reasons: why, Rows: rows, Exact: exact, Bytes: bytesOf(d.m, rows), Lane: "typed"})
		w.refuses(d, refused, exact)
	}
}

// settle notes what changes in the state alone, or that nothing does.
func (w *worker) settle(d *decision) {
	old := plan.Fingerprints(d.prior.Hashes)
	if old.Govern != d.hashes.Govern && governs(d) {
		d.act(plan.Action{Kind: plan.Govern, Category: "metadata", Reasons: reason("G001", "classes or purposes changed")})
	}
	if old.Mode != d.hashes.Mode {
		d.act(plan.Action{Kind: plan.Govern, Category: "metadata", Reasons: reason("G002", "the mode is %s from here on", d.m.Definition.Mode)})
	}
	if len(d.out.Actions) == 0 {
		d.act(plan.Action{Kind: plan.Keep, Category: "metadata"})
	}
}

// held warns where the target does not hold as many rows as the runs left there.
func (w *worker) held(d *decision) {
	n, known := w.count(TargetRows, d, plan.Cursor{})
	if known && n != d.prior.Rows && d.m.Definition.OnDrift != "ignore" {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("Table %s holds %s where the runs left %d: somebody else wrote to it. `migrateiq verify` says which.",
			d.m.Definition.TargetTable, plan.Rows(n), d.prior.Rows))
	}
}

// digests compares what the source gives now with what was read, chunk by chunk.
func (w *worker) digests(d *decision) {
	def := d.m.Definition
	a, known := w.ask(Question{Kind: Digests, Mapping: d.m.Address, System: def.Source, Def: def})
	why := reason("D002", "the source reads differently in %d of %s", max(len(a.Differs), 1), plan.Count(int64(max(w.f.Ledger[d.m.Address].Chunks, 1)), "chunk"))
	if untaken := w.untaken(d); untaken != "" && known {
		a.All, why = true, reason("D004", "%s", untaken)
		a.Rows, known = w.count(SourceRows, d, plan.Cursor{})
	}
	if !known || len(a.Differs) == 0 && !a.All {
		return
	}
	if def.Mode == "append" {
		d.out.Notes = append(d.out.Notes, "The source has changed since it was read. Mode append without a cursor loads once and takes no change.")
		return
	}
	if def.History != nil {
		if !a.All && def.KeyIsSource {
			d.chunks = a.Differs
		}
		w.reads(d, why, nil)
		return
	}
	w.differing(d, a, why)
}

// replaced builds anew where the source reads differently.
func (w *worker) replaced(d *decision) {
	def := d.m.Definition
	a, known := w.ask(Question{Kind: Digests, Mapping: d.m.Address, System: def.Source, Def: def})
	if known && (len(a.Differs) > 0 || a.All) {
		w.reload(d, reason("D003", "the source has changed and the mode is replace"))
	}
}

// sourceRows counts what a full load would read.
func (w *worker) sourceRows(d *decision) (int64, bool) {
	if !w.f.Refresh {
		return max(d.m.Source.Rows, 0), false
	}
	n, _ := w.count(SourceRows, d, plan.Cursor{})
	return n, !d.m.Definition.Narrowed()
}

func (w *worker) count(kind Ask, d *decision, bounds plan.Cursor) (int64, bool) {
	system := d.m.Definition.Source
	if kind == TargetRows {
		system = d.m.Definition.Target
	}
	q := Question{Kind: kind, Mapping: d.m.Address, System: system, Def: d.m.Definition, Bounds: bounds}
	if q.Def.History != nil && d.m.Standing != nil {
		q.Standing = d.columns()
	}
	a, known := w.ask(q)
	return a.Count, known
}

// bytesOf is a rough size of so many rows, from the source's own estimate.
func bytesOf(m *resolve.Mapping, rows int64) int64 {
	if m.Source.Rows <= 0 || m.Source.Bytes <= 0 {
		return 0
	}
	return m.Source.Bytes / m.Source.Rows * rows
}

func (w *worker) fail(d *decision, code, summary, detail string, args ...any) {
	at := d.m.Config.To.TableRange
	if at.File == "" {
		at = d.m.Config.Range
	}
	w.diags.Add(diag.Diagnostic{Code: code, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at, Object: fmt.Sprintf("mapping %q", d.m.Config.Name)})
}

func quoteAddress(a string) string {
	if strings.ContainsAny(a, `"[ `) {
		return "'" + a + "'"
	}
	return a
}

// tableAs gives the table under another name.
func tableAs(t schema.Table, r schema.Ref) schema.Table { t.Ref = r; return t }
