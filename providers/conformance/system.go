package conformance

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	lineage = "lineage-of-the-tests"
	mapping = `mapping.rows["a.b"]`
	run     = "run-1"
)

var owner = providers.Owner{Lineage: lineage, Session: "host 1 tester"}

// system is an open endpoint with a run.
type system struct {
	Suite
	t     testing.TB
	e     providers.Endpoint
	epoch int64
	step  int
}

// need skips the test where the endpoint lacks a capability.
func need[T any](t testing.TB, e providers.Endpoint) T {
	t.Helper()
	x, ok := providers.As[T](e)
	if !ok {
		t.Skipf("the endpoint has no %T", *new(T))
	}
	return x
}

// target opens a fresh system and a run in it, or skips where it keeps no ledger.
func target(t *testing.T, s Suite) *system {
	t.Helper()
	sys := &system{Suite: s, t: t, e: s.Open(t)}
	t.Cleanup(func() { check(t, "close", sys.e.Close()) })
	need[providers.Target](t, sys.e)
	l := need[providers.Ledger](t, sys.e)
	epoch, err := l.Open(t.Context(), owner, providers.Run{ID: run, Lineage: lineage, PlanDigest: "digest"})
	check(t, "open the ledger", err)
	sys.epoch = epoch
	return sys
}

func check(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func wantClass(t testing.TB, what string, err error, want providers.Class) {
	t.Helper()
	if err == nil || providers.ClassOf(err) != want {
		t.Fatalf("%s: got %v (class %q), want class %q", what, err, providers.ClassOf(err), want)
	}
}

func (s *system) ledger() providers.Ledger   { return need[providers.Ledger](s.t, s.e) }
func (s *system) history() providers.History { return need[providers.History](s.t, s.e) }

func (s *system) ref(name string) schema.Ref { return schema.Ref{Schema: s.Schema, Name: name} }

// do runs the statements of a change as steps.
func (s *system) do(c schema.Change) error {
	s.t.Helper()
	all, err := need[providers.Definer](s.t, s.e).Define(c)
	check(s.t, "define", err)
	for _, st := range all {
		s.step++
		if err := s.ledger().Exec(context.Background(), providers.Step{Run: run, N: s.step, Epoch: s.epoch, Statement: st}); err != nil {
			return err
		}
	}
	return nil
}

// table makes a table in the target's order and gives it as the target describes it.
func (s *system) table(t schema.Table) schema.Table {
	s.t.Helper()
	order := need[providers.Definer](s.t, s.e).Order()
	first := t
	if !order.KeysWithTable {
		first.Primary, first.Keys = nil, nil
	}
	if !order.ForeignWithTable {
		first.Foreign = nil
	}
	check(s.t, "create "+t.Ref.String(), s.do(schema.Change{CreateTable: &first}))
	if !order.KeysWithTable && t.Primary != nil {
		check(s.t, "add the primary key", s.do(schema.Change{AddPrimary: &schema.KeyChange{Table: t.Ref, Key: *t.Primary}}))
	}
	return s.described(t.Ref)
}

func (s *system) described(r schema.Ref) schema.Table {
	s.t.Helper()
	cat, err := need[providers.Inspector](s.t, s.e).Inspect(context.Background(), []schema.Ref{r})
	check(s.t, "inspect", err)
	got, ok := cat.Table(r)
	if !ok {
		s.t.Fatalf("Inspect: table %s is not in the catalog of %d tables", r, len(cat.Tables))
	}
	return *got
}

// spec is for chunk n of the test's mapping.
func (s *system) spec(t schema.Table, n int) providers.LoadSpec {
	spec := providers.LoadSpec{
		Run: run, Mapping: mapping, Chunk: providers.Chunk{N: n}, ChunkID: fmt.Sprintf("chunk-%d", n), Epoch: s.epoch,
		Table: t.Ref, Columns: t.Columns, Mode: providers.Insert,
	}
	if t.Primary != nil {
		spec.Key = t.Primary.Columns
	}
	return spec
}

func record(spec providers.LoadSpec, b *batch.Batch) providers.ChunkRecord {
	r := providers.ChunkRecord{
		Run: spec.Run, Mapping: spec.Mapping, Chunk: spec.ChunkID, N: spec.Chunk.N, Bounds: spec.Chunk.Bounds, Epoch: spec.Epoch,
		Moment: "moment", Written: hasher().Batch(b, nil), Source: hasher().Batch(b, nil), Bytes: int64(b.Bytes()),
	}
	if spec.Chunk.N > 0 {
		r.Filtered, r.Counts = 6, map[string]int64{"ndoo": 3, `a "name" of its own`: 2}
	}
	return r
}

// load writes one chunk and commits it.
func (s *system) load(spec providers.LoadSpec, b *batch.Batch) (providers.ChunkRecord, error) {
	s.t.Helper()
	var none providers.ChunkRecord
	l, err := need[providers.Target](s.t, s.e).Load(context.Background(), spec)
	if err != nil {
		return none, err
	}
	defer func() { check(s.t, "close the loader", l.Close()) }()
	if err := l.Write(context.Background(), b); err != nil {
		return none, err
	}
	return l.Commit(context.Background(), record(spec, b))
}

// filled makes a table with rows, by Fill where the system is no target.
func filled(t *testing.T, s Suite, table schema.Table, rows *batch.Batch) (*system, schema.Table) {
	t.Helper()
	if s.Fill != nil {
		sys := &system{Suite: s, t: t}
		empty := s.Open(t)
		sys.e = s.Fill(t, empty, table, rows)
		t.Cleanup(func() {
			check(t, "close", sys.e.Close())
			check(t, "close", empty.Close())
		})
		return sys, sys.described(table.Ref)
	}
	sys := target(t, s)
	made := sys.table(table)
	_, err := sys.load(sys.spec(made, 0), rows)
	check(t, "load", err)
	return sys, made
}

func hasher() *batch.Hasher { return batch.NewHasher([16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}) }

// rows is a multiset of rows by their canonical bytes.
type rows map[string]int

func (r rows) add(b *batch.Batch, i int) {
	var key []byte
	for c := range b.Vectors {
		key = batch.AppendCanonical(key, b.Columns[c].Type, &b.Vectors[c], i)
	}
	r[string(key)]++
}

func (r rows) len() (n int) {
	for _, k := range r {
		n += k
	}
	return n
}

// of takes the rows of b that pass, all where pass is nil.
func of(b *batch.Batch, pass func(i int) bool) rows {
	r := rows{}
	for i := range b.Len() {
		if pass == nil || pass(i) {
			r.add(b, i)
		}
	}
	return r
}

func same(t testing.TB, what string, got, want rows) {
	t.Helper()
	missing, extra := 0, 0
	for k, n := range want {
		missing += max(0, n-got[k])
	}
	for k, n := range got {
		extra += max(0, n-want[k])
	}
	if missing+extra > 0 {
		t.Fatalf("%s: got %d rows, want %d; %d are missing and %d should not be there", what, got.len(), want.len(), missing, extra)
	}
}

// read gives all rows of a spec.
func read(from providers.Source, spec providers.ReadSpec) (rows, error) {
	r, err := from.Read(context.Background(), spec)
	if err != nil {
		return nil, err
	}
	got, b := rows{}, batch.New(spec.Columns, 4<<10)
	for {
		err := r.Next(context.Background(), b)
		if err == io.EOF {
			return got, r.Close()
		}
		if err != nil {
			_ = r.Close() // the first error says more
			return nil, err
		}
		for i := range b.Len() {
			got.add(b, i)
		}
	}
}

func (s *system) read(spec providers.ReadSpec) rows {
	s.t.Helper()
	got, err := read(need[providers.Source](s.t, s.e), spec)
	check(s.t, "read", err)
	return got
}

func (s *system) whole(t schema.Table) rows {
	s.t.Helper()
	return s.read(providers.ReadSpec{Table: t.Ref, Columns: t.Columns})
}

// columns makes columns from pairs of names and types; those in the key take no null.
func columns(key []string, pairs ...any) []schema.Column {
	var out []schema.Column
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		out = append(out, schema.Column{Name: name, Type: pairs[i+1].(schema.Type), Null: !slices.Contains(key, name)})
	}
	return out
}

var (
	wide = schema.Type{Kind: schema.Int64}
	text = schema.Type{Kind: schema.String}
)

// simple is a table of a number as key and a text.
func (s *system) simple(name string) schema.Table {
	return schema.Table{Ref: s.ref(name), Columns: columns([]string{"id"}, "id", wide, "name", text), Primary: &schema.Key{Columns: []string{"id"}, Unique: true}}
}

// numbered gives rows of a simple table: every seventh has no name.
func numbered(t schema.Table, from, to int64) *batch.Batch {
	b := batch.New(t.Columns, 0)
	for i := from; i < to; i++ {
		b.Vectors[0].AppendInt(i)
		if i%7 == 0 {
			b.Vectors[1].AppendNull()
			continue
		}
		b.Vectors[1].AppendString(fmt.Sprintf("name %d", i))
	}
	return b
}
