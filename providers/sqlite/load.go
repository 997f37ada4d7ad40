package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// loader is one chunk's transaction. It holds the file's only write lock from the start.
type loader struct {
	e        *endpoint
	c        *conn
	spec     providers.LoadSpec
	table    string
	insert   *stmt
	encoders []encoder
	key      []int // the key's places among the columns
	sets     []int // places of the columns that a row which stands gets
	stand    *standing
	track    *stmt
	replaced batch.Digest
	rows     int64
	try      string // tells the entries in the key map of this try at the chunk from those of others
	buf      []byte
	failed   error // after a failed step SQLite may have ended the transaction: nothing may follow
}

var _ providers.Deleter = (*loader)(nil)

// Load begins a chunk. What an earlier try at the chunk left among the rejects and written keys goes.
func (e *endpoint) Load(ctx context.Context, spec providers.LoadSpec) (providers.Loader, error) {
	l, err := e.load(ctx, spec)
	if err != nil {
		return nil, failed("load", spec.Table.String(), err)
	}
	return l, nil
}

func (e *endpoint) load(ctx context.Context, spec providers.LoadSpec) (*loader, error) {
	name, err := tableName("load", spec.Table)
	if err != nil {
		return nil, err
	}
	if e.missing() {
		return nil, notFound("load", name)
	}
	c, err := e.write(ctx)
	if err != nil {
		return nil, err
	}
	spec.Columns = slices.Clone(spec.Columns)
	l := &loader{e: e, c: c, spec: spec, table: name}
	if err := l.begin(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *loader) begin(ctx context.Context) error {
	if _, err := l.c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := l.c.checkEpoch(ctx, l.spec.Epoch); err != nil {
		return err
	}
	if err := l.fresh(ctx); err != nil {
		return err
	}
	s, err := l.c.describe(ctx, l.table)
	if err != nil {
		return err
	}
	if s == nil {
		return notFound("load", l.table)
	}
	for _, k := range l.spec.Key {
		i := slices.IndexFunc(l.spec.Columns, func(c schema.Column) bool { return c.Name == k })
		if i < 0 {
			return fmt.Errorf("the key column %s is not among the columns", k)
		}
		l.key = append(l.key, i)
	}
	if err := l.prepare(s); err != nil {
		return err
	}
	for _, table := range []string{"reject", "written"} {
		_, err := l.c.exec(ctx, "DELETE FROM migrateiq_"+table+" WHERE run = ? AND mapping = ? AND chunk = ?", l.spec.Run, l.spec.Mapping, l.spec.ChunkID)
		if err != nil {
			return err
		}
	}
	return nil
}

// fresh refuses a chunk that an earlier try has committed. There is one writer at a time, so that none comes later.
func (l *loader) fresh(ctx context.Context) error {
	there, err := l.c.number(ctx, "SELECT count(*) FROM migrateiq_chunk WHERE run = ? AND mapping = ? AND chunk = ? AND moment <> ?",
		l.spec.Run, l.spec.Mapping, l.spec.ChunkID, l.spec.Redo)
	if err == nil && there > 0 {
		err = &providers.Error{Op: "load", Object: l.table, Class: providers.Ambiguous, Err: providers.ErrCommitted}
	}
	return err
}

func (l *loader) prepare(s *shape) (err error) {
	names := make([]string, len(l.spec.Columns))
	for i, col := range l.spec.Columns {
		names[i] = col.Name
		at, ok := s.column(col.Name)
		if !ok {
			return &providers.Error{Op: "load", Object: l.table, Column: col.Name, Class: providers.NotFound, Err: errors.New("the table has no such column")}
		}
		e, err := encoderFor(col.Type, affinityOf(at.declared))
		if err != nil {
			return unsupported("load", l.table, "column %s: %w", col.Name, err)
		}
		if at.notNull || at.name == s.alias || at.key > 0 {
			l.spec.Columns[i].Null = false
		}
		l.encoders = append(l.encoders, e)
	}
	params := "?" + strings.Repeat(", ?", len(names)-1)
	if l.insert, err = l.c.prepare("INSERT INTO " + quote(l.table) + " (" + quoted(names) + ") VALUES (" + params + ")"); err != nil {
		return err
	}
	if l.spec.Track {
		l.track, err = l.c.prepare(`INSERT INTO migrateiq_written (run, mapping, chunk, "key") VALUES (?, ?, ?, ?)`)
		if err != nil {
			return err
		}
	}
	if l.sets, err = l.spec.Sets(); err != nil {
		return err
	}
	if l.spec.Mode == providers.Upsert {
		l.stand, err = l.newStanding(s)
	}
	return err
}

// Write puts rows in, each by itself, so that the row that SQLite refuses is known.
func (l *loader) Write(ctx context.Context, b *batch.Batch) error {
	if l.failed != nil {
		return l.failed
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := l.write(ctx, b); err != nil {
		l.failed = failed("load", l.table, interrupted(ctx, err))
	}
	return l.failed
}

func (l *loader) write(ctx context.Context, b *batch.Batch) error {
	if len(b.Vectors) != len(l.spec.Columns) {
		return fmt.Errorf("the batch has %d columns, want %d", len(b.Vectors), len(l.spec.Columns))
	}
	for i, c := range l.spec.Columns {
		if !c.Null && b.Vectors[i].HasNulls() {
			return misplacedNull(l.table, c.Name, b, i, l.rows)
		}
	}
	defer l.c.watch(ctx)()
	for i := range b.Len() {
		if err := l.row(b, i); err != nil {
			return l.placed(err)
		}
		l.rows++
	}
	return nil
}

func misplacedNull(table, column string, b *batch.Batch, c int, before int64) error {
	i := 0
	for !b.Vectors[c].Null(i) {
		i++
	}
	return &providers.Error{Op: "load", Object: table, Column: column, Row: fmt.Sprintf("row %d of the chunk", before+int64(i)+1), Nth: before + int64(i) + 1,
		Class: providers.BadValue, Err: errors.New("a null is in a column that takes none")}
}

// placed adds the row's number to an error.
func (l *loader) placed(err error) error {
	var e *providers.Error
	if !errors.As(err, &e) {
		err = failed("load", l.table, err)
	}
	if errors.As(err, &e) && e.Row == "" {
		e.Row, e.Nth = fmt.Sprintf("row %d of the chunk", l.rows+1), l.rows+1
	}
	return err
}

func (l *loader) row(b *batch.Batch, i int) error {
	if l.track != nil {
		if err := l.remember(b, i); err != nil {
			return err
		}
	}
	if l.stand != nil {
		n, err := l.stand.find(b, i, l.key)
		if err != nil {
			return err
		}
		if n > 0 {
			return l.update(b, i)
		}
	}
	for c := range l.encoders {
		if err := l.bind(l.insert, c, b, i, c); err != nil {
			return err
		}
	}
	return l.insert.run()
}

// bind gives parameter p of a statement the value of column c.
func (l *loader) bind(s *stmt, p int, b *batch.Batch, i, c int) error {
	v := &b.Vectors[c]
	if v.Null(i) {
		return s.bindNull(p)
	}
	return l.encoded(l.encoders[c](s, p, v, i), c)
}

func (l *loader) encoded(err error, c int) error {
	if err == nil || code(err) != 0 {
		return err
	}
	return &providers.Error{Op: "load", Object: l.table, Column: l.spec.Columns[c].Name, Class: providers.BadValue, Err: err}
}

// remember puts the key among the run's written keys, where it may stand once.
func (l *loader) remember(b *batch.Batch, i int) error {
	l.buf = l.buf[:0]
	for _, c := range l.key {
		l.buf = batch.AppendCanonical(l.buf, b.Columns[c].Type, &b.Vectors[c], i)
	}
	if err := l.track.bind(l.spec.Run, l.spec.Mapping, l.spec.ChunkID, l.buf); err != nil {
		return err
	}
	return l.track.run()
}

// Reject keeps rows that did not pass.
func (l *loader) Reject(ctx context.Context, rejects []providers.Reject) error {
	if l.failed != nil {
		return l.failed
	}
	for _, r := range rejects {
		_, err := l.c.exec(ctx, `INSERT INTO migrateiq_reject (run, mapping, chunk, "key", field, rule, reason) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			l.spec.Run, l.spec.Mapping, l.spec.ChunkID, r.Key, r.Field, r.Rule, r.Reason)
		if err != nil {
			l.failed = failed("load", "migrateiq_reject", err)
			return l.failed
		}
	}
	return nil
}

// Commit stores the record and ends the transaction.
func (l *loader) Commit(ctx context.Context, r providers.ChunkRecord) (providers.ChunkRecord, error) {
	if l.failed != nil {
		return r, l.failed
	}
	if err := l.c.checkEpoch(ctx, l.spec.Epoch); err != nil {
		l.failed = failed("commit", l.table, err)
		return r, l.failed
	}
	if err := r.Hold(l.spec, l.replaced); err != nil {
		l.failed = err
		return r, errors.Join(err, l.Close()) // so that the next try does not wait for this one's lock
	}
	r.Replaced = r.Replaced.Plus(l.replaced)
	r.Committed = time.Now().UTC().Truncate(time.Microsecond)
	if err := l.c.record(ctx, r); err != nil {
		l.failed = failed("commit", l.table, err)
		return r, l.failed
	}
	if _, err := l.c.exec(ctx, "COMMIT"); err != nil {
		l.failed = commitFailed(l.table, err, l.c.inTransaction())
		return r, l.failed
	}
	l.failed = fmt.Errorf("load %s: the chunk is committed", l.table)
	return r, nil
}

// commitFailed: while the transaction is still open nothing of it is in the file; otherwise only the ledger knows.
func commitFailed(table string, err error, open bool) error {
	err = failed("commit", table, err)
	var e *providers.Error
	if !open && errors.As(err, &e) && e.Class == providers.Unknown {
		e.Class = providers.Ambiguous
	}
	return err
}

// Close undoes what was not committed.
func (l *loader) Close() error {
	if l.c == nil {
		return nil
	}
	for _, s := range []*stmt{l.insert, l.track} {
		if s != nil {
			s.close()
		}
	}
	if l.stand != nil {
		l.stand.close()
	}
	err := l.e.giveBack(l.c)
	l.c = nil
	if l.failed == nil {
		l.failed = fmt.Errorf("load %s: the loader is closed", l.table)
	}
	return err
}
