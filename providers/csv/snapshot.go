package csv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// summed is the digest of a file's bytes, good as long as the file stays as it is.
type summed struct {
	size int64
	time time.Time
	hash string
}

// Fingerprint digests the bytes of a table's files.
func (e *endpoint) Fingerprint(ctx context.Context, r schema.Ref) (string, error) {
	t, err := e.find(r)
	if err != nil {
		return "", err
	}
	return e.fingerprint(ctx, t)
}

func (e *endpoint) fingerprint(ctx context.Context, t table) (string, error) {
	all := sha256.New()
	for i := range t.files {
		hash, err := e.hashFile(ctx, &t.files[i])
		if err != nil {
			return "", err
		}
		if len(t.files) == 1 {
			return "sha256:" + hash, nil
		}
		fmt.Fprintln(all, hash)
	}
	return "sha256:" + hex.EncodeToString(all.Sum(nil)), nil
}

func (e *endpoint) hashFile(ctx context.Context, f *file) (string, error) {
	e.mu.Lock()
	have, ok := e.sums[f.path]
	e.mu.Unlock()
	if ok && have.size == f.size && have.time.Equal(f.time) {
		return have.hash, nil
	}
	in, err := os.Open(f.path)
	if err != nil {
		return "", fail("read", f.shown, err)
	}
	defer in.Close() // it was only read
	sum := sha256.New()
	if _, err := io.Copy(sum, cancelled{ctx, in}); err != nil {
		return "", fail("read", f.shown, err)
	}
	if err := f.unchanged(); err != nil {
		return "", err
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	e.mu.Lock()
	e.sums[f.path] = summed{f.size, f.time, hash}
	e.mu.Unlock()
	return hash, nil
}

// cancelled is a reader that stops with its context.
type cancelled struct {
	ctx context.Context
	in  io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.in.Read(p)
}

// snapshot is the folder as it was at one moment. Files cannot be held still, so a file that has changed since is an
// error of whoever reads it.
type snapshot struct {
	endpoint *endpoint
	tables   map[string]table
	moment   string
}

var (
	_ providers.Snapshot   = (*snapshot)(nil)
	_ providers.Chunker    = (*snapshot)(nil)
	_ providers.Counter    = (*snapshot)(nil)
	_ providers.Positioner = (*snapshot)(nil)
)

// Snapshot names its moment by the bytes of all tables, so the moments of two equal folders are equal.
func (e *endpoint) Snapshot(ctx context.Context, _ int) (providers.Snapshot, error) {
	all, err := e.tables()
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		hash, err := e.fingerprint(ctx, all[name])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%q %s\n", name, hash)
	}
	return &snapshot{e, all, "sha256:" + hex.EncodeToString(sum.Sum(nil))}, nil
}

func (s *snapshot) Moment() string { return s.moment }

func (s *snapshot) Close() error { return nil }

func (s *snapshot) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	t, err := pick(s.tables, spec.Table)
	if err != nil {
		return nil, err
	}
	return s.endpoint.read(ctx, t, spec)
}

func (s *snapshot) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	found, err := pick(s.tables, t.Ref)
	if err != nil {
		return nil, err
	}
	return s.endpoint.chunks(ctx, found, t, bytes, positional)
}

func (s *snapshot) Count(ctx context.Context, spec providers.ReadSpec) (int64, error) {
	t, err := pick(s.tables, spec.Table)
	if err != nil {
		return 0, err
	}
	return s.endpoint.count(ctx, t, spec)
}

func (s *snapshot) Position(ctx context.Context, r schema.Ref, c schema.Column) (string, error) {
	t, err := pick(s.tables, r)
	if err != nil {
		return "", err
	}
	return s.endpoint.position(ctx, t, c)
}
