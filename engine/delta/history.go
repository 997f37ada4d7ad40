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

// VersionSpec is a reading of a mapping in mode history.
type VersionSpec struct {
	Definition *plan.Definition
	Now        *transform.Transformer // of Definition.Dated
	Target     providers.Source
	Table      schema.Ref
	Standing   []schema.Column // as in Spec
	Hasher     *batch.Hasher
	Fresh      bool // the table holds no version yet, and is not read
	// Moment is that of the run, in microseconds. A plan does not know it, and takes it for later than all that stands.
	Moment int64
	Known  bool
	// Again says that the run goes on after a stop: a version that begins at its moment is its own and not finished yet.
	Again bool
	// Redefined says that a row whose own moment is not behind its version differs because the mapping makes it in another way.
	Redefined bool
}

// Versioner says which versions a reading opens and closes. It is not safe for concurrent use; Clone makes another.
type Versioner struct {
	VersionSpec
	c     *Comparer // its stands are the latest versions, in the columns of Definition
	keys  *batch.Batch
	at    []int // of each field of Definition, its place among those of Now; -1: of the version's time
	key   []int // places of the row's key among the fields of Definition
	made  []int // and among those of Now
	dated int   // the place of the row's moment among those of Now, -1 where it has none
	from  int   // places among the fields of Definition
	to    int
}

// Versions is what a batch comes to. It is good until the next Compare.
type Versions struct {
	Rows    *batch.Batch // to be written; the end of a version before the one that follows it
	Origin  []int        // of each of them, its place in the batch of the source
	Source  batch.Digest // of the columns read
	Stood   batch.Digest // of the rows that stand at the keys of Rows
	Opened  int64
	Closed  int64
	Equal   int64
	Refused []Refused
	Made    *batch.Batch // all rows that the mapping makes
	transform.Result
}

// Refused is a row of Made that no version can be opened for.
type Refused struct {
	Row  int
	Rule string // MomentBackwards, MomentTwice or ClockBackwards
}

// Rules by which a version is refused.
const (
	MomentBackwards = "history-backwards"   // the row's moment is before what its versions say already
	MomentTwice     = "history-same-moment" // the row has changed, and its moment is that of its version
	ClockBackwards  = "history-clock"       // the run's moment is not behind what the versions say already
)

// Why says it in a sentence.
func (r Refused) Why() string {
	switch r.Rule {
	case MomentTwice:
		return "its values have changed, and its moment is the one from which its version holds: two versions would begin at one moment"
	case ClockBackwards:
		return "its version holds from a moment that is not before that of the run"
	}
	return "its moment is before the one that its latest version holds from or to"
}

// NewVersioner makes a Versioner.
func NewVersioner(s VersionSpec) (*Versioner, error) {
	h, dated := s.Definition.History, s.Definition.Dated()
	c, err := New(Spec{New: s.Definition, Now: s.Now, Target: s.Target, Table: s.Table, Standing: s.Standing, Move: &plan.Delta{}, Hasher: s.Hasher})
	if err != nil {
		return nil, err
	}
	v := &Versioner{VersionSpec: s, c: c, dated: -1}
	for i, f := range s.Definition.Fields {
		at := slices.IndexFunc(dated.Fields, func(o plan.Field) bool { return o.Name == f.Name })
		switch f.Name {
		case h.From:
			v.from, v.dated, at = i, at, -1
		case h.To:
			v.to, at = i, -1
		}
		v.at = append(v.at, at)
	}
	v.key, v.made = places(s.Definition, h.Key), places(dated, h.Key)
	if v.from == v.to || len(v.key) == 0 || slices.Contains(v.made, -1) {
		return nil, fmt.Errorf("compare versions of %s: its definition is not one of mode history", s.Definition.TargetTable)
	}
	v.keys = batch.New(pick(s.Definition.Columns(), v.key), 0)
	return v, nil
}

// Clone makes a Versioner for one more goroutine.
func (v *Versioner) Clone() *Versioner {
	s := v.VersionSpec
	s.Now, s.Hasher = s.Now.Clone(), s.Hasher.Clone()
	out, _ := NewVersioner(s) // it has succeeded before
	return out
}

// Compare holds one batch of the source against the latest versions of its keys.
func (v *Versioner) Compare(ctx context.Context, b *batch.Batch) (*Versions, error) {
	source := v.Hasher.Batch(b, nil)
	made, err := v.Now.Run(b)
	if err != nil {
		return nil, err
	}
	rows := v.c.rows
	rows.Reset()
	r := &Versions{Rows: rows, Made: made.Out, Source: source, Result: made}
	index, err := v.index(made.Out)
	if err != nil {
		return nil, err
	}
	latest, err := v.latest(ctx, made.Out)
	if err != nil {
		return nil, err
	}
	origin := v.Now.Rows(nil)
	for i := range made.Out.Len() {
		at, there := latest[index[i]]
		if !there {
			at = -1
		}
		before := rows.Len()
		v.settle(r, made.Out, i, at)
		for range rows.Len() - before {
			r.Origin = append(r.Origin, origin[i])
		}
	}
	return r, nil
}

// index gives every row its key, and refuses two rows of one.
func (v *Versioner) index(b *batch.Batch) ([]key, error) {
	out, met := make([]key, b.Len()), make(map[key]bool, b.Len())
	for i := range out {
		k := v.c.keyOf(b, i, v.made)
		if met[k] {
			return nil, &providers.Error{Op: "compare", Object: v.Table.String(), Class: providers.Conflict, Err: ErrTwice}
		}
		out[i], met[k] = k, true
	}
	return out, nil
}

// latest reads the versions of the keys of b, and says where the latest of each key is among stands. Earlier ones are let
// go as it reads on, however many there are.
func (v *Versioner) latest(ctx context.Context, b *batch.Batch) (map[key]int, error) {
	stands := v.c.stands
	stands.Reset()
	out := make(map[key]int, b.Len())
	if v.Fresh || b.Len() == 0 {
		return out, nil
	}
	v.keys.Reset()
	for i, at := range v.made {
		v.keys.Columns[i].Name = v.c.Standing[v.key[i]].Name
		v.keys.Vectors[i].AppendAll(&b.Vectors[at])
	}
	there := slices.DeleteFunc(slices.Clone(v.c.Standing), func(c schema.Column) bool { return c.Name == "" })
	err := providers.Each(ctx, v.Target, providers.ReadSpec{Table: v.Table, Columns: there, Keys: v.keys}, func(found *batch.Batch) error {
		first := stands.Len()
		if err := v.c.take(found); err != nil {
			return err
		}
		for i := first; i < stands.Len(); i++ {
			k := v.c.keyOf(stands, i, v.key)
			if at, met := out[k]; !met || stands.Vectors[v.from].Ints[i] > stands.Vectors[v.from].Ints[at] {
				out[k] = i
			}
		}
		if stands.Len() > 4*len(out)+found.Len() {
			v.forget(out)
		}
		return nil
	})
	return out, err
}

// forget keeps of the versions read so far the latest of each key.
func (v *Versioner) forget(latest map[key]int) {
	kept := batch.New(v.c.stands.Columns, 0)
	for k, at := range latest {
		latest[k] = kept.Len()
		kept.AppendRow(v.c.stands, at)
	}
	v.c.stands = kept
}

// settle settles row i, whose latest version is at a place of stands; -1: it has none.
func (v *Versioner) settle(r *Versions, made *batch.Batch, i, at int) {
	if at < 0 {
		v.open(r, made, i, v.own(made, i))
		r.Opened++
		return
	}
	stands := v.c.stands
	open := stands.Vectors[v.to].Null(at)
	if open && v.same(made, i, at) {
		r.Equal++
		return
	}
	from, mine, rule := v.from1(made, i, at, open)
	if rule != "" {
		r.Refused = append(r.Refused, Refused{Row: i, Rule: rule})
		return
	}
	if open {
		r.Stood = r.Stood.Plus(v.Hasher.Row(stands, at, nil))
	}
	if open && !mine {
		v.close(r.Rows, at, from)
		r.Closed++
	}
	v.open(r, made, i, from)
	if !mine {
		r.Opened++
	}
}

// own is the moment of a row that has no version yet.
func (v *Versioner) own(made *batch.Batch, i int) int64 {
	if v.dated >= 0 {
		return made.Vectors[v.dated].Ints[i]
	}
	return v.Moment
}

// from1 is the moment from which the next version of a row holds, and whether that is the version which stands, of this
// run and not finished; or the rule by which there can be none.
func (v *Versioner) from1(made *batch.Batch, i, at int, open bool) (from int64, mine bool, rule string) {
	last := v.c.stands.Vectors[v.from].Ints[at]
	behind := func(m int64) bool { return m > last && (open || m >= v.c.stands.Vectors[v.to].Ints[at]) }
	if v.dated >= 0 {
		own := made.Vectors[v.dated].Ints[i]
		switch {
		case behind(own):
			return own, false, ""
		case v.Redefined: // as the run's moment tells
		case own == last && open:
			return 0, false, MomentTwice
		default:
			return 0, false, MomentBackwards
		}
	}
	switch {
	case !v.Known, behind(v.Moment):
		return v.Moment, false, ""
	case v.Again && open && v.Moment == last:
		return last, true, ""
	}
	return 0, false, ClockBackwards
}

// same reports whether a version holds what the mapping makes of the row.
func (v *Versioner) same(made *batch.Batch, i, at int) bool {
	for f, of := range v.at {
		if of >= 0 && !v.c.same(made, of, i, v.c.stands, f, at) {
			return false
		}
	}
	return true
}

func (v *Versioner) open(r *Versions, made *batch.Batch, i int, from int64) {
	for f, of := range v.at {
		to := &r.Rows.Vectors[f]
		switch {
		case f == v.from:
			to.AppendInt(from)
		case f == v.to:
			to.AppendNull()
		default:
			to.AppendFrom(&made.Vectors[of], i)
		}
	}
}

func (v *Versioner) close(rows *batch.Batch, at int, to int64) {
	for f := range v.at {
		if f == v.to {
			rows.Vectors[f].AppendInt(to)
			continue
		}
		rows.Vectors[f].AppendFrom(&v.c.stands.Vectors[f], at)
	}
}

// Shown is how a row of Made is called.
func (v *Versioner) Shown(made *batch.Batch, i int, secret []byte) string {
	return transform.ShowKey(made, i, v.made, secret, v.Definition.Current().Classified())
}
