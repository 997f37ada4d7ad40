package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Load opens the transaction of one chunk.
func (e *endpoint) Load(ctx context.Context, s providers.LoadSpec) (providers.Loader, error) {
	s.Table = home(s.Table)
	object := s.Table.String()
	t, err := e.pool.begin(ctx, readWrite)
	if err != nil {
		return nil, e.fail("load", object, err)
	}
	l := &loader{e: e, tx: t, spec: s, object: object}
	if err := l.start(ctx); err != nil {
		t.end()
		return nil, e.fail("load", object, err)
	}
	return l, nil
}

// loader is one chunk's transaction. At most one COPY is under way in it, the feed.
type loader struct {
	e        *endpoint
	tx       *tx
	spec     providers.LoadSpec
	object   string
	rel      *relation
	standing string // the table's own rows in SQL, without those of tables that inherit from it
	key      []schema.Column
	at       []int // the key's places in the batches
	feed     *feed
	sets     []int
	staged   bool // the temporary table of an upsert is there
	rows     int64
	objects  map[int64]bool // large objects that this chunk has made
	written  [][]byte       // hashes of keys, where they are tracked
	rejects  []providers.Reject
	pairs    []providers.KeyPair // of the key map, still to be written
	try      string              // tells the entries of this try at the chunk from those of others
	replaced batch.Digest
	failed   error
	closed   bool
}

// start checks the table and the fence before a row moves.
func (l *loader) start(ctx context.Context) error {
	rel, err := find(ctx, l.tx, l.spec.Table)
	if err != nil {
		return err
	}
	if rel.kind != "r" && rel.kind != "p" && rel.ref != madeObjects {
		return &providers.Error{Op: "load", Object: l.object, Class: providers.Unsupported, Err: errors.New("only tables can be loaded")}
	}
	if err := rel.check("load", l.spec.Columns); err != nil {
		return err
	}
	l.rel, l.standing = rel, rel.only()
	for _, k := range l.spec.Key {
		i := slices.IndexFunc(l.spec.Columns, func(c schema.Column) bool { return c.Name == k })
		if i < 0 {
			return fmt.Errorf("the key's column %s is not among the columns", k)
		}
		l.key, l.at = append(l.key, l.spec.Columns[i]), append(l.at, i)
		if err := l.keyed(k); err != nil {
			return err
		}
	}
	if l.spec.Mode == providers.Upsert && len(l.key) == 0 {
		return errors.New("an upsert needs a key")
	}
	if l.sets, err = l.spec.Sets(); err != nil {
		return err
	}
	if err := l.e.fenced(ctx, l.tx, l.spec.Epoch, ""); err != nil {
		return err
	}
	return l.fresh(ctx)
}

// fresh waits for an earlier try at the chunk that may still commit, and refuses the chunk where it has. Two statements:
// the second sees what was committed while the first waited.
func (l *loader) fresh(ctx context.Context) error {
	s := l.spec
	if _, err := l.tx.exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('migrateiq ' || $1 || ' ' || $2 || ' ' || $3, 0))`, s.Run, s.Mapping, s.ChunkID); err != nil {
		return err
	}
	var there bool
	err := l.tx.row(ctx, `SELECT EXISTS (SELECT FROM _migrateiq.chunk WHERE run = $1 AND mapping = $2 AND chunk = $3 AND moment <> $4)`,
		s.Run, s.Mapping, s.ChunkID, s.Redo).Scan(&there)
	if err == nil && there {
		err = &providers.Error{Op: "load", Object: l.object, Class: providers.Ambiguous, Err: providers.ErrCommitted}
	}
	return err
}

// keyed refuses a key by which rows could not be told apart, or not by what the ledger keeps of it: the server may hold
// two keys equal that are not the same, and the second of two source rows would silently take the place of the first.
func (l *loader) keyed(column string) error {
	f := l.rel.forms[column]
	bad := &providers.Error{Op: "load", Object: l.object, Column: column, Class: providers.Unsupported}
	switch kind := f.root().typ.Kind; {
	case f.ops == "" && (l.spec.Mode == providers.Upsert || l.spec.Track):
		bad.Err = fmt.Errorf("a key of type %s has no equality", f.typ)
	case l.spec.Track && !l.rel.exact(column) && kind != schema.Decimal && kind != schema.Float32 && kind != schema.Float64 && kind != schema.Interval:
		bad.Err = fmt.Errorf("different values of type %s may be equal keys, which the ledger cannot tell", f.typ)
		bad.Remedy = "Use a key that is the source's own key unchanged, or a column of another type."
	default:
		return nil
	}
	return bad
}

func (l *loader) Write(ctx context.Context, b *batch.Batch) error {
	if l.failed != nil {
		return l.failed
	}
	err := l.write(ctx, b)
	if err != nil {
		l.failed = l.e.fail("load", l.object, err)
	}
	return l.failed
}

func (l *loader) write(ctx context.Context, b *batch.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	if l.rel.pieces != "" {
		return l.makePieces(ctx, b)
	}
	if l.feed == nil {
		if err := l.open(ctx); err != nil {
			return err
		}
	}
	if l.spec.Track {
		l.note(b)
	}
	return l.feed.write(ctx, b)
}

// open starts a COPY: into the table itself, or into the temporary one of an upsert.
func (l *loader) open(ctx context.Context) (err error) {
	into := quoteRef(l.spec.Table)
	if l.spec.Mode == providers.Upsert {
		into = staging
		if !l.staged {
			if err := l.stage(ctx, staging, l.spec.Columns); err != nil {
				return err
			}
			l.staged = true
		}
	}
	l.feed, err = l.e.copyIn(context.WithoutCancel(ctx), l.tx.conn, into, l.object, l.spec.Columns, l.rel.of(l.spec.Columns))
	if err == nil {
		l.feed.base = l.rows
	}
	return err
}

// settle ends the COPY that is under way.
func (l *loader) settle(ctx context.Context) error {
	if l.feed == nil {
		return nil
	}
	f := l.feed
	err := f.finish(ctx)
	l.feed, l.rows = nil, l.rows+f.sent
	return err
}

// note keeps a hash of every row's key; its bytes are those of the digest, so that equal keys have equal hashes.
func (l *loader) note(b *batch.Batch) {
	var text []byte
	for i := range b.Len() {
		text = text[:0]
		for n, at := range l.at {
			text = appendKey(text, l.key[n].Type, &b.Vectors[at], i)
		}
		sum := sha256.Sum256(text)
		l.written = append(l.written, sum[:])
	}
}

// appendKey is the canonical form of a key's value, or of the one that stands for all that are equal to it.
func appendKey(dst []byte, t schema.Type, v *batch.Vector, i int) []byte {
	switch {
	case v.Null(i):
	case v.Storage() == schema.Floats && v.Floats[i] == 0:
		zero := batch.NewVector(t)
		zero.AppendFloat(0)
		return batch.AppendCanonical(dst, t, &zero, 0)
	case t.Kind == schema.Interval:
		x, ok := batch.ParseInterval(v.Blob(i))
		if !ok {
			break // the encoder refuses it
		}
		days := int64(x.Months)*30 + int64(x.Days) + x.Micros/86400e6
		return fmt.Appendf(append(dst, 1), "%d %d;", days, x.Micros%86400e6)
	}
	return batch.AppendCanonical(dst, t, v, i)
}

func (l *loader) Reject(_ context.Context, r []providers.Reject) error {
	l.rejects = append(l.rejects, r...)
	return nil
}

// Commit does what is left of the chunk's work, checks the fence while holding it, and commits.
func (l *loader) Commit(ctx context.Context, c providers.ChunkRecord) (providers.ChunkRecord, error) {
	if l.failed != nil {
		return c, l.failed
	}
	c, err := l.commit(ctx, c)
	l.failed = cmp.Or(l.e.fail("load", l.object, err), errClosed)
	return c, l.e.fail("load", l.object, err)
}

func (l *loader) commit(ctx context.Context, c providers.ChunkRecord) (providers.ChunkRecord, error) {
	if err := l.settle(ctx); err != nil {
		return c, err
	}
	if l.staged {
		if err := l.merge(ctx); err != nil {
			return c, err
		}
	}
	if err := c.Hold(l.spec, l.replaced); err != nil {
		return c, errors.Join(err, l.Close()) // so that the next try does not wait for this one's locks
	}
	if err := l.side(ctx); err != nil {
		return c, err
	}
	if err := l.keepKeys(ctx); err != nil {
		return c, err
	}
	if err := l.e.fenced(ctx, l.tx, l.spec.Epoch, " FOR SHARE"); err != nil {
		return c, err
	}
	c.Replaced = c.Replaced.Plus(l.replaced)
	c, err := record(ctx, l.tx, c, l.spec.Redo != "")
	if err != nil {
		return c, err
	}
	return c, l.tx.commit(ctx)
}

// side writes the ledger's rows beside the chunk's record: keys and rejects. Those of an earlier try at the chunk go.
func (l *loader) side(ctx context.Context) error {
	s := l.spec
	if s.Track {
		if _, err := l.tx.exec(ctx, `DELETE FROM _migrateiq.written WHERE run = $1 AND mapping = $2 AND chunk = $3`, s.Run, s.Mapping, s.ChunkID); err != nil {
			return err
		}
		slices.SortFunc(l.written, slices.Compare) // in one order in all chunks, so that two cannot wait for each other
		if _, err := l.tx.exec(ctx, `INSERT INTO _migrateiq.written (run, mapping, key, chunk) SELECT $1, $2, k, $3 FROM unnest($4::bytea[]) WITH ORDINALITY AS u(k, n) ORDER BY n`,
			s.Run, s.Mapping, s.ChunkID, l.written); err != nil {
			return err
		}
	}
	if _, err := l.tx.exec(ctx, `DELETE FROM _migrateiq.reject WHERE run = $1 AND mapping = $2 AND chunk = $3`, s.Run, s.Mapping, s.ChunkID); err != nil {
		return err
	}
	if len(l.rejects) == 0 {
		return nil
	}
	cols := make([][]string, 4)
	for _, r := range l.rejects {
		for i, x := range []string{r.Key, r.Field, r.Rule, r.Reason} {
			cols[i] = append(cols[i], strings.ReplaceAll(strings.ToValidUTF8(x, "\uFFFD"), "\x00", `\x00`)) // texts for people
		}
	}
	_, err := l.tx.exec(ctx, `INSERT INTO _migrateiq.reject (run, mapping, chunk, n, key, field, rule, reason)
		SELECT $1, $2, $3, n, k, f, r, w FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS u(k, f, r, w, n)`,
		s.Run, s.Mapping, s.ChunkID, cols[0], cols[1], cols[2], cols[3])
	return err
}

func (l *loader) Close() error {
	if l.closed {
		return nil
	}
	l.closed = true
	if l.feed != nil {
		l.feed.abort()
		l.feed = nil
	}
	l.tx.end()
	if l.failed == nil {
		l.failed = errClosed
	}
	return nil
}
