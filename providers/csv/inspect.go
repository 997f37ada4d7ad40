package csv

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// described is what a full read of a file found, good as long as the file stays as it is.
type described struct {
	size  int64
	time  time.Time
	table schema.Table
}

// Inspect reads every file it describes to its end.
func (e *endpoint) Inspect(ctx context.Context, only []schema.Ref) (*schema.Catalog, error) {
	all, err := e.tables()
	if err != nil {
		return nil, err
	}
	c := &schema.Catalog{Identity: e.identity()}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if only != nil && !slices.Contains(only, schema.Ref{Name: name}) {
			continue
		}
		t, err := e.describe(ctx, all[name])
		if err != nil {
			return nil, err
		}
		c.Tables = append(c.Tables, t)
	}
	return c, nil
}

func (e *endpoint) describe(ctx context.Context, t table) (schema.Table, error) {
	if k := t.kept; k != nil {
		return schema.Table{Ref: schema.Ref{Name: k.Name}, Columns: k.Columns, Primary: k.Primary, Keys: k.Keys, Foreign: k.Foreign, Comment: k.Comment,
			Rows: k.rows(), Bytes: k.bytes()}, nil
	}
	f := &t.files[0]
	e.mu.Lock()
	have, ok := e.known[f.path]
	e.mu.Unlock()
	if ok && have.size == f.size && have.time.Equal(f.time) {
		return have.table, nil
	}
	found, err := e.study(ctx, t)
	if err != nil {
		return found, err
	}
	e.mu.Lock()
	e.known[f.path] = described{f.size, f.time, found}
	e.mu.Unlock()
	return found, nil
}

// study reads a file that somebody put there: its lines are tested to the last, declared columns too, and the types of
// the others guessed.
func (e *endpoint) study(ctx context.Context, t table) (_ schema.Table, err error) {
	f := &t.files[0]
	found := schema.Table{Ref: schema.Ref{Name: t.name}, Bytes: f.size}
	r, err := openRows(f)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	d, _ := e.config.declaration(t.name)
	if err := knowColumns(f, d, r.names); err != nil {
		return found, err
	}
	columns := make([]studied, len(r.names))
	for i, name := range r.names {
		columns[i] = study(name, d.Columns)
	}
	for {
		if found.Rows&1023 == 0 && ctx.Err() != nil {
			return found, context.Cause(ctx)
		}
		err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return found, err
		}
		found.Rows++
		for i := range columns {
			if err := columns[i].add(r, i); err != nil {
				return found, err
			}
		}
	}
	for i := range columns {
		found.Columns = append(found.Columns, columns[i].column(found.Rows))
	}
	if err := f.unchanged(); err != nil {
		return found, err
	}
	return found, e.declareKey(ctx, t, d, &found)
}

// declareKey takes a key from the configuration, once the rows bear it out.
func (e *endpoint) declareKey(ctx context.Context, t table, d providers.Declaration, found *schema.Table) error {
	if len(d.Key) == 0 {
		return nil
	}
	columns, err := columnsOf(t, found.Columns, d.Key)
	if err != nil {
		return err
	}
	found.Primary = &schema.Key{Columns: d.Key, Unique: true}
	return proveUnique(ctx, t, columns, found.Rows, false)
}

func knowColumns(f *file, d providers.Declaration, names []string) error {
	for _, c := range d.Columns {
		if !slices.Contains(names, c.Name) {
			return &providers.Error{Op: "read", Object: f.shown, Column: c.Name, Class: providers.NotFound,
				Err: errors.New("the configuration declares a column that the file has not"), Remedy: "Its columns are: " + strings.Join(names, ", ") + "."}
		}
	}
	return nil
}

// columnsOf finds the columns of a table by name.
func columnsOf(t table, have []schema.Column, names []string) ([]schema.Column, error) {
	found := make([]schema.Column, len(names))
	for i, name := range names {
		at := slices.IndexFunc(have, func(c schema.Column) bool { return c.Name == name })
		if at < 0 {
			return nil, &providers.Error{Op: "read", Object: t.name, Column: name, Class: providers.NotFound, Err: errors.New("the table has no such column")}
		}
		found[i] = have[at]
	}
	return found, nil
}

// studied is one column of a file while it is read for the first time.
type studied struct {
	name     string
	declared *schema.Type
	guess    *guess
	scratch  batch.Vector
	nulls    int64
}

func study(name string, declared []schema.Column) studied {
	s := studied{name: name, guess: newGuess()}
	for _, c := range declared {
		if c.Name == name && c.Type.Kind != schema.Unknown {
			s.declared, s.scratch = &c.Type, batch.NewVector(c.Type)
		}
	}
	return s
}

func (s *studied) add(r *rows, i int) error {
	if r.null(i) {
		s.nulls++
		return nil
	}
	if s.declared == nil {
		s.guess.add(r.split.field(i))
		return nil
	}
	s.scratch.Reset()
	if err := batch.Parse(&s.scratch, *s.declared, r.split.field(i)); err != nil {
		return r.misfit(s.name, err)
	}
	return nil
}

func (s *studied) column(rows int64) schema.Column {
	c := schema.Column{Name: s.name, Declared: "declared", Null: s.nulls > 0 || rows == 0}
	if s.declared != nil {
		c.Type = *s.declared
		return c
	}
	c.Type, c.Declared = s.guess.result(), guessedFrom(rows)
	if rows > 0 && s.guess.values == 0 {
		c.Declared = "no value in " + strings.TrimPrefix(guessedFrom(rows), "guessed from ")
	}
	return c
}
