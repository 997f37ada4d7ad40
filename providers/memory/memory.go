// Package memory is a system that lives in the program: the reference of the contract and a double for tests.
package memory

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// New makes the provider. Endpoints of one provider that are opened by the same name see the same data.
func New() providers.Provider { return &provider{stores: map[string]*store{}} }

type provider struct {
	mu     sync.Mutex
	stores map[string]*store
}

// Config names a system inside the provider.
type Config struct {
	Name string `hcl:"name,optional"`
}

// Validate has nothing to refuse.
func (c *Config) Validate() []providers.FieldError { return nil }

func (p *provider) Name() string { return "memory" }

func (p *provider) NewConfig() providers.Config { return &Config{} }

func (p *provider) Open(_ context.Context, cfg providers.Config) (providers.Endpoint, error) {
	c, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("open memory: the configuration is a %T", cfg)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stores[c.Name]
	if s == nil {
		s = &store{tables: map[schema.Ref]*table{}, book: newBook()}
		p.stores[c.Name] = s
	}
	return &endpoint{name: c.Name, s: s}, nil
}

// store is the data of one system. Every change takes the lock; tables' rows are never changed but replaced, so that a
// snapshot is a copy of the map.
type store struct {
	mu      sync.Mutex
	tables  map[schema.Ref]*table
	book    *book
	moments int
}

type table struct {
	def  schema.Table
	rows *batch.Batch
}

const noLimit = 1 << 40

func newTable(def schema.Table) *table {
	return &table{def: def, rows: batch.New(def.Columns, noLimit)}
}

// endpoint is one way to the store.
type endpoint struct {
	name string
	s    *store
}

var (
	_ providers.Inspector   = (*endpoint)(nil)
	_ providers.Source      = (*endpoint)(nil)
	_ providers.Snapshotter = (*endpoint)(nil)
	_ providers.Chunker     = (*endpoint)(nil)
	_ providers.Counter     = (*endpoint)(nil)
	_ providers.Positioner  = (*endpoint)(nil)
	_ providers.Placer      = (*endpoint)(nil)
	_ providers.Definer     = (*endpoint)(nil)
	_ providers.Target      = (*endpoint)(nil)
	_ providers.Parted      = (*endpoint)(nil)
)

func (e *endpoint) Info() providers.Info {
	return providers.Info{Product: "memory", Version: "1", Identity: "memory:" + e.name, Modes: []string{"upsert", "mirror", "append", "replace", "history"}, Place: "memory " + e.name}
}

func (e *endpoint) Close() error { return nil }

func (e *endpoint) Parts() []any { return []any{ledger{e.s}} }

// Place keeps every type as it is, with the name that it has in another product.
func (e *endpoint) Place(t schema.Type) (schema.Type, error) {
	if t.Kind == schema.Unknown {
		return schema.Type{}, fault("place", t.String(), providers.Unsupported, "this type cannot be kept")
	}
	return t, nil
}

func fault(op, object string, class providers.Class, format string, args ...any) error {
	return &providers.Error{Op: op, Object: object, Class: class, Err: fmt.Errorf(format, args...)}
}

func notFound(op string, r schema.Ref) error {
	return &providers.Error{Op: op, Object: r.String(), Class: providers.NotFound, Err: fs.ErrNotExist}
}

func (e *endpoint) Inspect(_ context.Context, only []schema.Ref) (*schema.Catalog, error) {
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	cat := &schema.Catalog{Identity: "memory:" + e.name}
	for r, t := range e.s.tables {
		if only != nil && !slices.Contains(only, r) {
			continue
		}
		def := t.def
		def.Rows, def.Bytes = int64(t.rows.Len()), int64(t.rows.Bytes())
		cat.Tables = append(cat.Tables, def)
	}
	slices.SortFunc(cat.Tables, func(a, b schema.Table) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	return cat, nil
}

// view is the tables at one moment.
func (s *store) view() map[schema.Ref]*table {
	s.mu.Lock()
	defer s.mu.Unlock()
	tables := make(map[schema.Ref]*table, len(s.tables))
	for r, t := range s.tables {
		tables[r] = t
	}
	return tables
}

type snapshot struct {
	tables map[schema.Ref]*table
	moment string
}

var (
	_ providers.Chunker    = (*snapshot)(nil)
	_ providers.Counter    = (*snapshot)(nil)
	_ providers.Positioner = (*snapshot)(nil)
)

func (e *endpoint) Snapshot(context.Context, int) (providers.Snapshot, error) {
	tables := e.s.view()
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	e.s.moments++
	return &snapshot{tables: tables, moment: fmt.Sprintf("moment %d", e.s.moments)}, nil
}

func (e *endpoint) now() *snapshot { return &snapshot{tables: e.s.view()} }

func (s *snapshot) Moment() string { return s.moment }

func (s *snapshot) Close() error { return nil }

func (e *endpoint) Read(ctx context.Context, spec providers.ReadSpec) (providers.Reader, error) {
	return e.now().Read(ctx, spec)
}

func (e *endpoint) Chunks(ctx context.Context, t schema.Table, bytes int64, positional bool) ([]providers.Chunk, error) {
	return e.now().Chunks(ctx, t, bytes, positional)
}

func (e *endpoint) Count(ctx context.Context, spec providers.ReadSpec) (int64, error) {
	return e.now().Count(ctx, spec)
}

func (e *endpoint) Position(ctx context.Context, t schema.Ref, c schema.Column) (string, error) {
	return e.now().Position(ctx, t, c)
}
