package conformance

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// arithmetic: after any upserts and deletes the records add up to the table, and each Replaced is what stood there.
func arithmetic(t *testing.T, s Suite) {
	probe := s.Open(t)
	modes := probe.Info().Modes
	check(t, "close", probe.Close())
	if !slices.Contains(modes, "upsert") {
		t.Skip("the endpoint has no upsert")
	}
	sys := target(t, s)
	tables := 0
	rapid.Check(t, func(rt *rapid.T) {
		tables++
		made := sys.table(sys.simple(fmt.Sprintf("sum_%d", tables)))
		model := map[int64]string{}
		var sum batch.Digest
		for n := range rapid.IntRange(1, 6).Draw(rt, "chunks") {
			ids := rapid.SliceOfNDistinct(rapid.Int64Range(0, 12), 0, 8, rapid.ID[int64]).Draw(rt, "upserted")
			gone := rapid.SliceOfNDistinct(rapid.Int64Range(0, 12), 0, 4, rapid.ID[int64]).Draw(rt, "deleted")
			gone = slices.DeleteFunc(gone, func(x int64) bool { return slices.Contains(ids, x) })
			spec := sys.spec(made, n)
			spec.ChunkID = fmt.Sprintf("sum-%d-%d", tables, n)
			spec.Mode, spec.Hasher = providers.Upsert, hasher()
			put := batch.New(made.Columns, 0)
			for _, id := range ids {
				put.Vectors[0].AppendInt(id)
				put.Vectors[1].AppendString(rapid.StringMatching("[a-c]{0,2}").Draw(rt, "name"))
			}
			before := digestOf(made, model, append(slices.Clone(ids), gone...))
			rec, err := sys.upsert(spec, put, gone)
			if err != nil {
				rt.Fatalf("upsert: %v", err)
			}
			if rec.Replaced != before {
				rt.Fatalf("Replaced: got %s, want %s", rec.Replaced, before)
			}
			for i, id := range ids {
				model[id] = string(put.Vectors[1].Blob(i))
			}
			for _, id := range gone {
				delete(model, id)
			}
			sum = sum.Plus(rec.Written).Minus(rec.Replaced)
		}
		var all []int64
		for id := range model {
			all = append(all, id)
		}
		if want := digestOf(made, model, all); sum != want {
			rt.Fatalf("written minus replaced: got %s, want %s", sum, want)
		}
		same(t, "the table", sys.whole(made), of(batchOf(made, model, all), nil))
	})
}

func batchOf(t schema.Table, model map[int64]string, ids []int64) *batch.Batch {
	b := batch.New(t.Columns, 0)
	for _, id := range ids {
		if name, ok := model[id]; ok {
			b.Vectors[0].AppendInt(id)
			b.Vectors[1].AppendString(name)
		}
	}
	return b
}

func digestOf(t schema.Table, model map[int64]string, ids []int64) batch.Digest {
	return hasher().Batch(batchOf(t, model, ids), nil)
}

func (s *system) upsert(spec providers.LoadSpec, put *batch.Batch, gone []int64) (providers.ChunkRecord, error) {
	s.t.Helper()
	ctx := context.Background()
	l, err := need[providers.Target](s.t, s.e).Load(ctx, spec)
	if err != nil {
		return providers.ChunkRecord{}, err
	}
	defer func() { check(s.t, "close the loader", l.Close()) }()
	if err := l.Write(ctx, put); err != nil {
		return providers.ChunkRecord{}, err
	}
	if len(gone) > 0 {
		keys := batch.New(spec.Columns[:1], 0)
		for _, id := range gone {
			keys.Vectors[0].AppendInt(id)
		}
		d, ok := l.(providers.Deleter)
		if !ok {
			s.t.Fatal("the loader is no Deleter")
		}
		if err := d.Delete(ctx, keys); err != nil {
			return providers.ChunkRecord{}, err
		}
	}
	return l.Commit(ctx, record(spec, put))
}

// shapes: what CreateTable says, Inspect finds.
func shapes(t *testing.T, s Suite) {
	sys := target(t, s)
	parent := sys.table(sys.simple("Parent Table"))
	child := schema.Table{
		Ref: sys.ref(`child "quoted"`), Columns: columns([]string{"a", "b c"}, "a", wide, "b c", wide, "select", text),
		Primary: &schema.Key{Columns: []string{"b c", "a"}, Unique: true},
		Foreign: []schema.ForeignKey{{Columns: []string{"a"}, Parent: parent.Ref, Key: []string{"id"}, OnDelete: "cascade"}},
	}
	got := sys.table(child)
	if !need[providers.Definer](t, sys.e).Order().ForeignWithTable {
		check(t, "add the foreign key", sys.do(schema.Change{AddForeign: &schema.ForeignAdd{Table: child.Ref, Foreign: child.Foreign[0]}}))
		got = sys.described(child.Ref)
	}
	if !slices.Equal(got.Names(), child.Names()) {
		t.Errorf("columns: got %v, want %v", got.Names(), child.Names())
	}
	for i, c := range got.Columns {
		if c.Null != child.Columns[i].Null {
			t.Errorf("column %s: may be null is %v, want %v", c.Name, c.Null, child.Columns[i].Null)
		}
	}
	if got.Primary == nil || !slices.Equal(got.Primary.Columns, child.Primary.Columns) || !got.IsUnique([]string{"a", "b c"}) {
		t.Errorf("primary key: got %+v, want %v", got.Primary, child.Primary.Columns)
	}
	if len(got.Foreign) != 1 || got.Foreign[0].Parent.Name != parent.Ref.Name || got.Foreign[0].OnDelete != "cascade" {
		t.Errorf("foreign keys: got %+v", got.Foreign)
	}
}

// foreign: orphans that were loaded while the checks were off are found, and counted.
func foreign(t *testing.T, s Suite) {
	sys := target(t, s)
	if !need[providers.Definer](t, sys.e).Order().ForeignWithTable {
		t.Skip("the target adds foreign keys after the rows, by statements that check them")
	}
	child := sys.simple("child")
	child.Foreign = []schema.ForeignKey{{Columns: []string{"id"}, Parent: sys.ref("parent"), Key: []string{"id"}}}
	parent, made := sys.table(sys.simple("parent")), sys.table(child)
	_, err := sys.load(sys.spec(made, 0), numbered(made, 0, 10))
	check(t, "load children first", err)
	wantClass(t, "children without parents", sys.do(schema.Change{CheckForeign: &made.Ref}), providers.Conflict)
	_, err = sys.load(sys.spec(parent, 1), numbered(parent, 0, 10))
	check(t, "load the parents", err)
	check(t, "check again", sys.do(schema.Change{CheckForeign: &made.Ref}))
}

// swaps: the new rows stand under the old name, the old ones are gone, and foreign keys of others still lead there.
func swaps(t *testing.T, s Suite) {
	sys := target(t, s)
	if !slices.Contains(sys.e.Info().Modes, "replace") {
		t.Skip("the endpoint has no replace")
	}
	old := sys.table(sys.simple("album"))
	beside := sys.simple("album_beside")
	made := sys.table(beside)
	_, err := sys.load(sys.spec(old, 0), numbered(old, 0, 10))
	check(t, "load", err)
	b := numbered(made, 5, 25)
	_, err = sys.load(sys.spec(made, 1), b)
	check(t, "load beside", err)
	check(t, "swap", sys.do(schema.Change{Swap: &schema.TableSwap{Old: old.Ref, New: beside}}))
	now := sys.described(old.Ref)
	same(t, "rows under the old name", sys.whole(now), of(b, nil))
	if now.Primary == nil {
		t.Error("the swapped table has no primary key")
	}
	cat, err := need[providers.Inspector](t, sys.e).Inspect(t.Context(), nil)
	check(t, "inspect", err)
	if _, ok := cat.Table(beside.Ref); ok || len(cat.Tables) != 1 {
		t.Errorf("tables after the swap: got %d, want the one", len(cat.Tables))
	}
}
