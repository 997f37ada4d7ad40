package planner

import (
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// keysOf builds the keys behind the rows, where the target wants them there: the primary key and unique constraints one
// behind the other, since they change the table, then the indexes at once, then what else is proved on all rows.
func (l *layer) keysOf(d *decision) {
	t, target, last := d.built(), d.m.Definition.Target, l.keys[at(d)]
	made := d.create || d.beside
	chain := func(c schema.Change) {
		if n, ok := l.statements(d, target, last, false, c); ok {
			last = []int{n}
		}
	}
	if made && !l.order(d).KeysWithTable {
		if t.Primary != nil {
			chain(schema.Change{AddPrimary: &schema.KeyChange{Table: t.Ref, Key: *t.Primary}})
		}
		last = l.indexes(d, t, last)
	}
	if made {
		for _, p := range behind(t) {
			chain(schema.Change{AddPart: &p})
		}
	}
	if l.order(d).Analyze && (made || d.fresh) {
		chain(schema.Change{Analyze: &t.Ref})
	}
	l.keys[at(d)] = last
}

// indexes gives the steps behind which all of them are there.
func (l *layer) indexes(d *decision, t schema.Table, last []int) []int {
	target := d.m.Definition.Target
	all := slices.Concat(t.Keys, t.Indexes)
	for _, p := range t.Partitions {
		if p.Primary != nil {
			if n, ok := l.statements(d, target, last, false, schema.Change{AddPrimary: &schema.KeyChange{Table: p.Ref, Key: *p.Primary}}); ok {
				last = []int{n}
			}
		}
	}
	for _, k := range all {
		if !k.Constraint {
			continue
		}
		if n, ok := l.statements(d, target, last, false, schema.Change{AddKey: &schema.KeyChange{Table: t.Ref, Key: k}}); ok {
			last = []int{n}
		}
	}
	var ends []int
	add := func(r schema.Ref, k schema.Key) {
		if n, ok := l.statements(d, target, last, false, schema.Change{AddKey: &schema.KeyChange{Table: r, Key: k}}); ok {
			ends = append(ends, n)
		}
	}
	for _, k := range all {
		if !k.Constraint {
			add(t.Ref, k)
		}
	}
	for _, p := range t.Partitions {
		for _, k := range slices.Concat(p.Keys, p.Indexes) {
			add(p.Ref, k)
		}
	}
	if len(ends) > 0 {
		return ends
	}
	return last
}

// behind are the parts of a table and its partitions that are made when the rows are there. What the table has too comes
// to the partition with it.
func behind(t schema.Table) []schema.PartAdd {
	var out []schema.PartAdd
	for _, p := range t.Native {
		if p.Behind {
			out = append(out, schema.PartAdd{Table: t.Ref, Part: p})
		}
	}
	for _, b := range t.Partitions {
		for _, p := range b.Native {
			if _, above := t.Part(p.Kind, p.Name); p.Behind && !above {
				out = append(out, schema.PartAdd{Table: b.Ref, Part: p})
			}
		}
	}
	return out
}

// foreign adds or proves foreign keys once both ends have their rows and keys.
func (l *layer) foreign(d *decision) {
	t, def := d.built(), d.m.Definition
	if !(d.create || d.beside) || len(t.Foreign) == 0 {
		return
	}
	needs := slices.Clone(l.keys[at(d)])
	for _, fk := range t.Foreign {
		needs = append(needs, l.keysAt(def.Target, fk.Parent)...)
		if n, ok := l.swaps[def.Target+"\x00"+fk.Parent.String()]; ok {
			needs = append(needs, n)
		}
	}
	if d.named {
		return // the swap proves them
	}
	if l.order(d).ForeignWithTable {
		if n, ok := l.statements(d, def.Target, needs, false, schema.Change{CheckForeign: &t.Ref}); ok {
			l.keys[at(d)] = []int{n}
		}
		return
	}
	_, split := t.Whole(schema.PartSplit)
	for _, fk := range t.Foreign {
		from := len(l.plan.Steps)
		if n, ok := l.statements(d, def.Target, needs, false, schema.Change{AddForeign: &schema.ForeignAdd{Table: t.Ref, Foreign: fk, AtOnce: split}}); ok {
			needs = append(slices.Clone(needs), n)
			l.keys[at(d)] = []int{n}
		}
		if l.makes(def.Target, fk.Parent) {
			for i := range l.plan.Steps[from:] {
				l.plan.Steps[from+i].Statement.Hazard = "" // nobody writes to it yet
			}
		}
	}
}

// makes reports whether the plan makes a table.
func (l *layer) makes(target string, table schema.Ref) bool {
	return slices.ContainsFunc(l.moving, func(o *decision) bool {
		return o.m.Definition.Target == target && (o.create || o.beside) && o.built().Ref == table
	})
}

// finish adds what comes last: sequences, comments, the proof, the checks, and for a table that is to be swapped in, that
// they are all right.
func (l *layer) finish(d *decision) {
	t, def := d.built(), d.m.Definition
	last := l.keys[at(d)]
	chain := func(c schema.Change, fresh bool) {
		if n, ok := l.statements(d, def.Target, last, fresh, c); ok {
			last = []int{n}
		}
	}
	if counted(t) {
		chain(schema.Change{Sequences: &t}, false)
	}
	if (d.create || d.beside) && commented(t) {
		chain(schema.Change{Comments: &t}, false)
	}
	last = []int{l.add(plan.Step{Work: plan.Verify, Mapping: d.m.Address, Target: def.Target, Needs: slices.Clone(last), Move: &plan.Transfer{Table: t.Ref, Load: d.load}})}
	if len(def.Checks)+len(def.Controls) > 0 {
		check := plan.Step{Work: plan.CheckRows, Mapping: d.m.Address, Target: def.Target, Needs: slices.Clone(last)}
		if d.beside {
			check.Move = &plan.Transfer{Table: t.Ref, Load: d.load}
		}
		last = []int{l.add(check)}
	}
	l.proved[at(d)] = l.judged(d, last)
}

// counted reports whether anything numbers rows of the table.
func counted(t schema.Table) bool {
	return len(t.Sequences) > 0 || slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Identity }) ||
		slices.ContainsFunc(t.Partitions, func(p schema.Table) bool { return len(p.Sequences) > 0 })
}

func commented(t schema.Table) bool {
	return t.Comment != "" || slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Comment != "" }) ||
		slices.ContainsFunc(t.Native, func(p schema.Part) bool { return p.Comment != "" }) ||
		slices.ContainsFunc(t.Sequences, func(s schema.Sequence) bool { return s.Comment != "" }) ||
		slices.ContainsFunc(t.Partitions, commented)
}
