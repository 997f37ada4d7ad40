package verify_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// row is id, text and number; a nil text is null.
type row struct {
	id   int64
	text *string
	n    int64
}

func text(s string) *string { return &s }

func columns() []schema.Column {
	return []schema.Column{{Name: "id", Type: schema.Type{Kind: schema.Int64}}, {Name: "text", Type: schema.Type{Kind: schema.String}, Null: true},
		{Name: "n", Type: schema.Type{Kind: schema.Int64}}}
}

// list is a source of rows in batches of a few.
type list struct {
	rows []row
	few  int
}

func (l list) Read(context.Context, providers.ReadSpec) (providers.Reader, error) {
	return &reader{list: l}, nil
}

type reader struct {
	list
	at int
}

func (r *reader) Next(_ context.Context, b *batch.Batch) error {
	b.Reset()
	for ; r.at < len(r.rows) && b.Len() < r.few; r.at++ {
		x := r.rows[r.at]
		b.Vectors[0].AppendInt(x.id)
		if x.text == nil {
			b.Vectors[1].AppendNull()
		} else {
			b.Vectors[1].AppendString(*x.text)
		}
		b.Vectors[2].AppendInt(x.n)
	}
	if b.Len() == 0 {
		return io.EOF
	}
	return nil
}

func (r *reader) Close() error { return nil }

func side(rows []row, key ...string) verify.Side {
	d := &plan.Definition{Key: key}
	for _, c := range columns() {
		d.Fields = append(d.Fields, plan.Field{Name: c.Name, Column: c})
	}
	return verify.Source(list{rows, 7}, providers.ReadSpec{Columns: columns()}, d, nil)
}

func hasher() *batch.Hasher { return verify.Hasher("a lineage", "a mapping") }

func compare(t testing.TB, want, have []row, show verify.Show, key ...string) verify.Diff {
	t.Helper()
	d, err := verify.Compare(context.Background(), side(want, key...), side(have, key...), hasher(), show)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCompareFindsWhatDiffers(t *testing.T) {
	a, b, c := row{1, text("a"), 1}, row{2, text("b"), 2}, row{3, nil, 3}
	for _, x := range []struct {
		name       string
		want, have []row
		key        []string
		diff       verify.Diff
	}{
		{"the same rows in another order", []row{a, b, c}, []row{c, a, b}, []string{"id"}, verify.Diff{}},
		{"nothing on both sides", nil, nil, []string{"id"}, verify.Diff{}},
		{"a row is missing", []row{a, b}, []row{a}, []string{"id"}, verify.Diff{Missing: 1, Findings: []verify.Finding{{Kind: "missing", Key: "2"}}}},
		{"a row too many", []row{a}, []row{a, c}, []string{"id"}, verify.Diff{Extra: 1, Findings: []verify.Finding{{Kind: "extra", Key: "3"}}}},
		{"one column differs", []row{a}, []row{{1, text("a"), 9}}, []string{"id"}, verify.Diff{Differs: 1, Findings: []verify.Finding{{Kind: "differs", Key: "1", Columns: []string{"n"}}}}},
		{"two columns differ", []row{a}, []row{{1, text("A"), 9}}, []string{"id"}, verify.Diff{Differs: 1, Findings: []verify.Finding{{Kind: "differs", Key: "1", Columns: []string{"text", "n"}}}}},
		{"null is not the empty text", []row{c}, []row{{3, text(""), 3}}, []string{"id"}, verify.Diff{Differs: 1, Findings: []verify.Finding{{Kind: "differs", Key: "3", Columns: []string{"text"}}}}},
		{"a trailing blank differs", []row{a}, []row{{1, text("a "), 1}}, []string{"id"}, verify.Diff{Differs: 1, Findings: []verify.Finding{{Kind: "differs", Key: "1", Columns: []string{"text"}}}}},
		{"a row that stands twice is one too many", []row{a, b}, []row{a, b, b}, []string{"id"}, verify.Diff{Extra: 1, Findings: []verify.Finding{{Kind: "extra", Key: "2"}}}},
		{"of two rows of one key one differs", []row{a, a}, []row{a, {1, text("x"), 1}}, []string{"id"},
			verify.Diff{Differs: 1, Findings: []verify.Finding{{Kind: "differs", Key: "1", Columns: []string{"text"}}}}},
		{"equal pairs do not cancel", []row{a, a, b, b}, []row{a, b}, nil, verify.Diff{Missing: 2, Findings: []verify.Finding{{Kind: "missing"}, {Kind: "missing"}}}},
		{"a key of two columns", []row{a, b}, []row{a, {2, text("c"), 2}}, []string{"id", "text"},
			verify.Diff{Missing: 1, Extra: 1, Findings: []verify.Finding{{Kind: "extra", Key: "2/c"}, {Kind: "missing", Key: "2/b"}}}},
		{"without a key a changed row is one missing and one extra", []row{a, b}, []row{a, {2, text("b"), 3}}, nil,
			verify.Diff{Missing: 1, Extra: 1, Findings: []verify.Finding{{Kind: "extra"}, {Kind: "missing"}}}},
		{"without a key rows count as often as they stand", []row{a, a, a}, []row{a}, nil, verify.Diff{Missing: 2, Findings: []verify.Finding{{Kind: "missing"}}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if diff := cmp.Diff(x.diff, compare(t, x.want, x.have, verify.Show{}, x.key...)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAClassifiedKeyIsShownAsAHash(t *testing.T) {
	d := compare(t, []row{{4711, nil, 1}}, nil, verify.Show{Classified: true, Secret: []byte("of the target")}, "id")
	if len(d.Findings) != 1 || len(d.Findings[0].Key) != len("key#")+12 || d.Findings[0].Key[:4] != "key#" {
		t.Errorf("got %+v, want one finding with key# and 12 digits", d.Findings)
	}
}

func TestOnlyTheFirstFindingsOfAKindAreListedAndAllAreCounted(t *testing.T) {
	var want, have []row
	for i := range int64(400) {
		switch {
		case i < 150:
			want = append(want, row{i, nil, 0})
		case i < 300:
			have = append(have, row{i, nil, 0})
		default:
			want, have = append(want, row{i, nil, 0}), append(have, row{i, nil, 1})
		}
	}
	d := compare(t, want, have, verify.Show{}, "id")
	listed := map[string]int{}
	for _, f := range d.Findings {
		listed[f.Kind]++
	}
	if d.Missing != 150 || d.Extra != 150 || d.Differs != 100 || listed["missing"] != 50 || listed["extra"] != 50 || listed["differs"] != 50 {
		t.Errorf("got %d missing, %d extra, %d differing and listed %v; want 150, 150, 100 and 50 of each", d.Missing, d.Extra, d.Differs, listed)
	}
}

// found is findings as a map from key to kind and columns.
func found(all []verify.Finding) map[string]string {
	out := map[string]string{}
	for _, f := range all {
		out[f.Key] += f.Kind + fmt.Sprint(f.Columns)
	}
	return out
}

func TestCompareFindsExactlyTheInjectedDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "rows")
		injected := rapid.MapOfN(rapid.IntRange(0, 320), rapid.SampledFrom([]string{"missing", "extra", "text", "n", "null"}), 0, 40).Draw(t, "differences")
		var want, have []row
		expect := map[string]string{}
		for i := range 321 {
			key, r := fmt.Sprint(i), row{int64(i), text(fmt.Sprint("t", i%4)), int64(i % 3)}
			other, what := r, injected[i]
			switch {
			case i >= n && what == "":
				continue
			case i >= n || what == "extra":
				have, expect[key] = append(have, r), "extra[]"
				continue
			case what == "missing":
				want, expect[key] = append(want, r), "missing[]"
				continue
			case what == "text":
				other.text, expect[key] = text("other"), "differs[text]"
			case what == "null":
				other.text, expect[key] = nil, "differs[text]"
			case what == "n":
				other.n, expect[key] = 77, "differs[n]"
			}
			want, have = append(want, r), append(have, other)
		}
		have = rapid.Permutation(have).Draw(t, "order")
		d, err := verify.Compare(context.Background(), side(want, "id"), side(have, "id"), hasher(), verify.Show{})
		if err != nil {
			t.Fatal(err)
		}
		if got := found(d.Findings); !maps.Equal(got, expect) || d.Any() != (len(expect) > 0) || d.Cut {
			t.Fatalf("got %v\nwant %v", got, expect)
		}
		a, err1 := verify.Sum(context.Background(), side(want), hasher(), nil, nil)
		b, err2 := verify.Sum(context.Background(), side(have), hasher(), nil, nil)
		if err1 != nil || err2 != nil || (a == b) != (len(expect) == 0) {
			t.Fatalf("digests %v and %v (%v, %v) with %d differences", a, b, err1, err2, len(expect))
		}
	})
}

func TestWithoutAKeyRowsAreAMultiset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) map[int64]int {
			return rapid.MapOf(rapid.Int64Range(0, 9), rapid.IntRange(0, 4)).Draw(t, name)
		}
		want, have := draw("want"), draw("have")
		var a, b []row
		var missing, extra int64
		for id := range int64(10) {
			for range want[id] {
				a = append(a, row{id, nil, 0})
			}
			for range have[id] {
				b = append(b, row{id, nil, 0})
			}
			missing += int64(max(0, want[id]-have[id]))
			extra += int64(max(0, have[id]-want[id]))
		}
		d, err := verify.Compare(context.Background(), side(a), side(b), hasher(), verify.Show{})
		if err != nil || d.Missing != missing || d.Extra != extra || d.Differs != 0 {
			t.Fatalf("got %d missing, %d extra, %d differing (%v), want %d, %d, 0", d.Missing, d.Extra, d.Differs, err, missing, extra)
		}
	})
}

func TestDuplicatesNamesKeysThatStandTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.MapOfN(rapid.Int64Range(0, 500), rapid.IntRange(1, 3), 0, 60).Draw(t, "rows by key")
		var rows []row
		want := []string{}
		for id, n := range times {
			for i := range n {
				rows = append(rows, row{id, nil, int64(i)})
			}
			if n > 1 {
				want = append(want, fmt.Sprint(id))
			}
		}
		twice, err := verify.Duplicates(context.Background(), side(rapid.Permutation(rows).Draw(t, "order"), "id"), hasher(), verify.Show{})
		var got []string
		for _, k := range twice {
			got = append(got, k.Key)
		}
		slices.Sort(got)
		slices.Sort(want)
		if len(want) > 50 {
			want = want[:len(got)]
		}
		if err != nil || len(want) <= 50 && !slices.Equal(got, want) {
			t.Fatalf("got %v (%v), want %v", got, err, want)
		}
	})
}

func TestHashersDifferByLineageAndMapping(t *testing.T) {
	sums := map[batch.Digest]string{}
	for _, x := range [][2]string{{"a", "b"}, {"b", "a"}, {"a", "c"}, {"", "ab"}} {
		d, err := verify.Sum(context.Background(), side([]row{{1, nil, 1}}), verify.Hasher(x[0], x[1]), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := sums[d]; ok {
			t.Errorf("lineage and mapping %q and %s give one digest", x, other)
		}
		sums[d] = fmt.Sprintf("%q", x)
	}
}
