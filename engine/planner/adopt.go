package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
)

// importOf is the import block of a mapping, nil for none.
func (w *worker) importOf(address string) *lang.Import {
	for i, r := range w.f.Config.Imports {
		if lang.Within(r.Mapping, address) || covers(r.Mapping, address) {
			return &w.f.Config.Imports[i]
		}
	}
	return nil
}

// adopt takes over rows that stand in the target before the mapping's first run, once they are verified. It reports
// whether an import block asks for that.
func (w *worker) adopt(d *decision, held int64) bool {
	i := w.importOf(d.m.Address)
	if i == nil {
		return false
	}
	def := d.m.Definition
	folds := slices.ContainsFunc(def.Fields, func(f plan.Field) bool { return slices.Contains(def.Key, f.Name) && f.Column.Folds != "" })
	switch {
	case len(def.Key) == 0 || folds:
		w.failAt(d, i.Range, "import-needs-key", "Rows that no key finds", "%s has no key by which the rows of table %s can be held against those of the source one by one. Give it a key, or remove the import block and empty the table.",
			d.m.Address, def.TargetTable)
		return true
	case !w.unique(d):
		return true
	}
	w.bound(d)
	d.load, d.baseline = providers.Upsert, true
	d.delta = &plan.Delta{Set: []string{}, Every: i.Verify == "full", Proof: true, Claim: def.OnDrift == "repair", Adopt: true}
	q := Question{Kind: Compare, Mapping: d.m.Address, System: def.Source, Def: def, Delta: d.delta, Exact: true, Standing: d.columns()}
	a, known := w.ask(q)
	unmade, counted := w.count(UnmadeKeys, d, plan.Cursor{})
	if !known || a.Compared == nil || !counted {
		return true
	}
	found := a.Compared
	if !d.delta.Claim && found.Added+found.Changed+unmade > 0 {
		w.failAt(d, i.Range, "import-differs", "The rows are not as the mapping makes them",
			"Of %s in table %s of %s, held against %s of the source: %s. Mend the mapping or the table; or allow with `lifecycle { on_target_drift = \"repair\" }` that the apply writes what is lacking or different.",
			plan.Rows(held), def.TargetTable, def.Target, plan.Rows(found.Rows), differing(found.Added, found.Changed, unmade))
		return true
	}
	what := "its rows stand in the target already, each value as the mapping makes it"
	if i.Verify == "keys" {
		what = "its keys stand in the target already; the other values are taken as they are"
		d.out.Notes = append(d.out.Notes, "Only the keys are verified: values that the mapping would make in another way are taken as they stand, and `migrateiq verify --source` names them.")
	}
	d.act(plan.Action{Kind: plan.Adopt, Category: "metadata", Reasons: reason("I001", "import: %s", what), Exact: true})
	if n := found.Added + found.Changed; n > 0 {
		d.act(plan.Action{Kind: plan.Repair, Category: "corrective", Reasons: reason("I002", "import: %s", differing(found.Added, found.Changed, 0)), Rows: n, Exact: true, Bytes: bytesOf(d.m, n), Lane: "typed"})
	}
	if unmade > 0 && def.Mode != "mirror" {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("%s of table %s no row of the source makes; they stay.", plan.Rows(unmade), def.TargetTable))
	}
	w.mirrored(d)
	return true
}

// unique refuses a table that stands where nothing keeps the mapping's key unique.
func (w *worker) unique(d *decision) bool {
	def := d.m.Definition
	if key := def.Key; len(key) > 0 && (!def.KeyIsSource || def.History != nil) && !d.m.Standing.IsUnique(key) {
		w.fail(d, "key-not-unique", "Nothing keeps the key unique",
			"Table %s of %s is there already without a primary key or unique index over (%s), and the source does not keep these values unique either: two rows of one key would both be stored. Add a unique index to the table, or let the apply make the table.",
			def.TargetTable, def.Target, strings.Join(key, ", "))
		return false
	}
	return true
}

func differing(lacking, other, unmade int64) string {
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{{lacking, "lacking in the target"}, {other, "different there"}, {unmade, "there and not made by the source"}} {
		if p.n > 0 {
			parts = append(parts, plan.Rows(p.n)+" "+p.what)
		}
	}
	return strings.Join(parts, ", ")
}
