package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// person is a row of the table of these tests: what stands there, and what the next chunk puts there.
type person struct{ name, city string }

func (s *system) people(name string) schema.Table {
	return schema.Table{
		Ref: s.ref(name), Columns: columns([]string{"id"}, "id", wide, "name", text, "city", text),
		Primary: &schema.Key{Columns: []string{"id"}, Unique: true},
	}
}

func crowd(t schema.Table, model map[int64]person, ids []int64) *batch.Batch {
	b := batch.New(t.Columns, 0)
	for _, id := range ids {
		if p, ok := model[id]; ok {
			b.Vectors[0].AppendInt(id)
			b.Vectors[1].AppendString(p.name)
			b.Vectors[2].AppendString(p.city)
		}
	}
	return b
}

// upserts skips where a target replaces no rows by key.
func upserts(t *testing.T, s Suite) *system {
	t.Helper()
	probe := s.Open(t)
	modes := probe.Info().Modes
	check(t, "close", probe.Close())
	if !slices.Contains(modes, "upsert") {
		t.Skip("the endpoint has no upsert")
	}
	return target(t, s)
}

// changed is one chunk that puts rows and removes keys; stood, which may be nil, is what it says stood there.
func (s *system) changed(spec providers.LoadSpec, put *batch.Batch, gone []int64, stood *batch.Digest) (providers.ChunkRecord, error) {
	s.t.Helper()
	ctx, none := context.Background(), providers.ChunkRecord{}
	l, err := need[providers.Target](s.t, s.e).Load(ctx, spec)
	if err != nil {
		return none, err
	}
	defer func() { check(s.t, "close the loader", l.Close()) }()
	if err := l.Write(ctx, put); err != nil {
		return none, err
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
			return none, err
		}
	}
	r := record(spec, put)
	r.Stood = stood
	return l.Commit(ctx, r)
}

// partly: whatever columns a chunk sets, the others stay, new rows come whole, each Replaced is what stood, and the records
// add up to the table. A chunk that sets all columns need not know what stood.
func partly(t *testing.T, s Suite) {
	sys := upserts(t, s)
	tables := 0
	rapid.Check(t, func(rt *rapid.T) {
		tables++
		made := sys.table(sys.people(fmt.Sprintf("part_%d", tables)))
		model := map[int64]person{}
		var sum batch.Digest
		for n := range rapid.IntRange(1, 5).Draw(rt, "chunks") {
			ids := rapid.SliceOfNDistinct(rapid.Int64Range(0, 9), 0, 6, rapid.ID[int64]).Draw(rt, "put")
			gone := rapid.SliceOfNDistinct(rapid.Int64Range(0, 9), 0, 3, rapid.ID[int64]).Draw(rt, "gone")
			gone = slices.DeleteFunc(gone, func(x int64) bool { return slices.Contains(ids, x) })
			spec := sys.spec(made, n)
			spec.ChunkID, spec.Mode, spec.Hasher = fmt.Sprintf("part-%d-%d", tables, n), providers.Upsert, hasher()
			spec.Set = rapid.SampledFrom([][]string{nil, {}, {"name"}, {"city"}, {"name", "city"}}).Draw(rt, "set")
			stood := hasher().Batch(crowd(made, model, append(slices.Clone(ids), gone...)), nil)
			next := map[int64]person{}
			for _, id := range ids {
				p := person{rapid.StringMatching("[a-c]{0,2}").Draw(rt, "name"), rapid.StringMatching("[x-z]{0,2}").Draw(rt, "city")}
				if was, there := model[id]; there && spec.Set != nil {
					if !slices.Contains(spec.Set, "name") {
						p.name = was.name
					}
					if !slices.Contains(spec.Set, "city") {
						p.city = was.city
					}
				}
				next[id] = p
			}
			known := &stood
			if spec.Set == nil && rapid.Bool().Draw(rt, "not known") {
				known = nil
			}
			rec, err := sys.changed(spec, crowd(made, next, ids), gone, known)
			if err != nil {
				rt.Fatalf("set %v: %v", spec.Set, err)
			}
			if rec.Replaced != stood || rec.Stood != nil && *rec.Stood != stood {
				rt.Fatalf("Replaced: got %s, want %s", rec.Replaced, stood)
			}
			for id, p := range next {
				model[id] = p
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
		want := crowd(made, model, all)
		if got := hasher().Batch(want, nil); sum != got {
			rt.Fatalf("written minus replaced: got %s, want %s", sum, got)
		}
		same(t, "the table", sys.whole(made), of(want, nil))
	})
}

// stood: a chunk whose rows are not as they were when it was made writes and removes nothing.
func stood(t *testing.T, s Suite) {
	sys := upserts(t, s)
	made := sys.table(sys.people("stood"))
	model := map[int64]person{1: {"a", "x"}, 2: {"b", "y"}, 3: {"c", "z"}, 4: {"d", "w"}}
	before := crowd(made, model, []int64{1, 2, 3, 4})
	_, err := sys.load(sys.spec(made, 0), before)
	check(t, "load", err)
	for n, c := range []struct {
		name string
		look func(map[int64]person)
		put  []int64
		gone []int64
	}{
		{"a column that is set was changed", func(m map[int64]person) { m[1] = person{"other", "x"} }, []int64{1, 2}, nil},
		{"a column that is left alone was changed", func(m map[int64]person) { m[1] = person{"a", "other"} }, []int64{1, 2}, nil},
		{"a row is gone", func(m map[int64]person) { m[9] = person{"i", "j"} }, []int64{2, 9}, nil},
		{"a row has come", func(m map[int64]person) { delete(m, 2) }, []int64{1, 2}, nil},
		{"a row to remove was changed", func(m map[int64]person) { m[3] = person{"c", "other"} }, []int64{1}, []int64{3}},
		{"a row to remove has come", func(m map[int64]person) { delete(m, 4) }, []int64{1}, []int64{3, 4}},
	} {
		seen := map[int64]person{}
		for id, p := range model {
			seen[id] = p
		}
		c.look(seen)
		spec := sys.spec(made, n+1)
		spec.Mode, spec.Hasher, spec.Set = providers.Upsert, hasher(), []string{"name"}
		expected := hasher().Batch(crowd(made, seen, append(slices.Clone(c.put), c.gone...)), nil)
		next := map[int64]person{}
		for _, id := range c.put {
			next[id] = person{"new", seen[id].city}
		}
		_, err := sys.changed(spec, crowd(made, next, c.put), c.gone, &expected)
		if !errors.Is(err, providers.ErrStood) {
			t.Errorf("%s: got %v, want ErrStood", c.name, err)
		}
		wantClass(t, c.name, err, providers.Transient)
		same(t, c.name+": the table", sys.whole(made), of(before, nil))
	}
	got, err := sys.history().Recorded(t.Context(), run, mapping)
	check(t, "recorded", err)
	if len(got) != 1 {
		t.Errorf("records: got %d, want that of the first chunk alone", len(got))
	}
	spec := sys.spec(made, 7)
	spec.Mode, spec.Hasher, spec.Set = providers.Upsert, hasher(), []string{"name"}
	_, err = sys.changed(spec, before, nil, nil)
	wantClass(t, "columns are set and nothing says what stood", err, providers.Unsupported)
	spec.Set = []string{"nobody"}
	_, err = sys.changed(spec, before, nil, nil)
	wantClass(t, "a column that the chunk has not", err, providers.Unsupported)
	same(t, "the table", sys.whole(made), of(before, nil))
}

// reshaped: columns are added, renamed and altered under the rows, which keep their values.
func reshaped(t *testing.T, s Suite) {
	sys := target(t, s)
	d := need[providers.Definer](t, sys.e)
	made := sys.table(sys.people("shape"))
	model := map[int64]person{1: {"17", "x"}, 2: {"250", "yy"}}
	before := crowd(made, model, []int64{1, 2})
	_, err := sys.load(sys.spec(made, 0), before)
	check(t, "load", err)
	add := schema.Change{AddColumn: &schema.ColumnAdd{Table: made.Ref, Column: schema.Column{Name: "added one", Type: wide, Null: true}}}
	if _, err := d.Define(add); err != nil {
		wantClass(t, "a system that cannot add a column", err, providers.Unsupported)
		same(t, "the table", sys.whole(made), of(before, nil))
		return
	}
	check(t, "add a column", sys.do(add))
	check(t, "rename a column", sys.do(schema.Change{RenameColumn: &schema.ColumnRename{Table: made.Ref, From: "city", To: "to wn"}}))
	now := sys.described(made.Ref)
	if got, want := now.Names(), []string{"id", "name", "to wn", "added one"}; !slices.Equal(got, want) {
		t.Fatalf("columns: got %v, want %v", got, want)
	}
	whole := batch.New(now.Columns, 0)
	for i := range before.Len() {
		for c := range before.Vectors {
			whole.Vectors[c].AppendFrom(&before.Vectors[c], i)
		}
		whole.Vectors[3].AppendNull()
	}
	same(t, "the rows", sys.whole(now), of(whole, nil))
	tight := schema.Column{Name: "late", Type: wide}
	altered := func(c string, to schema.Type, null bool) schema.Change {
		was, _ := now.Column(c)
		is := was
		is.Type, is.Null = to, null
		return schema.Change{AlterColumn: &schema.ColumnAlter{Table: made.Ref, Before: was, After: is}}
	}
	if !d.Order().Alters {
		_, err := d.Define(altered("name", wide, true))
		wantClass(t, "a column is altered", err, providers.Unsupported)
		_, err = d.Define(schema.Change{AddColumn: &schema.ColumnAdd{Table: made.Ref, Column: tight}})
		wantClass(t, "a column that takes no null is added", err, providers.Unsupported)
		return
	}
	check(t, "add a column that takes no null", sys.do(schema.Change{AddColumn: &schema.ColumnAdd{Table: made.Ref, Column: tight}}))
	now = sys.described(made.Ref)
	if c, ok := now.Column("late"); !ok || !c.Null {
		t.Errorf("a column without values: got %+v, want one that takes null until it has them", c)
	}
	for name, c := range map[string]schema.Change{
		"to take no null, where one stands":  altered("late", wide, false),
		"to a type that some values are not": altered("to wn", wide, true),
		"to a length that would cut a text":  altered("to wn", schema.Type{Kind: schema.String, Length: 1}, true),
	} {
		err := sys.do(c)
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
		sys.step-- // the step was not done
	}
	same(t, "the rows after refusals", sys.whole(sys.described(made.Ref)), sys.whole(now))
	check(t, "alter the type and the null", sys.do(altered("name", wide, false)))
	now = sys.described(made.Ref)
	c, _ := now.Column("name")
	if !c.Type.Equal(wide) || c.Null {
		t.Fatalf("the altered column: got %+v", c)
	}
	numbers := batch.New([]schema.Column{now.Columns[0], c}, 0)
	for id, n := range map[int64]int64{1: 17, 2: 250} {
		numbers.Vectors[0].AppendInt(id)
		numbers.Vectors[1].AppendInt(n)
	}
	same(t, "the values", sys.read(providers.ReadSpec{Table: made.Ref, Columns: numbers.Columns}), of(numbers, nil))
}
