// Package delta holds what a mapping makes of the source's rows against what stands in the target, row by row and by key,
// and says what has to be written so that only what changed is touched.
package delta

import (
	"context"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Spec is one comparison.
type Spec struct {
	New    *plan.Definition
	Now    *transform.Transformer
	Old    *plan.Definition       // as Before made it; nil: nothing is known of what the mapping made before
	Before *transform.Transformer // of Old
	Was    []schema.Column        // that were read when the source was last read, to tell whether it has changed; nil: not asked
	Select *transform.Transformer // of Selecting; nil: all rows
	Target providers.Source
	Table  schema.Ref
	// Standing are the target's columns as they are now, by the fields of New; nil: as New has them. A column without a
	// name is not there yet, and counts as null.
	Standing []schema.Column
	Move     *plan.Delta
	Hasher   *batch.Hasher
}

// Comparer compares batches. It is not safe for concurrent use; Clone makes another.
type Comparer struct {
	Spec
	read   []schema.Column // of the source
	now    []int           // places of New.Read in read
	before []int           // places of Old.Read in read
	was    []int           // places of Was in read
	choose []int           // places in read of what Select reads
	fields []int           // of Old, the place of each field of New; -1: a new one
	key    []int           // places of the key among the fields of New
	oldKey []int
	former map[int]bool // fields that the mapping had once, and not when it was applied last
	set    map[int]bool // fields that may be written in rows that stand
	rows   *batch.Batch
	stands *batch.Batch // rows that stand, in the columns of New
	keys   *batch.Batch
	a, b   []byte
}

// Result is what a batch comes to. It is good until the next Compare.
type Result struct {
	Rows      *batch.Batch // to be written, whole rows in the columns of New
	Origin    []int        // of each of them, its place in the batch of the source
	Was       []int        // of each of them, its place in Stands; -1: it does not stand
	Stands    *batch.Batch // the rows that stand, in the columns of New
	Source    batch.Digest // of the columns that New reads
	Formerly  batch.Digest // of the columns in Was
	Stood     batch.Digest // of the rows that stand at the keys of Rows
	Added     int64        // rows that are lacking
	Changed   int64        // rows of which fields are written
	Equal     int64
	Conflicts []int            // rows of Made that somebody else changed, and that stay
	Corrected []int            // those of which some fields are written, and the ones that somebody else changed stay
	Made      *batch.Batch     // all rows that New makes
	Fields    map[string]int64 // rows that differ in a field, of those to be written
	transform.Result
}

// New makes a Comparer.
func New(s Spec) (*Comparer, error) {
	c := &Comparer{Spec: s, read: slices.Clone(s.New.Read)}
	for i := range s.New.Read {
		c.now = append(c.now, i)
	}
	var err error
	if s.Old != nil {
		if c.before, err = c.reading(s.Old.Read); err != nil {
			return nil, err
		}
		c.oldKey = places(s.Old, s.Old.Key)
	}
	if c.was, err = c.reading(s.Was); err != nil {
		return nil, err
	}
	if err := c.selecting(); err != nil {
		return nil, err
	}
	c.key, c.set, c.former = places(s.New, s.New.Key), map[int]bool{}, map[int]bool{}
	if len(c.key) == 0 {
		return nil, fmt.Errorf("compare %s: it has no key", s.New.TargetTable)
	}
	for i, f := range s.New.Fields {
		of := -1
		if s.Old != nil {
			of = slices.IndexFunc(s.Old.Fields, func(o plan.Field) bool { return o.Name == f.Name })
			c.former[i] = slices.ContainsFunc(s.Old.Former, func(o plan.Former) bool { return o.Field.Name == f.Name })
		}
		c.fields = append(c.fields, of)
		c.set[i] = !slices.Contains(c.key, i) && (s.Move.Every || slices.Contains(s.Move.Set, f.Name))
	}
	c.rows, c.stands = batch.New(s.New.Columns(), 0), batch.New(s.New.Columns(), 0)
	c.keys = batch.New(pick(s.New.Columns(), c.key), 0)
	if c.Standing == nil {
		c.Standing = s.New.Columns()
	}
	return c, nil
}

// reading adds columns to those that are read, and says where they are.
func (c *Comparer) reading(columns []schema.Column) ([]int, error) {
	var places []int
	for _, column := range columns {
		at := slices.IndexFunc(c.read, func(o schema.Column) bool { return o.Name == column.Name })
		if at < 0 {
			at, c.read = len(c.read), append(c.read, column)
		}
		if !c.read[at].Type.Equal(column.Type) {
			return nil, fmt.Errorf("compare %s: column %s of the source has another type now", c.New.TargetTable, column.Name)
		}
		places = append(places, at)
	}
	return places, nil
}

// Clone makes a Comparer for one more goroutine.
func (c *Comparer) Clone() *Comparer {
	s := c.Spec
	s.Now, s.Hasher = s.Now.Clone(), s.Hasher.Clone()
	if s.Before != nil {
		s.Before = s.Before.Clone()
	}
	if s.Select != nil {
		s.Select = s.Select.Clone()
	}
	out, _ := New(s) // it has succeeded before
	return out
}

// Read is the columns of the source that a batch has to have.
func (c *Comparer) Read() []schema.Column { return c.read }

func places(d *plan.Definition, names []string) []int {
	var out []int
	for _, n := range names {
		out = append(out, slices.IndexFunc(d.Fields, func(f plan.Field) bool { return f.Name == n }))
	}
	return out
}

func pick(columns []schema.Column, at []int) []schema.Column {
	out := make([]schema.Column, len(at))
	for i, n := range at {
		out[i] = columns[n]
	}
	return out
}

// part is the batch cut down to some columns, on the same memory.
func part(b *batch.Batch, columns []schema.Column, at []int) *batch.Batch {
	out := batch.New(columns, 0)
	for i, n := range at {
		out.Vectors[i] = b.Vectors[n]
	}
	return out
}

// ErrTwice says that two rows of the source make one key.
var ErrTwice = fmt.Errorf("two rows of the source make one key: %w", providers.ErrDuplicateKey)

// Compare holds one batch of the source against the target. moved says that the source reads differently there than when
// it was last read, so that what it says is new in every field.
func (c *Comparer) Compare(ctx context.Context, b *batch.Batch, moved bool) (*Result, error) {
	source := c.Hasher.Batch(part(b, c.New.Read, c.now), nil)
	var formerly batch.Digest
	if len(c.was) > 0 {
		formerly = c.Hasher.Batch(part(b, c.Was, c.was), nil)
	}
	b, chosen, err := c.chosen(b, moved)
	if err != nil {
		return nil, err
	}
	made, err := c.Now.Run(part(b, c.New.Read, c.now))
	if err != nil {
		return nil, err
	}
	r := &Result{Rows: c.rows, Stands: c.stands, Made: made.Out, Source: source, Formerly: formerly, Fields: map[string]int64{}, Result: made}
	c.rows.Reset()
	index, err := c.index(made.Out)
	if err != nil {
		return nil, err
	}
	old, was, err := c.formerly(b, moved)
	if err != nil {
		return nil, err
	}
	stands, err := c.standing(ctx, made.Out)
	if err != nil {
		return nil, err
	}
	origin := c.Now.Rows(nil)
	for i := range made.Out.Len() {
		k := index[i]
		before, known := was[k]
		if !known {
			before = -1
		}
		wrote := false
		at, there := stands[k]
		if there {
			wrote = c.mend(r, made.Out, i, at, old, before, moved)
		} else {
			wrote = c.add(r, made.Out, i, known, moved)
		}
		if !there {
			at = -1
		}
		if wrote {
			from := origin[i]
			if chosen != nil {
				from = chosen[from]
			}
			r.Origin, r.Was = append(r.Origin, from), append(r.Was, at)
		}
	}
	return r, nil
}

type key [2]uint64

func (c *Comparer) keyOf(b *batch.Batch, i int, at []int) key {
	d := c.Hasher.Row(b, i, at)
	return key{d.A, d.B}
}

// index gives every row its key, and refuses two rows of one.
func (c *Comparer) index(b *batch.Batch) ([]key, error) {
	out, met := make([]key, b.Len()), make(map[key]bool, b.Len())
	for i := range out {
		k := c.keyOf(b, i, c.key)
		if met[k] {
			return nil, &providers.Error{Op: "compare", Object: c.Table.String(), Class: providers.Conflict, Err: ErrTwice}
		}
		out[i], met[k] = k, true
	}
	return out, nil
}

// formerly is what the mapping made of the rows before, and where each key is in it; nothing where that does not matter.
func (c *Comparer) formerly(b *batch.Batch, moved bool) (*batch.Batch, map[key]int, error) {
	if c.Before == nil || moved || c.Move.Claim {
		return nil, nil, nil
	}
	made, err := c.Before.Run(part(b, c.Old.Read, c.before))
	if err != nil {
		return nil, nil, err
	}
	was := make(map[key]int, made.Out.Len())
	for i := range made.Out.Len() {
		was[c.keyOf(made.Out, i, c.oldKey)] = i
	}
	return made.Out, was, nil
}

// standing reads the rows of the target that have the keys of b into stands, and says where each key is.
func (c *Comparer) standing(ctx context.Context, b *batch.Batch) (map[key]int, error) {
	c.stands.Reset()
	out := make(map[key]int, b.Len())
	if b.Len() == 0 {
		return out, nil
	}
	c.keys.Reset()
	for i, at := range c.key {
		c.keys.Columns[i].Name = c.Standing[at].Name
		c.keys.Vectors[i].AppendAll(&b.Vectors[at])
	}
	var there []schema.Column
	for _, column := range c.Standing {
		if column.Name != "" {
			there = append(there, column)
		}
	}
	spec := providers.ReadSpec{Table: c.Table, Columns: there, Keys: c.keys}
	err := providers.Each(ctx, c.Target, spec, func(found *batch.Batch) error {
		from := c.stands.Len()
		if err := c.take(found); err != nil {
			return err
		}
		for i := from; i < c.stands.Len(); i++ {
			out[c.keyOf(c.stands, i, c.key)] = i
		}
		return nil
	})
	return out, err
}

// take adds rows that stand, in the columns of New: nulls where a column is not there yet, and where its type is to change
// the value that the new type has for it.
func (c *Comparer) take(found *batch.Batch) error {
	at := 0
	for i, column := range c.Standing {
		to := &c.stands.Vectors[i]
		switch {
		case column.Name == "":
			for range found.Len() {
				to.AppendNull()
			}
			continue
		case column.Type.Equal(c.stands.Columns[i].Type):
			to.AppendAll(&found.Vectors[at])
		default:
			c.convert(to, c.stands.Columns[i].Type, &found.Vectors[at], column.Type)
		}
		at++
	}
	return nil
}

// convert goes by the canonical text; a value that the new type has no place for counts as null.
func (c *Comparer) convert(to *batch.Vector, into schema.Type, from *batch.Vector, of schema.Type) {
	for i := range from.Len() {
		if from.Null(i) {
			to.AppendNull()
			continue
		}
		c.a = batch.AppendText(c.a[:0], of, from, i)
		if before := to.Len(); batch.Parse(to, into, c.a) != nil && to.Len() == before {
			to.AppendNull()
		}
	}
}

// add settles a row that does not stand: it is lacking, or somebody else has removed it.
func (c *Comparer) add(r *Result, made *batch.Batch, i int, known, moved bool) bool {
	if known && !moved && !c.Move.Claim {
		r.Conflicts = append(r.Conflicts, i)
		return false
	}
	c.rows.AppendRow(made, i)
	r.Added++
	return true
}

// mend settles a row that stands. Of the fields that may be written those that differ are, but for those in which somebody
// else has put what is neither the value of now nor the one of before; in fields that are made as before that is every
// value but theirs.
func (c *Comparer) mend(r *Result, made *batch.Batch, i, at int, old *batch.Batch, before int, moved bool) bool {
	var write []int
	conflict, strange := false, false
	for f := range made.Vectors {
		if !moved && !c.set[f] && c.Before == nil || c.same(made, f, i, c.stands, f, at) {
			continue
		}
		switch {
		case moved || c.Move.Claim || c.Before == nil:
			write = append(write, f)
		case before < 0:
			strange = true // the mapping has not made this row
		case !c.set[f]:
			conflict = true
		case (c.fields[f] < 0 || c.former[f]) && c.stands.Vectors[f].Null(at), c.fields[f] >= 0 && c.same(old, c.fields[f], before, c.stands, f, at):
			write = append(write, f)
		default:
			conflict = true
		}
	}
	switch {
	case strange || conflict && len(write) == 0:
		r.Conflicts = append(r.Conflicts, i)
		return false
	case conflict:
		r.Corrected = append(r.Corrected, i)
	}
	if len(write) == 0 {
		r.Equal++
		return false
	}
	for f := range c.rows.Vectors {
		if slices.Contains(write, f) {
			c.rows.Vectors[f].AppendFrom(&made.Vectors[f], i)
			r.Fields[c.New.Fields[f].Name]++
		} else {
			c.rows.Vectors[f].AppendFrom(&c.stands.Vectors[f], at)
		}
	}
	r.Stood = r.Stood.Plus(c.Hasher.Row(c.stands, at, nil))
	r.Changed++
	return true
}

func (c *Comparer) same(x *batch.Batch, xf, i int, y *batch.Batch, yf, j int) bool {
	c.a = batch.AppendCanonical(c.a[:0], x.Columns[xf].Type, &x.Vectors[xf], i)
	c.b = batch.AppendCanonical(c.b[:0], y.Columns[yf].Type, &y.Vectors[yf], j)
	return string(c.a) == string(c.b)
}

// Shown is how a row of Made is called.
func (c *Comparer) Shown(r *Result, i int, secret []byte) string {
	return transform.ShowKey(r.Made, i, c.key, secret, c.New.Classified())
}
