// Package transform makes the target's rows of the source's: it runs checked expressions over a batch and carries out the
// casts that package mapping judged. What is often asked runs as loops over vectors, everything else in CEL's
// interpreter on just the columns it reads; both give the same answer for every row.
package transform

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// Spec is one mapping and what its plan does not hold.
type Spec struct {
	Definition *plan.Definition
	Lookups    map[string]map[string]string // content by the ID of the lookup
	SecretKey  []byte                       // of the target's ledger, for keys that may not be shown; nil where there is none yet
	Keys       Keys
	Classified func(column string) bool // of a source column, beside the classes of fields; nil: none
	Look       Look                     // finds the keys of refs; nil where there are none, or until With
	Deferred   Deferred                 // what becomes of deferred refs
}

// Keys are the secrets of protecting functions by the ID of the key.
type Keys map[string]secret.Secret

// Result is what a batch became.
type Result struct {
	// Out has columns as Definition.Fields. It is good until the next Run, and only as long as the batch that was given is
	// not changed: where nothing is computed it is the same memory.
	Out  *batch.Batch
	Same bool // Out is all rows of the batch, value for value, in columns of the same types: both have one digest
	// Refused, in mode upsert, is the target keys of rows that `where` left out, as far as they can be computed; nil for
	// none. Where the target's key is not the source's own, a row that stays may make the same key.
	Refused  *batch.Batch
	Filtered int64   // rows that `where` and the filters left out
	ByFilter []int64 // of these, how many each filter of the definition left out
	Rejects  []providers.Reject
	Nulled   int64 // values that on_row_error = "null" made null
}

// Transformer runs one mapping's expressions. It is not safe for concurrent use; Clone makes another.
type Transformer struct {
	shared  *shared
	where   source // nil: all rows
	filters []source
	fields  []field
	row     *row
	kept    part // the rows that where keeps
	left    part // the rows that it leaves out
	out     *batch.Batch
	through *batch.Batch // for a mapping that computes nothing, nil for any other: its vectors are those of the batch given
	clean   *batch.Batch // out without the rows that failed
	refused *batch.Batch
	run     pass
	look    Look
}

// shared is what clones have in common; it never changes.
type shared struct {
	spec    Spec
	where   *program
	filters []*program // true for a row that leaves
	fields  []compiled
	columns []schema.Column // of the target
	key     []int           // fields that make the target's key
	show    []int           // columns read that name a source row in messages; none: its place in the batch
	secret  bool            // they are classified
	consts  map[string]any  // param.x, lookup.x and the whole of both
}

// compiled is a field's checked expressions.
type compiled struct {
	plan.Field
	value  *program
	ref    *reference // in the place of value
	expect *program   // nil: none
	cast   cast
	key    bool
}

// part is some rows of a batch, as far as their columns are read.
type part struct {
	rows  []int
	batch *batch.Batch
}

// field is a field at work in one goroutine.
type field struct {
	*compiled
	source source
	expect source
}

// Compile checks a mapping's expressions against the columns it reads, and prepares them.
func Compile(s Spec) (*Transformer, error) {
	sh, err := compile(s)
	if err != nil {
		return nil, err
	}
	return newTransformer(sh), nil
}

// Clone makes a Transformer of the same mapping for one more goroutine.
func (t *Transformer) Clone() *Transformer { return newTransformer(t.shared) }

func newTransformer(sh *shared) *Transformer {
	read := sh.spec.Definition.Read
	t := &Transformer{
		shared: sh,
		row:    newRow("src", read, sh.consts),
		kept:   part{batch: batch.New(read, 0)},
		left:   part{batch: batch.New(read, 0)},
		out:    batch.New(sh.columns, 0),
		clean:  batch.New(sh.columns, 0),
		fields: make([]field, len(sh.fields)),
		look:   sh.spec.Look,
	}
	if sh.where != nil {
		t.where = t.source(sh.where, nil)
	}
	for _, f := range sh.filters {
		t.filters = append(t.filters, t.source(f, nil))
	}
	for i := range sh.fields {
		c := &sh.fields[i]
		t.fields[i] = field{compiled: c}
		if c.ref != nil {
			t.fields[i].source = t.referring(c)
		} else {
			t.fields[i].source = t.source(c.value, nil)
		}
		if c.expect != nil {
			t.fields[i].expect = t.source(c.expect, &c.Column.Type)
		}
	}
	keys := make([]schema.Column, len(sh.key))
	for i, k := range sh.key {
		keys[i] = sh.columns[k]
	}
	t.refused = batch.New(keys, 0)
	if t.plain() {
		t.through = batch.New(sh.columns, 0)
	}
	return t
}

// plain reports whether every row becomes a row of the same values in the same order of columns.
func (t *Transformer) plain() bool {
	read := t.shared.spec.Definition.Read
	if t.where != nil || len(t.filters) > 0 || len(t.fields) != len(read) {
		return false
	}
	for i := range t.fields {
		f := &t.fields[i]
		if from, ok := f.source.(column); !ok || from.c != i || f.expect != nil || !f.cast.whole || !f.Column.Type.Equal(read[i].Type) {
			return false
		}
	}
	return true
}

// pass hands the vectors of the batch on without a copy. What the target refuses is still looked for.
func (t *Transformer) pass(in *batch.Batch) (Result, error) {
	p := &t.run
	for i := range t.fields {
		t.through.Vectors[i] = in.Vectors[i]
		p.current = &t.fields[i]
		p.checkNulls(&t.fields[i], &t.through.Vectors[i])
	}
	if p.stop != nil {
		return Result{}, p.stop
	}
	return Result{Out: p.survivors(t.through, t.clean), Same: p.lost == 0, Nulled: p.nulled, Rejects: p.rejected()}, nil
}

// source prefers a loop over vectors.
func (t *Transformer) source(p *program, out *schema.Type) source {
	if v := p.vector(t.row.columns, t.shared.consts, out); v != nil {
		return v
	}
	return &interpreted{program: p, row: t.row, result: batch.NewVector(p.result)}
}

// Run makes a batch of the target's columns from one of the columns that the definition reads. The first row that fails
// in a field with on_row_error = "fail", or in `where`, is a *RowError; nothing of the batch is then to be written.
func (t *Transformer) Run(in *batch.Batch) (Result, error) {
	if d := t.shared.spec.Definition; !slices.EqualFunc(in.Columns, d.Read, sameColumn) {
		return Result{}, fmt.Errorf("transform a batch of %s: its columns are not those that the plan reads", d.SourceTable)
	}
	if err := t.shared.promised(in); err != nil {
		return Result{}, err
	}
	var r Result
	p := &t.run
	p.begin(t, in)
	if t.through != nil {
		return t.pass(in)
	}
	if t.where != nil || len(t.filters) > 0 {
		var err error
		if r, err = t.filter(in); err != nil {
			return Result{}, err
		}
	}
	t.out.Reset()
	for i := range t.fields {
		p.compute(&t.fields[i], &t.out.Vectors[i])
	}
	if p.broken != nil {
		return Result{}, p.broken
	}
	if p.stop != nil {
		return Result{}, p.stop
	}
	r.Out, r.Nulled, r.Rejects = p.survivors(t.out, t.clean), p.nulled, p.rejected()
	return r, nil
}

func sameColumn(a, b schema.Column) bool { return a.Name == b.Name && a.Type.Equal(b.Type) }

// promised holds the source to its word: expressions were checked on it. A null in a column that has none would decide
// comparisons.
func (s *shared) promised(in *batch.Batch) error {
	for c, column := range s.spec.Definition.Read {
		if v := &in.Vectors[c]; !column.Null && v.HasNulls() {
			i := 0
			for !v.Null(i) {
				i++
			}
			return &RowError{Row: i, Key: s.name(in, i), Rule: ruleNotNull,
				Reason: fmt.Sprintf("column %s is null, though the source's table says that it never is", column.Name)}
		}
	}
	return nil
}

// refuse computes the target keys of rows that were left out. A row whose key fails or is null has none in the target.
func (t *Transformer) refuse(in *batch.Batch) *batch.Batch {
	p := &t.run
	p.begin(t, in)
	p.narrow(t.left, in)
	p.quiet = true
	keys := batch.New(t.refused.Columns, 0)
	for i, k := range t.shared.key {
		p.compute(&t.fields[k], &keys.Vectors[i])
	}
	t.refused.Reset()
	return p.survivors(keys, t.refused)
}

// reads reports whether an expression of the mapping's fields reads a column.
func (s *shared) reads(column string) bool {
	return slices.ContainsFunc(s.fields, func(f compiled) bool {
		return f.ref != nil && f.ref.reads(column) || f.value != nil && slices.Contains(f.value.columns, column) || f.expect != nil && slices.Contains(f.expect.columns, column)
	})
}
