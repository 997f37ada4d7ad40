package csv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// loader writes a chunk into one part. The part gets its name, and the ledger its record, in Commit.
type loader struct {
	endpoint *endpoint
	spec     providers.LoadSpec
	encoder  encoder
	part     *partWriter
	path     string
	rows     int64
	guards   []*guard
	ties     []*tie
	rejects  []providers.Reject
	over     bool
}

// guard collects the keys of a chunk, to be held against those that are there when it commits.
type guard struct {
	columns []schema.Column
	at      []int // in the batch
	within  func(p part) bool
	nulls   bool
	seen    map[keyHash]int64
	buf     []byte
}

// Load starts a chunk. Rows that are there stay as they are: a csv target appends and replaces.
func (e *endpoint) Load(_ context.Context, s providers.LoadSpec) (providers.Loader, error) {
	d, err := e.load()
	if err != nil {
		return nil, err
	}
	if s.Mode != providers.Insert {
		return nil, failure("load", s.Table.String(), providers.Unsupported, fmt.Sprintf("a csv target cannot %s: its modes are append and replace", s.Mode))
	}
	if _, err := s.Sets(); err != nil {
		return nil, err
	}
	if err := d.holds(s.Run, s.Epoch); err != nil {
		return nil, err
	}
	if err := d.fresh(s); err != nil {
		return nil, err
	}
	k, err := d.table(s.Table)
	if err != nil {
		return nil, err
	}
	l := &loader{endpoint: e, spec: s, encoder: encoder{table: k, dialect: k.Dialect}, path: k.folder() + "/" + fileName(s.ChunkID) + e.ending()}
	if err := l.match(k); err != nil {
		return nil, err
	}
	header, err := l.encoder.header()
	if err != nil {
		return nil, &providers.Error{Op: "load", Object: k.Name, Class: providers.Unsupported, Err: err}
	}
	if l.part, err = newPart(filepath.Join(e.root, k.folder()), e.config.Compress == "gzip"); err != nil {
		return nil, fail("load", k.Name, err)
	}
	if _, err := l.part.out.Write(header); err != nil {
		return nil, fail("load", k.Name, errors.Join(err, l.part.discard()))
	}
	return l, nil
}

// fileName keeps ids that are plain and hashes the others.
func fileName(id string) string {
	for _, c := range id {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return hashText(id)
		}
	}
	if id == "" || len(id) > 100 {
		return hashText(id)
	}
	return id
}

// match finds the table's columns in the batches and sets guards for its keys.
func (l *loader) match(k *kept) error {
	for _, c := range l.spec.Columns {
		have := slices.IndexFunc(k.Columns, func(x schema.Column) bool { return x.Name == c.Name })
		if have < 0 || !k.Columns[have].Type.Equal(c.Type) {
			return &providers.Error{Op: "load", Object: k.Name, Column: c.Name, Class: providers.Unsupported, Err: fmt.Errorf("the table has no such column of type %s", c.Type)}
		}
	}
	for _, c := range k.Columns {
		at := slices.IndexFunc(l.spec.Columns, func(x schema.Column) bool { return x.Name == c.Name })
		if at < 0 && !c.Null {
			return &providers.Error{Op: "load", Object: k.Name, Column: c.Name, Class: providers.BadValue, Err: errors.New("the column is not null and nothing is written into it")}
		}
		l.encoder.from = append(l.encoder.from, at)
	}
	all := func(part) bool { return true }
	if k.Primary != nil {
		l.guard(k.Primary.Columns, all, false)
	}
	for _, key := range k.Keys {
		l.guard(key.Columns, all, true)
	}
	for _, f := range k.Foreign {
		l.tie(f)
	}
	if len(l.spec.Key) > 0 && l.spec.Track {
		l.guard(l.spec.Key, func(p part) bool { return p.Run == l.spec.Run && p.Mapping == l.spec.Mapping }, false)
	}
	return nil
}

func (l *loader) guard(names []string, within func(part) bool, nulls bool) {
	g := &guard{within: within, nulls: nulls, seen: map[keyHash]int64{}}
	for _, name := range names {
		at := slices.IndexFunc(l.spec.Columns, func(x schema.Column) bool { return x.Name == name })
		if at < 0 {
			return // the column gets nulls, which are equal to nothing; a key without nulls has been refused
		}
		g.at, g.columns = append(g.at, at), append(g.columns, l.spec.Columns[at])
	}
	l.guards = append(l.guards, g)
}

// Write appends rows to the part.
func (l *loader) Write(ctx context.Context, b *batch.Batch) error {
	if l.over {
		return failure("write", l.path, providers.Conflict, "the loader is closed")
	}
	for i := range b.Len() {
		if i&1023 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		line, err := l.encoder.row(b, i)
		if err != nil {
			return err
		}
		if _, err := l.part.out.Write(line); err != nil {
			return fail("write", l.path, err)
		}
		l.rows++
		for _, g := range l.guards {
			if err := l.watch(g, b, i); err != nil {
				return err
			}
		}
		for _, x := range l.ties {
			x.watch(b, i, l.rows)
		}
	}
	return nil
}

func (l *loader) watch(g *guard, b *batch.Batch, i int) error {
	var key keyHash
	var whole bool
	key, g.buf, whole = hashKey(b, i, g.at, g.buf)
	if !whole && g.nulls {
		return nil
	}
	if !whole {
		return l.encoder.bad(schema.Column{Name: listed(g.columns)}, errors.New("there is a null in the key"))
	}
	if first, twice := g.seen[key]; twice {
		return duplicate(l.spec.Table.Name, g.columns, fmt.Sprintf("rows %d and %d of the chunk", first, l.rows))
	}
	g.seen[key] = l.rows
	return nil
}

// Reject keeps rejects for the ledger.
func (l *loader) Reject(_ context.Context, r []providers.Reject) error {
	l.rejects = append(l.rejects, r...)
	return nil
}

// Commit gives the part its name and then stores the ledger. What dies in between leaves a part that no table has.
func (l *loader) Commit(ctx context.Context, c providers.ChunkRecord) (providers.ChunkRecord, error) {
	if l.over {
		return c, failure("commit", l.path, providers.Conflict, "the loader is closed")
	}
	if err := c.Hold(l.spec, batch.Digest{}); err != nil { // nothing stands at the keys of a part
		return c, errors.Join(err, l.Close())
	}
	if err := l.part.finish(); err != nil {
		return c, fail("write", l.path, err)
	}
	c.Committed = time.Now().UTC()
	err := l.endpoint.change(ctx, func(d *document) error {
		if err := l.admit(ctx, d); err != nil {
			return err
		}
		return l.enter(d, c)
	})
	if err == nil {
		l.over = true
		if l.rows == 0 {
			_ = l.part.discard() // else the next Open does
		}
	}
	return c, err
}

// fresh refuses a chunk that an earlier try has committed.
func (d *document) fresh(s providers.LoadSpec) error {
	for _, r := range d.Records {
		if r.Run == s.Run && r.Mapping == s.Mapping && r.Chunk == s.ChunkID {
			return &providers.Error{Op: "load", Object: s.Table.Name, Class: providers.Ambiguous, Err: providers.ErrCommitted}
		}
	}
	return nil
}

// admit looks whether the chunk may be committed.
func (l *loader) admit(ctx context.Context, d *document) error {
	if err := d.holds(l.spec.Run, l.spec.Epoch); err != nil {
		return err
	}
	if err := d.fresh(l.spec); err != nil {
		return err
	}
	k, err := d.table(l.spec.Table)
	if err != nil {
		return err
	}
	for _, g := range l.guards {
		if err := l.clash(ctx, g, k); err != nil {
			return err
		}
	}
	for _, x := range l.ties {
		if err := l.tied(ctx, x, d); err != nil {
			return err
		}
	}
	return nil
}

// clash reads the keys that are there.
func (l *loader) clash(ctx context.Context, g *guard, k *kept) error {
	t, err := l.endpoint.tableOf(k)
	if err != nil {
		return err
	}
	files := t.files
	t.files = nil
	for i, p := range k.Parts {
		if g.within(p) {
			t.files = append(t.files, files[i])
		}
	}
	at := firstColumns(len(g.columns))
	return l.endpoint.each(ctx, t, g.columns, func(b *batch.Batch, i int, line int64) error {
		var key keyHash
		var whole bool
		if key, g.buf, whole = hashKey(b, i, at, g.buf); !whole {
			return nil
		}
		if row, twice := g.seen[key]; twice {
			return duplicate(t.name, g.columns, fmt.Sprintf("row %d of the chunk and line %d of a part that is there", row, line))
		}
		return nil
	})
}

func (l *loader) enter(d *document, c providers.ChunkRecord) error {
	k := d.Tables[l.spec.Table.Name]
	if l.rows > 0 {
		folder := filepath.Dir(l.endpoint.at(l.path))
		if err := errors.Join(os.Rename(l.part.file.Name(), l.endpoint.at(l.path)), syncFolder(folder)); err != nil {
			return fail("write", l.path, err)
		}
		k.Parts = append(k.Parts, part{Path: l.path, Rows: l.rows, Bytes: l.part.bytes, SHA256: l.part.hash(), Digest: c.Written.String(),
			Run: l.spec.Run, Mapping: l.spec.Mapping, Chunk: l.spec.ChunkID})
	}
	d.Records = append(d.Records, record{ChunkRecord: c})
	for _, r := range l.rejects {
		d.Rejects = append(d.Rejects, reject{c.Run, c.Mapping, c.Chunk, r})
	}
	return nil
}

// Close forgets a chunk that was not committed.
func (l *loader) Close() error {
	if l.over {
		return nil
	}
	l.over = true
	if err := l.part.discard(); err != nil && !errors.Is(err, fs.ErrNotExist) { // gone: it has its name and waits for the ledger
		return fail("write", l.path, err)
	}
	return nil
}
