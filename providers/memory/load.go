package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// loader collects what a chunk does and does it all at Commit.
type loader struct {
	s       *store
	spec    providers.LoadSpec
	put     *batch.Batch
	gone    *batch.Batch
	rejects []providers.Reject
	ended   error
}

var _ providers.Deleter = (*loader)(nil)

func (e *endpoint) Load(_ context.Context, spec providers.LoadSpec) (providers.Loader, error) {
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	t := e.s.tables[spec.Table]
	if t == nil {
		return nil, notFound("load", spec.Table)
	}
	if spec.Mode == providers.Upsert && (len(spec.Key) == 0 || spec.Hasher == nil) {
		return nil, fault("load", spec.Table.String(), providers.Unsupported, "an upsert needs a key and a hasher")
	}
	if _, err := spec.Sets(); err != nil {
		return nil, err
	}
	for _, c := range spec.Columns {
		if t.place(c.Name) < 0 {
			return nil, fault("load", spec.Table.String(), providers.NotFound, "the table has no column %s", c.Name)
		}
	}
	if err := e.s.book.check(spec.Epoch); err != nil {
		return nil, err
	}
	if err := e.s.book.fresh(spec); err != nil {
		return nil, err
	}
	return &loader{s: e.s, spec: spec, put: batch.New(spec.Columns, noLimit)}, nil
}

// fresh refuses a chunk that an earlier try has committed.
func (b *book) fresh(s providers.LoadSpec) error {
	for _, r := range b.records {
		if r.Run == s.Run && r.Mapping == s.Mapping && r.Chunk == s.ChunkID && r.Moment != s.Redo {
			return &providers.Error{Op: "load", Object: s.Table.String(), Class: providers.Ambiguous, Err: providers.ErrCommitted}
		}
	}
	return nil
}

func (l *loader) Write(ctx context.Context, b *batch.Batch) error {
	if l.ended != nil || ctx.Err() != nil {
		return first(l.ended, context.Cause(ctx))
	}
	for i := range b.Len() {
		l.put.AppendRow(b, i)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) Delete(ctx context.Context, keys *batch.Batch) error {
	if l.ended != nil || ctx.Err() != nil {
		return first(l.ended, context.Cause(ctx))
	}
	if l.gone == nil {
		l.gone = batch.New(keys.Columns, noLimit)
	}
	for i := range keys.Len() {
		l.gone.AppendRow(keys, i)
	}
	return nil
}

func (l *loader) Reject(_ context.Context, r []providers.Reject) error {
	l.rejects = append(l.rejects, r...)
	return l.ended
}

func (l *loader) Close() error {
	l.ended = first(l.ended, fmt.Errorf("load %s: the loader is closed", l.spec.Table))
	return nil
}

func (l *loader) Commit(ctx context.Context, r providers.ChunkRecord) (providers.ChunkRecord, error) {
	if l.ended != nil || ctx.Err() != nil {
		return r, first(l.ended, context.Cause(ctx))
	}
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	l.ended = fmt.Errorf("load %s: the chunk has ended", l.spec.Table)
	if err := errors.Join(l.s.book.check(l.spec.Epoch), l.s.book.fresh(l.spec)); err != nil {
		return r, err
	}
	t := l.s.tables[l.spec.Table]
	if t == nil {
		return r, notFound("load", l.spec.Table)
	}
	written, err := l.track()
	if err != nil {
		return r, err
	}
	next, replaced, err := l.merge(t)
	if err != nil {
		return r, err
	}
	if err := r.Hold(l.spec, replaced); err != nil {
		return r, err
	}
	r.Replaced = r.Replaced.Plus(replaced)
	r.Committed = time.Now().UTC().Truncate(time.Microsecond)
	l.s.tables[l.spec.Table] = &table{def: t.def, rows: next}
	l.s.book.record(r, l.rejects, written)
	return r, nil
}

// track gives the written keys of the mapping with this chunk's, or nil where none are kept.
func (l *loader) track() (map[string]string, error) {
	if !l.spec.Track {
		return nil, nil
	}
	keys := maps.Clone(l.s.book.written[bookKey{l.spec.Run, l.spec.Mapping}])
	if keys == nil {
		keys = map[string]string{}
	}
	maps.DeleteFunc(keys, func(_, chunk string) bool { return chunk == l.spec.ChunkID })
	for i := range l.put.Len() {
		k, ok := canonical(l.put, l.keyPlaces(l.put.Columns), i)
		if _, there := keys[k]; there || !ok {
			return nil, l.duplicate(i)
		}
		keys[k] = l.spec.ChunkID
	}
	return keys, nil
}

func (l *loader) duplicate(i int) error {
	return &providers.Error{Op: "load", Object: l.spec.Table.String(), Row: fmt.Sprintf("row %d of the chunk", i+1), Nth: int64(i + 1), Class: providers.Conflict, Err: providers.ErrDuplicateKey}
}

func (l *loader) keyPlaces(columns []schema.Column) []int {
	places := []int{}
	for _, k := range l.spec.Key {
		for i, c := range columns {
			if c.Name == k {
				places = append(places, i)
			}
		}
	}
	return places
}

// merge gives the table's rows after the chunk, and the digest of those that it takes away.
func (l *loader) merge(t *table) (*batch.Batch, batch.Digest, error) {
	var replaced batch.Digest
	if err := l.nulls(t); err != nil {
		return nil, replaced, err
	}
	takes := map[string]bool{}
	if l.spec.Mode == providers.Upsert {
		for i := range l.put.Len() {
			if k, ok := canonical(l.put, l.keyPlaces(l.put.Columns), i); ok {
				takes[k] = true
			}
		}
	}
	if l.gone != nil {
		for i := range l.gone.Len() {
			if k, ok := canonical(l.gone, l.keyPlaces(l.gone.Columns), i); ok {
				takes[k] = true
			}
		}
	}
	gone, stands := map[int]bool{}, map[string]int{}
	if len(takes) > 0 {
		var order []int
		for _, c := range l.spec.Columns {
			order = append(order, t.place(c.Name))
		}
		for i := range t.rows.Len() {
			if k, ok := canonical(t.rows, l.keyPlaces(t.def.Columns), i); ok && takes[k] {
				gone[i], stands[k] = true, i
				replaced = replaced.Plus(l.spec.Hasher.Row(t.rows, i, order))
			}
		}
	}
	next := without(t.rows, gone)
	l.appendTo(next, t, stands)
	return next, replaced, l.unique(&table{def: t.def, rows: next}, next.Len()-l.put.Len())
}

func (l *loader) nulls(t *table) error {
	for _, c := range t.def.Columns {
		for i, p := range l.spec.Columns {
			if p.Name == c.Name && !c.Null && l.put.Vectors[i].HasNulls() {
				return &providers.Error{Op: "load", Object: t.def.Ref.String(), Column: c.Name, Class: providers.BadValue, Err: fmt.Errorf("a null is in a column that takes none")}
			}
		}
	}
	return nil
}

// appendTo adds the chunk's rows. A column that is not theirs to write keeps what stands at the key; of a new row it is
// null where the chunk has not the column.
func (l *loader) appendTo(next *batch.Batch, t *table, stands map[string]int) {
	places := l.keyPlaces(l.put.Columns)
	for c, col := range t.def.Columns {
		from := slices.IndexFunc(l.spec.Columns, func(p schema.Column) bool { return p.Name == col.Name })
		sets := from >= 0 && (l.spec.Set == nil || slices.Contains(l.spec.Set, col.Name))
		for i := range l.put.Len() {
			at, there := -1, false
			if k, ok := canonical(l.put, places, i); ok {
				at, there = stands[k]
			}
			switch {
			case there && !sets:
				next.Vectors[c].AppendFrom(&t.rows.Vectors[c], at)
			case from < 0:
				next.Vectors[c].AppendNull()
			default:
				next.Vectors[c].AppendFrom(&l.put.Vectors[from], i)
			}
		}
	}
}

// unique looks for repeated keys; rows from start on are the chunk's.
func (l *loader) unique(t *table, start int) error {
	for _, u := range t.uniques() {
		seen := make(map[string]bool, t.rows.Len())
		for i := range t.rows.Len() {
			if u.while >= 0 && !t.rows.Vectors[u.while].Null(i) {
				continue
			}
			k, ok := canonical(t.rows, u.columns, i)
			if ok && seen[k] {
				return l.duplicate(max(0, i-start))
			}
			seen[k] = ok
		}
	}
	return nil
}
