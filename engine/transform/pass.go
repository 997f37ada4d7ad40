package transform

import (
	"cmp"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Rules name what a row failed, in a RowError and a Reject.
const (
	ruleExpression = "expression"
	ruleLookup     = "lookup"
	ruleType       = "type"
	ruleNotNull    = "not null"
	ruleNullKey    = "null key"
	ruleExpect     = "expect"
	ruleWhere      = "where"
	ruleFilter     = "filter " // and its name
)

// source computes one value for each row of a pass.
type source interface {
	// eval gives a vector as long as the pass has rows. Rows that are out, and rows that fail, have null there.
	eval(p *pass) *batch.Vector
	// owned reports whether the vector is the source's own, to be taken, and not a column of the batch.
	owned() bool
}

// pass is the work on some rows of one batch: which of them are out, and why.
type pass struct {
	t       *Transformer
	batch   *batch.Batch // as Run was given it
	in      *batch.Batch // the rows at work
	origin  []int        // of each row of in, its place in batch; nil: the same
	n       int          // rows still looked at; fewer after one that stops the run
	dead    []bool       // rows that are out
	lost    int          // how many
	quiet   bool         // a failure only puts the row out
	current *field       // nil in `where`
	out     *batch.Vector
	settled []bool // rows of the current field that on_row_error has made null
	nulls   int    // how many
	stop    *RowError
	rejects []failed
	nulled  int64
	broken  error // what keeps refs from being found
}

type failed struct {
	row int
	providers.Reject
}

func (p *pass) begin(t *Transformer, in *batch.Batch) {
	n := in.Len()
	*p = pass{t: t, batch: in, in: in, n: n, dead: cleared(p.dead, n), settled: cleared(p.settled, n)}
}

func cleared(flags []bool, n int) []bool {
	if cap(flags) < n {
		return make([]bool, n)
	}
	flags = flags[:n]
	clear(flags)
	return flags
}

// narrow goes on with some rows only, and of these with the columns that fields read.
func (p *pass) narrow(to part, in *batch.Batch) {
	to.batch.Reset()
	for c := range in.Vectors {
		if !p.t.shared.reads(in.Columns[c].Name) {
			continue
		}
		for _, i := range to.rows {
			to.batch.Vectors[c].AppendFrom(&in.Vectors[c], i)
		}
	}
	p.in, p.origin, p.n = to.batch, to.rows, len(to.rows)
}

// evaluate runs a source over the rows at work.
func (p *pass) evaluate(s source, f *field) *batch.Vector {
	p.current = f
	return s.eval(p)
}

// compute fills a column of the target. It may be called for many fields; a row that one field puts out is not looked at
// by the next.
func (p *pass) compute(f *field, dst *batch.Vector) {
	if p.nulls > 0 {
		clear(p.settled)
		p.nulls = 0
	}
	p.cast(f, dst, p.evaluate(f.source, f))
	p.checkNulls(f, dst)
	if f.expect != nil && !p.quiet {
		p.expect(f, dst)
	}
}

func (p *pass) cast(f *field, dst, v *batch.Vector) {
	switch {
	case f.cast.whole && f.source.owned():
		*dst, *v = *v, *dst
	case f.cast.whole:
		dst.AppendAll(v)
	default:
		for i := range p.n {
			if p.dead[i] || v.Null(i) {
				dst.AppendNull()
			} else if misfit := f.cast.one(dst, v, i); misfit != "" {
				p.fail(i, ruleType, misfit)
				dst.AppendNull()
			}
		}
	}
}

// checkNulls refuses a null where the column or the key takes none; no setting makes another value of it.
func (p *pass) checkNulls(f *field, dst *batch.Vector) {
	if f.Column.Null && !f.key || !dst.HasNulls() {
		return
	}
	for i := range p.n {
		switch {
		case p.dead[i] || !dst.Null(i):
		case f.key:
			p.fail(i, ruleNullKey, "the key is null, and no row is found by that: give it a value, as in coalesce(..., 0), or leave such rows out with `where`")
		default:
			p.fail(i, ruleNotNull, "the value is null, and the column takes no nulls")
		}
	}
}

func (p *pass) expect(f *field, dst *batch.Vector) {
	p.out = dst
	verdict := f.expect.eval(p)
	p.out = nil
	before := p.nulls
	for i := range p.n {
		if !p.dead[i] && !p.settled[i] && verdict.Ints[i] == 0 {
			p.fail(i, ruleExpect, "the value is not as the field expects")
		}
	}
	if p.nulls > before {
		p.blank(dst)
	}
}

// blank sets the values to null that on_row_error has made null after they were computed.
func (p *pass) blank(dst *batch.Vector) {
	was := *dst
	*dst = batch.Vector{}
	*dst = batch.NewVector(p.current.Column.Type)
	for i := range p.n {
		if p.settled[i] {
			dst.AppendNull()
		} else {
			dst.AppendFrom(&was, i)
		}
	}
}

// idle reports whether a source has nothing to compute for a row.
func (p *pass) idle(i int) bool { return p.dead[i] || p.settled[i] }

// fail deals with a row that did not pass, as the current field's on_row_error says. A row fails once.
func (p *pass) fail(i int, rule, reason string) {
	if p.idle(i) {
		return
	}
	f := p.current
	switch {
	case p.quiet:
		p.putOut(i)
	case f == nil:
		p.halt(i, "", rule, reason, plan.Place{})
	case f.OnRowError == "null":
		p.settled[i] = true
		p.nulls++
		p.nulled++
	case f.OnRowError == "quarantine":
		p.putOut(i)
		p.rejects = append(p.rejects, failed{i, providers.Reject{Key: p.show(i), Field: f.Name, Rule: rule, Reason: reason}})
	default:
		p.halt(i, f.Name, rule, reason, f.At)
	}
}

func (p *pass) putOut(i int) {
	p.dead[i] = true
	p.lost++
}

// halt remembers the row that stops the run. Rows before it are still looked at: another may stop the run earlier.
func (p *pass) halt(i int, name, rule, reason string, at plan.Place) {
	if p.stop != nil && i >= p.n {
		return
	}
	p.stop = &RowError{Row: p.place(i), Key: p.show(i), Field: name, Rule: rule, Reason: reason, At: at}
	p.n = i
}

// place is a row's number in the batch that Run was given.
func (p *pass) place(i int) int {
	if p.origin == nil {
		return i
	}
	return p.origin[i]
}

func (p *pass) show(i int) string {
	return p.t.shared.name(p.batch, p.place(i))
}

// survivors are the rows that did not fail: out itself, or a copy in clean.
func (p *pass) survivors(out, clean *batch.Batch) *batch.Batch {
	if p.lost == 0 {
		return out
	}
	clean.Reset()
	for i := range p.n {
		if !p.dead[i] {
			clean.AppendRow(out, i)
		}
	}
	return clean
}

// rejected gives the rejects in the order of their rows.
func (p *pass) rejected() []providers.Reject {
	slices.SortStableFunc(p.rejects, func(a, b failed) int { return cmp.Compare(a.row, b.row) })
	var all []providers.Reject
	for _, r := range p.rejects {
		all = append(all, r.Reject)
	}
	return all
}
