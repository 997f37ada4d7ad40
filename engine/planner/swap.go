package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// renew has the mapping's table built with all that belongs to the standing one. It reports false where something would be
// lost, which is said.
func (w *worker) renew(d *decision) bool {
	own := *d.m
	own.Table = renewed(d.m, recorded(d.prior.Definition))
	own.Unsupported = slices.Clone(d.m.Unsupported)
	d.m = &own
	d.follow = slices.Clone(d.m.Standing.Followers)
	var lost []schema.Object
	for i, f := range d.follow {
		if f.Kind == "index" && guards(&d.m.Table, f.Reads) {
			d.follow[i].Lost = true // the new table has one of its own
			continue
		}
		if f.Kind == "index" && slices.ContainsFunc(f.Reads, func(name string) bool { _, ok := d.m.Table.Column(name); return !ok }) {
			d.follow[i].Lost = true
			lost = append(lost, schema.Object{Kind: f.Kind, Name: f.Name, Why: onOld})
		}
	}
	hang := hanging(d)
	if len(hang) == 0 {
		d.out.Unsupported = left(d)
		for _, o := range lost {
			if !slices.Contains(d.out.Unsupported, o) {
				d.out.Unsupported = append(d.out.Unsupported, o)
			}
		}
		return true
	}
	list := make([]string, len(hang))
	for i, o := range hang {
		list[i] = strings.TrimSpace(o.Kind + " " + o.Name)
		if o.Why != "" {
			list[i] += " (" + o.Why + ")"
		}
	}
	w.fail(d, "swap-would-break", "Something hangs on the old table",
		"%s would be built anew and swapped in for table %s, and the new table could not have what hangs on the old one: %s. Take these off the table first, and make them again after the apply where they still fit.",
		d.m.Address, d.m.Definition.TargetTable, strings.Join(list, ", "))
	return false
}

// unfit lists what follows the old table and cannot follow the new one, which lacks a column or has it with another type.
func unfit(d *decision) []schema.Object {
	var out []schema.Object
	r := &renewal{was: d.m.Standing, t: d.m.Table}
	for _, f := range d.m.Standing.Followers {
		why := ""
		if f.Kind == "index" {
			continue // it goes with its columns, which the plan says
		}
		for _, name := range f.Reads {
			if _, ok := d.m.Table.Column(name); !ok && name != "*" {
				why = fmt.Sprintf("the new table has no column %s", name)
			} else if f.Typed && !r.same([]string{name}) {
				why = fmt.Sprintf("column %s gets another type", name)
			}
		}
		if len(f.Key) > 0 && why == "" && !d.m.Table.IsUnique(f.Key) {
			why = fmt.Sprintf("nothing would keep (%s) unique", strings.Join(f.Key, ", "))
		}
		if why != "" {
			out = append(out, schema.Object{Kind: f.Kind, Name: f.Name, Why: why})
		}
	}
	return out
}

// siblings are the mappings of this plan whose tables are built anew too, by the tables of the target.
func (l *layer) siblings(d *decision) map[schema.Ref]*decision {
	out := map[schema.Ref]*decision{}
	for _, o := range l.moving {
		if o.beside && o != d && o.m.Definition.Target == d.m.Definition.Target {
			out[o.m.Definition.TargetTable] = o
		}
	}
	return out
}

// above has foreign keys point to the tables that are built anew, where they are. These take the name with the keys.
func (l *layer) above(d *decision) {
	if d.named = d.beside && l.order(d).ForeignWithTable; d.named || !d.beside {
		return
	}
	all := l.siblings(d)
	own := *d.m
	own.Table.Foreign = slices.Clone(own.Table.Foreign)
	for i, f := range own.Table.Foreign {
		if all[f.Parent] != nil {
			own.Table.Foreign[i].Parent = Beside(f.Parent)
		}
	}
	d.m = &own
}

// published puts those in front whose tables point to others: a foreign key of a table that is gone does not have to be
// bound anew. Where foreign keys stay with names they are proved by the swap, and come last.
func (l *layer) published(moving []*decision) []*decision {
	var out []*decision
	mark := map[*decision]int{} // 1 under way, 2 done
	var visit func(d *decision)
	visit = func(d *decision) {
		if mark[d] == 2 || !d.beside {
			return
		}
		if mark[d] == 1 {
			l.w.fail(d, "swap-would-break", "Foreign keys in a circle", "%s would be built anew together with tables that its foreign keys and theirs make a circle of, and one of them has to be swapped in first. Build them anew one by one: plan each with --replace while the others stay.", d.m.Address)
			return
		}
		mark[d] = 1
		for _, o := range l.siblings(d) {
			if d.named && pointsTo(d.m.Table.Foreign, o) || !d.named && pointsTo(o.m.Standing.Foreign, d) {
				visit(o)
			}
		}
		mark[d] = 2
		out = append(out, d)
	}
	for _, d := range moving {
		visit(d)
	}
	return out
}

func pointsTo(keys []schema.ForeignKey, d *decision) bool {
	return slices.ContainsFunc(keys, func(f schema.ForeignKey) bool {
		return f.Parent == d.m.Standing.Ref || f.Parent == d.m.Definition.TargetTable
	})
}

// publish swaps the table in once it is proved, and every table of the plan that points to it: none of them is shown
// without the others.
func (l *layer) publish(d *decision) {
	def := d.m.Definition
	whole := d.built()
	whole.Primary, whole.Keys, whole.Indexes, whole.Sequences = d.m.Table.Primary, d.m.Table.Keys, d.m.Table.Indexes, d.m.Table.Sequences
	swap := schema.TableSwap{Old: def.TargetTable, New: whole, Follow: d.follow, Counts: d.m.Standing.Sequences, Check: d.named && len(whole.Foreign) > 0}
	needs := slices.Clone(l.proved[at(d)])
	for ref, o := range l.siblings(d) {
		if !pointsTo(o.m.Standing.Foreign, d) && !pointsTo(d.m.Standing.Foreign, o) {
			continue
		}
		needs = append(needs, l.proved[at(o)]...)
		if n, ok := l.swaps[at(o)]; ok {
			needs = append(needs, n)
			if slices.ContainsFunc(d.follow, func(f schema.Follower) bool { return f.Child != nil && *f.Child == ref }) {
				swap.Swapped = append(swap.Swapped, ref)
			}
		}
	}
	slices.SortFunc(swap.Swapped, func(a, b schema.Ref) int { return strings.Compare(a.String(), b.String()) })
	needs = append(needs, l.keep(d, &swap)...)
	if n, ok := l.statements(d, def.Target, needs, true, schema.Change{Swap: &swap}); ok {
		l.swaps[at(d)] = n
		if swap.Keep != nil {
			l.plan.Steps[n].Held = l.w.f.Ledger[d.m.Address].Runs
		}
	}
}

// judged adds the step that decides whether a table that is proved may take the old one's place.
func (l *layer) judged(d *decision, last []int) []int {
	if !d.beside {
		return last
	}
	return []int{l.add(plan.Step{Work: plan.Judge, Mapping: d.m.Address, Target: d.m.Definition.Target, Needs: slices.Clone(last), Move: &plan.Transfer{Table: d.built().Ref, Load: d.load}})}
}

// keysAt are the steps behind which a table has its keys, also where it is built beside the one of its name.
func (l *layer) keysAt(target string, table schema.Ref) []int {
	for _, o := range l.moving {
		if o.beside && o.m.Definition.Target == target && Beside(o.m.Definition.TargetTable) == table {
			table = o.m.Definition.TargetTable
		}
	}
	return l.keys[target+"\x00"+table.String()]
}
