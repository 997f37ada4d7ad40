package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// Ours reports whether runs of a state fill the table of a mapping, so that its columns may follow the fields.
func Ours(s state.Snapshot, moved []lang.Moved, address string) bool {
	m, _ := Prior(s, moved, address)
	return m != nil && m.Partial == ""
}

// Half reports whether the table of a mapping is that of a run which was given up in the middle of its first load, and will
// be built anew.
func Half(s state.Snapshot, moved []lang.Moved, address string) bool {
	m, _ := Prior(s, moved, address)
	return m != nil && m.Partial == state.PartialOwn
}

// difference is what differs between a mapping as it was applied and as it is now.
type difference struct {
	before  *plan.Definition
	parts   []plan.Change
	set     []string          // fields whose values are made in another way, or are new
	renamed map[string]string // fields of equal values under a new name, and the old one
	rows    bool              // other rows are kept: `where`, a filter, or what they read
	source  bool              // the rows come from elsewhere: another table, query, join or system
	columns bool              // the digest of a row goes over other columns
	alters  []schema.Change   // of the table's columns, before rows are written
	behind  []schema.Change   // and behind them
	rebuild string            // why the columns cannot be altered in place, "" where they can
}

// compare finds what differs in the definition of a mapping that was applied.
func (w *worker) compare(d *decision) *difference {
	old, now, def := plan.Fingerprints(d.prior.Hashes), d.hashes, d.m.Definition
	c := &difference{before: &plan.Definition{}, renamed: map[string]string{}}
	if err := json.Unmarshal(d.prior.Definition, c.before); err != nil {
		c.before = &plan.Definition{}
	}
	if old.Rows != now.Rows {
		c.rows = true
		c.source = w.elsewhereFrom(d, c.before)
		c.parts = append(c.parts, plan.Change{What: "the rows it reads", Before: rowsText(c.before), After: rowsText(def), At: d.out.At})
	}
	for _, f := range def.Fields {
		h, was := old.Fields[f.Name]
		from := ""
		if !was {
			from = w.renamedFrom(d, old, f.Name)
		}
		switch {
		case from != "":
			c.renamed[f.Name] = from
			c.parts = append(c.parts, plan.Change{What: "field " + f.Name, Before: from, After: f.Name, At: f.At})
		case !was:
			c.set = append(c.set, f.Name)
			c.parts = append(c.parts, plan.Change{What: "field " + f.Name, After: f.CEL, At: f.At})
		case h != now.Fields[f.Name]:
			c.set = append(c.set, f.Name)
			c.parts = append(c.parts, c.changed(f))
		}
	}
	for _, f := range c.before.Fields {
		if _, ok := now.Fields[f.Name]; !ok && !c.isRenamed(f.Name) {
			c.parts = append(c.parts, plan.Change{What: "field " + f.Name, Before: f.CEL, At: d.out.At})
		}
	}
	w.columns(d, c)
	w.former(d, c)
	if len(c.parts) == 0 && (len(c.alters)+len(c.behind) > 0 || c.rebuild != "") {
		c.parts = append(c.parts, plan.Change{What: "the target's table", Before: c.before.TargetTable.String(), After: def.TargetTable.String(), At: d.out.At})
	}
	return c
}

// parts are what differs in the definition of a mapping whose table is built anew.
func (w *worker) parts(d *decision) []plan.Change {
	if parts := w.compare(d).parts; parts != nil {
		return parts
	}
	return []plan.Change{}
}

// elsewhereFrom reports whether the rows come from somewhere else, and not only others of them are kept.
func (w *worker) elsewhereFrom(d *decision, before *plan.Definition) bool {
	def := d.m.Definition
	return before.SourceTable != def.SourceTable || before.Query != def.Query || hash(before.Joins) != hash(def.Joins) ||
		!slices.Equal(before.SourceKey, def.SourceKey) || d.prior.Source.Identity != w.f.Systems[def.Source].Identity
}

func (c *difference) isRenamed(name string) bool {
	for _, from := range c.renamed {
		if from == name {
			return true
		}
	}
	return false
}

// columns finds what has to change in the columns of the table that stands.
func (w *worker) columns(d *decision, c *difference) {
	def, t := d.m.Definition, d.m.Standing
	order := w.f.Systems[def.Target].Order
	alter := func(list *[]schema.Change, before, after schema.Column) {
		if !order.Alters {
			c.rebuild = fmt.Sprintf("column %s cannot be altered in place there", after.Name)
			return
		}
		*list = append(*list, schema.Change{AlterColumn: &schema.ColumnAlter{Table: t.Ref, Before: before, After: after}})
	}
	for _, f := range def.Fields {
		stands, there := t.Column(f.Name)
		from := c.renamed[f.Name]
		if renamed, ok := t.Column(from); !there && from != "" && ok {
			c.alters = append(c.alters, schema.Change{RenameColumn: &schema.ColumnRename{Table: t.Ref, From: from, To: f.Name}})
			stands, there = renamed, true
			stands.Name = f.Name
		}
		if !there {
			added := f.Column
			added.Null = true
			c.alters = append(c.alters, schema.Change{AddColumn: &schema.ColumnAdd{Table: t.Ref, Column: added}})
			stands = added
		}
		typed := stands
		typed.Type, typed.Declared = f.Column.Type, f.Column.Declared
		if !stands.Type.Equal(f.Column.Type) {
			alter(&c.alters, stands, typed)
		}
		if stands.Null != f.Column.Null && !slices.Contains(def.Key, f.Name) {
			free := typed
			free.Null = f.Column.Null
			if f.Column.Null {
				alter(&c.alters, typed, free)
			} else {
				alter(&c.behind, typed, free)
			}
		}
	}
	for _, f := range c.before.Fields {
		stands, there := t.Column(f.Name)
		if _, stays := d.hashes.Fields[f.Name]; stays || !there || c.isRenamed(f.Name) || stands.Null || stands.Default != "" || stands.Identity {
			continue
		}
		free := stands
		free.Null = true
		alter(&c.alters, stands, free)
	}
	c.order(d)
	c.columns = !slices.EqualFunc(c.before.Fields, def.Fields, func(a, b plan.Field) bool {
		name := b.Name
		if from := c.renamed[name]; from != "" {
			name = from
		}
		return a.Name == name && a.Column.Type.Equal(b.Column.Type)
	})
}

// change compares definitions, then data.
func (w *worker) change(d *decision) {
	old, def := plan.Fingerprints(d.prior.Hashes), d.m.Definition
	wasReplace := strings.Contains(string(d.prior.Definition), `"mode":"replace"`)
	switch {
	case w.history(d):
		return
	case old.Key != d.hashes.Key:
		w.reload(d, reason("B104", "the key changed"))
		return
	case old.Mode != d.hashes.Mode && (def.Mode == "replace") != wasReplace:
		w.reload(d, reason("B110", "the mode changed to or from replace"))
		return
	}
	c := w.compare(d)
	switch {
	case w.rekeyed(d) != "":
		w.reload(d, reason("B115", "the keys of %s, which it refers to, changed", w.rekeyed(d)))
	case bound(d, c):
		w.reload(d, reason("B116", "the definition changed, and rows of it refer to others"))
	case len(c.parts) == 0 && w.rebindsAndReloads(d):
	case len(c.parts) == 0 && w.restate(d, c):
	case len(c.parts) == 0:
		w.data(d)
	case def.Strategy == "shadow_swap":
		w.reload(d, reason("B130", "the definition changed and the strategy is shadow_swap"))
	case def.Mode == "replace":
		w.reload(d, reason("B111", "the definition changed and the mode is replace"))
	case !w.byRow(d, c):
		list := make([]string, len(c.parts))
		for i, p := range c.parts {
			list[i] = p.What
		}
		w.fail(d, "change-needs-replace", "A change that no row can be found for",
			"%s was applied with another definition of %s, and %s. Put it back, or build the table anew with --replace=%s: rows that the source does not hold any more are then gone.",
			d.m.Address, strings.Join(list, ", "), w.whyNot(d, c), quoteAddress(d.m.Address))
	case c.rebuild != "":
		w.reload(d, reason("B112", "%s", c.rebuild))
	default:
		w.delta(d, c)
	}
}

// data compares what both ends hold with what the runs left.
func (w *worker) data(d *decision) {
	def := d.m.Definition
	if !w.f.Refresh {
		d.out.Notes = append(d.out.Notes, "Rows were not looked at.")
		if d.otherCursor() {
			d.out.Notes = append(d.out.Notes, "Another cursor ("+d.reboundWhy()[0].Text+") begins with a plan that looks at rows.")
		}
		w.settle(d)
		return
	}
	w.held(d)
	switch {
	case def.Mode == "replace":
		w.replaced(d)
	case d.otherCursor():
		w.rebind(d)
		w.mirrored(d)
	case w.repair(d):
	case def.Cursor != nil:
		w.advance(d)
		w.mirrored(d)
	default:
		w.digests(d)
		w.mirrored(d)
	}
	w.settle(d)
}

// byRow reports whether a change can be carried out row by row: the rows that stand are found by their key.
func (w *worker) byRow(d *decision, c *difference) bool { return w.whyNot(d, c) == "" }

func (w *worker) whyNot(d *decision, c *difference) string {
	def := d.m.Definition
	switch {
	case len(def.Key) == 0:
		return "without a key its rows cannot be told apart"
	case foldsKey(def):
		return "its key counts values as equal that are written differently"
	case c.source && def.Mode == "append":
		return "in mode append rows of another source cannot be told from those that stand"
	case len(c.before.Fields) == 0:
		return "the state does not hold the definition that was applied"
	}
	return ""
}

// foldsKey reports whether the target counts keys as equal that are written differently.
func foldsKey(d *plan.Definition) bool {
	return slices.ContainsFunc(d.Fields, func(f plan.Field) bool { return slices.Contains(d.Key, f.Name) && f.Column.Folds != "" })
}

// unknown says why what the mapping made before cannot be worked out again, "" where it can.
func (w *worker) unknown(d *decision, c *difference) string {
	def := d.m.Definition
	source := resolve.Widened(d.m.Source, def.Joins, w.f.Systems[def.Source].Catalog)
	if c.source {
		return "its rows come from elsewhere now"
	}
	for _, column := range c.before.Read {
		if now, ok := source.Column(column.Name); !ok || !readsAs(now, column) {
			return fmt.Sprintf("column %s of the source is not what it was", column.Name)
		}
	}
	for _, l := range c.before.Lookups {
		same := slices.ContainsFunc(def.Lookups, func(o plan.Lookup) bool { return o.ID() == l.ID() && o.Digest == l.Digest })
		if (l.File != "" || l.Table != nil) && !same {
			return fmt.Sprintf("the content that lookup %s had is not known any more", l.Name)
		}
	}
	for _, k := range c.before.Keys {
		if !slices.Contains(def.Keys, k) {
			return fmt.Sprintf("key %s is another one now", k.Name)
		}
	}
	return w.olderFunctions(c)
}

// olderFunctions looks for expressions that this version of the library reads in another way than the one that ran them.
func (w *worker) olderFunctions(c *difference) string {
	scope := c.before.Scope()
	for _, f := range c.before.Fields {
		if f.Plain != "" || f.Ref != nil {
			continue
		}
		e, found := expr.Check(f.CEL, f.At.Range(), scope)
		if found.HasErrors() || e.Canonical() != f.Canonical || !slices.Equal(e.Functions(), f.Functions) {
			return fmt.Sprintf("the functions of field %s have another version now", f.Name)
		}
	}
	if c.before.Where != "" {
		if e, found := expr.Condition(c.before.Where, plan.Place{}.Range(), scope); found.HasErrors() || e.Canonical() != c.before.WhereCanon {
			return "the functions of `where` have another version now"
		}
	}
	return ""
}

// delta carries a change out row by row.
func (w *worker) delta(d *decision, c *difference) {
	def := d.m.Definition
	d.alters, d.behind = c.alters, c.behind
	if !w.strict(d) {
		return
	}
	if len(c.alters)+len(c.behind) > 0 {
		d.act(plan.Action{Kind: plan.Alter, Category: "additive", Reasons: reason("A001", "the columns follow the fields")})
	}
	if len(c.set) == 0 && !c.rows && !c.columns { // no value is made in another way
		d.out.Actions[len(d.out.Actions)-1].Changed = c.parts
		w.data(d)
		return
	}
	claim := def.OnDrift == "repair"
	why := w.unknown(d, c)
	d.out.Before, d.load = c.before, providers.Upsert
	d.baseline = c.columns || claim
	d.delta = &plan.Delta{Set: append([]string{}, c.set...), Proof: why != "", All: c.source, Claim: claim}
	if claim {
		d.delta.Every = true // what somebody else changed is written over in every field
	}
	d.prove = (why != "" || c.columns) && !claim
	if why != "" {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("What the mapping made before cannot be worked out again: %s. The apply proves first that nobody else has changed the table.", why))
	}
	if !w.f.Refresh {
		d.out.Notes = append(d.out.Notes, "Rows were not looked at.")
	} else {
		w.held(d)
	}
	fresh, ok := w.ranges(d, c)
	if !ok {
		return
	}
	found, known := w.differences(d)
	if !known {
		return
	}
	w.actions(d, c, found, fresh)
	w.settle(d)
}

// ranges settles which rows the source has changed since: those above the cursor's last position, or in chunks that read
// differently. It gives how many are above the cursor.
func (w *worker) ranges(d *decision, c *difference) (fresh int64, ok bool) {
	def := d.m.Definition
	switch {
	case d.otherCursor():
		if !w.rebindable(d) {
			return 0, false
		}
		w.allAgain(d)
		d.out.Notes = append(d.out.Notes, "Another cursor: "+d.reboundWhy()[0].Text+".")
		return 0, true
	case def.Cursor != nil:
		return w.above(d)
	case def.Mode == "append" || d.delta.All:
		return 0, true
	case !w.f.Refresh || d.delta.Proof && w.unread(d, c) || w.untaken(d) != "":
		d.delta.All = true
		return 0, true
	}
	before := *c.before
	before.Cursor = nil
	a, known := w.ask(Question{Kind: Digests, Mapping: d.m.Address, System: def.Source, Def: &before})
	d.delta.Moved, d.delta.All = a.Differs, a.All
	return 0, known
}

// unread reports whether the source lacks columns that were read before.
func (w *worker) unread(d *decision, c *difference) bool {
	source := resolve.Widened(d.m.Source, d.m.Definition.Joins, w.f.Systems[d.m.Definition.Source].Catalog)
	return slices.ContainsFunc(c.before.Read, func(column schema.Column) bool {
		now, ok := source.Column(column.Name)
		return !ok || !readsAs(now, column)
	})
}

// above pins the cursor and counts the rows above its last position.
func (w *worker) above(d *decision) (int64, bool) {
	def := d.m.Definition
	if !w.f.Refresh {
		w.pin(d, d.prior.Cursor.Position)
		return 0, true
	}
	top, known := w.top(d)
	if !known || !w.told(d) {
		return 0, false
	}
	w.pin(d, top)
	return w.count(SourceRows, d, *def.Cursor)
}

// differences asks how many rows differ.
func (w *worker) differences(d *decision) (*Differences, bool) {
	if !w.f.Refresh {
		return &Differences{}, true
	}
	q := Question{Kind: Compare, Mapping: d.m.Address, System: d.m.Definition.Source, Def: d.m.Definition, Before: d.out.Before, Delta: d.delta, Exact: w.f.Exact, Standing: d.columns(), Chunks: d.chunks}
	a, known := w.ask(q)
	if !known || a.Compared == nil {
		return nil, false
	}
	return a.Compared, true
}

// columns are those of the target as they stand, by the fields of the definition; one without a name is still to be added.
func (d *decision) columns() []schema.Column {
	out := make([]schema.Column, len(d.m.Definition.Fields))
	for i, f := range d.m.Definition.Fields {
		out[i], _ = d.m.Standing.Column(f.Name)
		for _, c := range d.alters {
			if c.RenameColumn != nil && c.RenameColumn.To == f.Name {
				out[i], _ = d.m.Standing.Column(c.RenameColumn.From)
			}
		}
	}
	return out
}

// actions says what the change comes to.
func (w *worker) actions(d *decision, c *difference, found *Differences, fresh int64) {
	exact := w.f.Refresh && found.Rows >= found.Total
	about := func(n int64) int64 { return found.scaled(n) }
	fields := slices.Clone(c.parts)
	fields = slices.DeleteFunc(fields, func(p plan.Change) bool { return p.What == "the rows it reads" })
	if len(c.set) > 0 {
		d.act(plan.Action{Kind: plan.Remap, Category: "corrective", Reasons: reason("R101", "%s made in another way", isOrAre(c.set)), Rows: about(found.Changed), Exact: exact,
			Bytes: bytesOf(d.m, about(found.Changed)), Left: about(found.Conflicts), Changed: fields, Lane: "typed"})
	} else if len(c.alters)+len(c.behind) > 0 {
		d.out.Actions[len(d.out.Actions)-1].Changed = fields
	} else if len(fields) > 0 {
		d.act(plan.Action{Kind: plan.Alter, Category: "metadata", Reasons: reason("A002", "fields are not filled any more; their columns stay"), Changed: fields})
	}
	w.swept(d, c)
	if c.rows && !c.source && !d.shows(c.parts[0]) || found.Added > 0 {
		a := plan.Action{Kind: plan.Backfill, Category: "additive", Reasons: reason("D101", "rows that are let in now"), Rows: about(found.Added), Exact: exact, Bytes: bytesOf(d.m, about(found.Added)), Lane: "typed"}
		if c.rows && !d.shows(c.parts[0]) {
			a.Changed = c.parts[:1]
		}
		d.act(a)
	}
	if moved := about(found.Moved) + fresh; moved > 0 || c.source {
		kind := plan.Upsert
		if d.m.Definition.Mode == "append" {
			kind = plan.Append
		}
		why, changed := reason("D004", "the source has changed since it was read"), []plan.Change(nil)
		if c.source {
			why, changed = reason("D107", "the rows come from elsewhere now"), c.parts[:1]
		}
		d.act(plan.Action{Kind: kind, Category: "corrective", Reasons: why, Changed: changed, Rows: moved, Exact: exact && (fresh == 0 || !d.m.Definition.Narrowed()), Bytes: bytesOf(d.m, moved), Lane: "typed"})
	}
	if !c.rows { // else they are among the rows that the mapping leaves out now
		w.refuses(d, d.refused(found), exact)
		if d.m.Definition.Cursor != nil {
			w.refusedWithin(d, *d.m.Definition.Cursor, fresh)
		}
	}
	if found.Conflicts > 0 && !d.delta.Claim {
		d.out.Notes = append(d.out.Notes, d.conflicting(about(found.Conflicts), exact))
	}
	if !exact && w.f.Refresh && found.Rows > 0 {
		d.out.Notes = append(d.out.Notes, found.bound())
	}
}

// shows reports whether an action says already what changed.
func (d *decision) shows(part plan.Change) bool {
	return slices.ContainsFunc(d.out.Actions, func(a plan.Action) bool { return slices.Contains(a.Changed, part) })
}

func quantity(n int64, exact bool) string {
	if exact {
		return plan.Rows(n)
	}
	return "about " + plan.Rows(n)
}

func isOrAre(names []string) string {
	if len(names) == 1 {
		return "field " + names[0] + " is"
	}
	return "fields " + strings.Join(names, ", ") + " are"
}
