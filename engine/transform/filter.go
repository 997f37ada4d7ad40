package transform

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// conditions are what leaves rows out: `where`, nil where there is none, and the filters.
func (s *shared) conditions(d *plan.Definition, scope expr.Scope) (err error) {
	if d.Where != "" {
		if s.where, err = condition(d.Where, plan.Place{}, scope); err != nil {
			return fmt.Errorf("compile where of %s: %w", d.SourceTable, err)
		}
	}
	for _, f := range d.Filters {
		p, err := condition(f.Condition(), f.At, scope)
		if err != nil {
			return fmt.Errorf("compile filter %s of %s: %w", f.Name, d.SourceTable, err)
		}
		s.filters = append(s.filters, p)
	}
	return nil
}

// filter narrows the pass to the rows that `where` and the filters keep, and computes the keys of the others where they
// are wanted. A row is counted by the first that leaves it out, and the next do not look at it.
func (t *Transformer) filter(in *batch.Batch) (Result, error) {
	p := &t.run
	if t.where != nil {
		t.leaving(t.where, 0)
	}
	var counts []int64
	for i := 0; i < len(t.filters) && p.stop == nil; i++ {
		counts = append(counts, t.leaving(t.filters[i], 1))
		if p.stop != nil && p.stop.Rule == ruleWhere {
			p.stop.Rule = ruleFilter + t.shared.spec.Definition.Filters[i].Name
		}
	}
	if p.stop != nil {
		return Result{}, p.stop
	}
	kept, left := t.kept.rows[:0], t.left.rows[:0]
	for i := range p.n {
		if p.dead[i] {
			left = append(left, i)
		} else {
			kept = append(kept, i)
		}
	}
	t.kept.rows, t.left.rows = kept, left
	if len(left) == 0 {
		return Result{}, nil
	}
	r := Result{Filtered: int64(len(left)), ByFilter: counts}
	if t.shared.spec.Definition.Upserts() && len(t.shared.key) > 0 {
		r.Refused = t.refuse(in)
		if p.broken != nil {
			return Result{}, p.broken
		}
	}
	p.begin(t, in)
	p.narrow(t.kept, in)
	return r, nil
}

// leaving puts the rows out for which a condition is so (1) or is not (0), and counts them.
func (t *Transformer) leaving(s source, so int64) int64 {
	p := &t.run
	verdict := p.evaluate(s, nil)
	before := p.lost
	for i := range p.n {
		if !p.dead[i] && (verdict.Ints[i] != 0) == (so != 0) {
			p.putOut(i)
		}
	}
	return int64(p.lost - before)
}

// Rows are the places, in the batch that Run was last given, of the rows of its Result's Out.
func (t *Transformer) Rows(dst []int) []int {
	p := &t.run
	for i := range p.n {
		if !p.dead[i] {
			dst = append(dst, p.place(i))
		}
	}
	return dst
}
