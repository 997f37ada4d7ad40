package resolve

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// instant is the type of the columns of a version's time: microseconds.
var instant = schema.Type{Kind: schema.TimestampTZ, Precision: 6}

// timed adds the fields of a version's time behind those of the row.
func (f *fielder) timed() {
	h, m := f.in.config.To.History, f.in.config
	if h == nil {
		return
	}
	for _, name := range []string{h.From, h.To} {
		if f.tried[name] {
			f.r.fail(m, h.Range, "history-column", "A column has two meanings", "Field %q of table %s is a column of the versions' time, too. Drop the field, or give the column another name with valid_from or valid_to in a block history { }.", name, f.in.table)
			return
		}
	}
	no, yes := false, true
	from := &lang.Field{Name: h.From, CEL: h.At, Type: &instant, Null: &no, OnRowError: h.OnRowError, Range: h.Range, TypeRange: h.Range}
	if h.At != nil {
		f.field(from)
	} else {
		f.finish(from, filled(plan.RunMoment, false))
	}
	f.finish(&lang.Field{Name: h.To, Type: &instant, Null: &yes, OnRowError: "fail", Range: h.Range, TypeRange: h.Range}, filled(plan.OpenEnd, true))
	f.tried[h.From], f.tried[h.To] = true, true
	f.def().History = &plan.History{From: h.From, To: h.To, At: h.At != nil, Keep: h.OnGone == "keep"}
}

func filled(text string, null bool) *plan.Field {
	return &plan.Field{CEL: text, Canonical: text, Value: instant, MayBeNull: null}
}

// versions settles the key of the versions, and refuses what a table of versions cannot have.
func (f *fielder) versions() {
	d, m := f.def(), f.in.config
	h := d.History
	if h == nil {
		return
	}
	if slices.ContainsFunc(d.Key, d.Timed) {
		f.r.fail(m, m.To.KeyRange, "history-column", "A column has two meanings", "The key tells rows apart, and names a column of the versions' time. Leave it out of the key.")
		return
	}
	h.Key, d.Key = d.Key, append(slices.Clone(d.Key), h.From)
	for i := range d.Fields {
		d.Fields[i].Column.Identity = false // the same number comes again with every version
		switch c := &d.Fields[i].Column; d.Fields[i].Name {
		case h.From:
			c.Null = false
			f.holdsTime(c)
		case h.To:
			if !c.Null {
				f.r.fail(m, m.To.TableRange, "history-column", "A version could not be open", "Column %q of table %s may not be null, and a version has no end while it is open. Let the column be null.", h.To, f.in.table)
			}
			f.holdsTime(c)
		}
	}
	at := m.To.ModeRange
	later := func(what, remedy string) {
		f.r.fail(m, at, "not-in-this-version", "Not in this version", "%s in mode history is not in this version. %s", what, remedy)
	}
	if d.OnDrift == "repair" {
		later(`on_target_drift = "repair"`, "A repair would write over versions: take report, and put back yourself what others have changed.")
	}
	if d.Strategy != "" {
		later(`strategy = "shadow_swap"`, "The versions stay in their table: leave the strategy out.")
	}
	if len(m.Controls) > 0 {
		later("A control", "The table holds closed versions that the source has not: write a check over rows whose "+h.To+" is null.")
	}
	if len(d.Deferred()) > 0 {
		later(`missing = "defer"`, "Write a ref whose rows are there first.")
	}
	for _, r := range f.r.cfg.Reloads {
		if at = r.Range; f.meant(r.Mapping) {
			later("A reload block for a mapping", "No version is written a second time: remove the block.")
		}
	}
	for _, i := range f.r.cfg.Imports {
		if at = i.Range; f.meant(i.Mapping) {
			later("An import block for a mapping", fmt.Sprintf("From when on rows of table %s hold that no run wrote is not known: remove the block, and empty the table or write to another one.", f.in.table))
		}
	}
	f.standingVersions()
}

// meant reports whether the mapping, or all of its block, goes by an address.
func (f *fielder) meant(address string) bool {
	block, _ := Block(f.in.address)
	return address == block || lang.Within(address, f.in.address)
}

func (f *fielder) holdsTime(c *schema.Column) {
	if c.Type.Kind != schema.TimestampTZ || c.Type.Precision != 6 {
		f.r.fail(f.in.config, f.in.config.To.TableRange, "history-column", "A column cannot keep the time of versions",
			"Column %q of table %s is %s, and the moments of versions are timestamptz(6): instants to the microsecond.", c.Name, f.in.table, asDeclared(*c))
	}
}

// standingVersions refuses a table that stands and cannot hold several versions of a row, or would hold one twice.
func (f *fielder) standingVersions() {
	t, d, m := f.out.kept(), f.def(), f.in.config
	if t == nil || f.out.Ours || f.out.Half {
		return
	}
	if !t.IsUnique(d.Key) {
		f.r.fail(m, m.To.TableRange, "key-not-unique", "Nothing keeps the key unique", "Table %s of %s is there already without a primary key or unique index over %v, the key of a version. Add one, or let the apply make the table.", f.in.table, m.To.Target, d.Key)
	}
	keys := slices.Clone(t.Keys)
	if t.Primary != nil {
		keys = append(keys, schema.Key{Columns: t.Primary.Columns, Unique: true})
	}
	for _, k := range keys {
		if k.Unique && k.While == "" && !slices.ContainsFunc(k.Columns, d.Timed) {
			f.r.fail(m, m.To.TableRange, "history-unique", "Only one version of a row could stand", "Table %s keeps %v unique, and the versions of a row have the same values there. Drop that key, or let the apply make another table.", f.in.table, k.Columns)
		}
	}
}

// guarded is the table's keys in mode history: what was unique at the source is so among versions no more, and one index
// keeps two versions of a row from being open at once.
func (f *fielder) guarded(t *schema.Table) {
	h := f.def().History
	if h == nil {
		return
	}
	t.Keys = slices.DeleteFunc(slices.Clone(t.Keys), func(k schema.Key) bool {
		if k.Unique {
			f.out.Unsupported = append(f.out.Unsupported, schema.Object{Kind: "unique key", Name: fmt.Sprint(k.Columns), Why: "several versions of a row have the same values"})
		}
		return k.Unique
	})
	if !f.keptApart() {
		t.Keys = append(t.Keys, schema.Key{Columns: h.Key, Unique: true, While: h.To})
	}
}

// keptApart reports whether the standing table has what keeps two versions of a row from being open at once. One that a
// first load was given up in may have come to that or not.
func (f *fielder) keptApart() bool {
	t, h := f.out.kept(), f.def().History
	if t == nil {
		return false
	}
	if f.out.Half {
		return slices.ContainsFunc(slices.Concat(t.Keys, t.Indexes), func(k schema.Key) bool {
			return k.Unique && slices.Equal(k.Columns, h.Key) && slices.Contains(k.Reads, h.To)
		})
	}
	_, stands := t.Column(h.To)
	return stands
}
