package transform

import (
	"errors"
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"pgregory.net/rapid"
)

// This file is of the package itself, since only inside can the loops be taken away.

func sourceColumns() []schema.Column {
	t := func(k schema.Kind) schema.Type { return schema.Type{Kind: k} }
	return []schema.Column{
		{Name: "id", Type: t(schema.Int32)}, {Name: "n", Type: t(schema.Int64), Null: true}, {Name: "m", Type: t(schema.Int16), Null: true},
		{Name: "a", Type: t(schema.String), Null: true}, {Name: "b", Type: schema.Type{Kind: schema.String, Length: 20}, Null: true},
		{Name: "s", Type: t(schema.String)}, {Name: "flag", Type: t(schema.Bool)}, {Name: "maybe", Type: t(schema.Bool), Null: true},
		{Name: "day", Type: t(schema.Date), Null: true}, {Name: "d", Type: schema.Type{Kind: schema.Decimal, Precision: 6, Scale: 2}, Null: true},
		{Name: "e", Type: schema.Type{Kind: schema.Enum, Values: []string{"x", "y"}}, Null: true}, {Name: "u", Type: t(schema.UUID), Null: true},
	}
}

func sourceRows(r *rapid.T) *batch.Batch {
	b := batch.New(sourceColumns(), 0)
	word := rapid.OneOf(rapid.SampledFrom([]string{"", "1", "2", " A ", "ß", "\u00a0É\t", "x"}), rapid.StringN(0, 5, 20))
	for range rapid.IntRange(0, 70).Draw(r, "rows") {
		for c, column := range b.Columns {
			v := &b.Vectors[c]
			if column.Null && rapid.IntRange(0, 3).Draw(r, "null") == 0 {
				v.AppendNull()
				continue
			}
			switch column.Type.Kind {
			case schema.Int16, schema.Int32, schema.Int64, schema.Date:
				v.AppendInt(rapid.Int64Range(-3, 3).Draw(r, "number"))
			case schema.Bool:
				v.AppendBool(rapid.Bool().Draw(r, "flag"))
			case schema.Decimal:
				v.AppendString(rapid.SampledFrom([]string{"0.00", "-1.25", "99.99"}).Draw(r, "decimal"))
			case schema.Enum:
				v.AppendString(rapid.SampledFrom(column.Type.Values).Draw(r, "enum"))
			case schema.UUID:
				v.AppendBlob(make([]byte, 16))
			default:
				v.AppendString(word.Draw(r, "text"))
			}
		}
	}
	return b
}

// quick are expressions that run as loops.
func quick() []string {
	return []string{
		"src.a", "src.d", "src.u", "'k'", "7", "true", "param.p", "param.n", "date('1970-01-02')",
		"text.trim(src.a)", "text.upper(src.a)", "text.lower(src.b)", "src.a.trim()", "src.a.upperAscii()", "src.b.lowerAscii()",
		"text.upper(text.trim(src.a + src.s))", "src.a + '-' + src.b", "param.p + src.s", "src.e + src.a", "text.trim(lookup.strict[src.s])",
		"coalesce(src.a, 'none')", "coalesce(src.a, src.b, src.s)", "coalesce(src.n, 0)", "coalesce(src.n, src.m)", "coalesce(src.maybe, false)",
		"coalesce(src.day, date('2000-01-01'))", "coalesce(src.e, src.a)",
		"lookup.strict[src.s]", "lookup.strict[src.a]", "lookup.loose[src.a]", "lookup.other[src.b]", "lookup.other[text.trim(src.a)]",
		"lookup['loose'][src['a']]", "lookup.loose[src.e]",
		"src.id > 1", "src.id <= param.n", "src.s == 'x'", "src.s != src.s + ''", "src.s < 'm'", "src.flag == true", "!src.flag",
		"src.a == null", "null != src.d", "has_value(src.u)", "src.n == null || src.n > 0", "src.n != null && src.n > 0 && src.flag",
		"src.day != null && src.day >= date('1970-01-01')", "src.a != null && src.b != null && src.a >= src.b || src.flag",
		"coalesce(src.a, '') == coalesce(src.b, '')", "coalesce(src.maybe, true) && !(src.id == 0)", "src.m == null || !(src.m == src.id)",
	}
}

func quickMapping(t testing.TB, cel []string, where string, mode string) *Transformer {
	t.Helper()
	d := &plan.Definition{SourceTable: schema.Ref{Name: "t"}, SourceKey: []string{"id"}, Read: sourceColumns(), Where: where, Mode: "append",
		Params:  []plan.Param{{Name: "p", Type: schema.Type{Kind: schema.String}, Text: "Ärger"}, {Name: "n", Type: schema.Type{Kind: schema.Int64}, Text: "1"}},
		Lookups: []plan.Lookup{{Name: "strict", Default: "error"}, {Name: "loose", Default: "null"}, {Name: "other", Default: "value", Or: "?"}}}
	for i, text := range cel {
		e, found := expr.Check(text, diag.Range{}, d.Scope())
		if found.HasErrors() {
			t.Fatalf("%s: %v", text, found.Err())
		}
		plain, _ := e.Column()
		d.Fields = append(d.Fields, plan.Field{Name: "f" + strconv.Itoa(i), CEL: text, Plain: plain, Value: e.Type(), OnRowError: mode,
			Column: schema.Column{Name: "f" + strconv.Itoa(i), Type: e.Type(), Null: true}})
	}
	codes := map[string]string{"1": "one", "2": " two ", "x": "ex", "": "empty"}
	tr, err := Compile(Spec{Definition: d, Lookups: map[string]map[string]string{"strict": codes, "loose": codes, "other": codes}})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// slow takes the loops away.
func slow(t *Transformer) *Transformer {
	s := t.Clone()
	for i := range s.fields {
		s.fields[i].source = &interpreted{program: s.fields[i].value, row: s.row, result: batch.NewVector(s.fields[i].value.result)}
		if p := s.fields[i].compiled.expect; p != nil {
			s.fields[i].expect = &interpreted{program: p, row: s.row, result: batch.NewVector(p.result)}
		}
	}
	if s.where != nil {
		s.where = &interpreted{program: s.shared.where, row: s.row, result: batch.NewVector(s.shared.where.result)}
	}
	return s
}

func isLoop(s source) bool { _, slow := s.(*interpreted); return !slow }

func cells(b *batch.Batch) []string {
	var out []string
	for i := range b.Len() {
		for c := range b.Vectors {
			if b.Vectors[c].Null(i) {
				out = append(out, "null")
			} else {
				out = append(out, strconv.Quote(string(batch.AppendText(nil, b.Columns[c].Type, &b.Vectors[c], i))))
			}
		}
	}
	return out
}

func same(r *rapid.T, what string, fast, slow *Transformer, in *batch.Batch) {
	a, errA := fast.Run(in)
	b, errB := slow.Run(in)
	var rowA, rowB *RowError
	if errors.As(errA, &rowA) && errors.As(errB, &rowB) {
		if *rowA != *rowB {
			r.Fatalf("%s: the loop fails with %+v, the interpreter with %+v", what, *rowA, *rowB)
		}
		return
	}
	if errA != nil || errB != nil {
		r.Fatalf("%s: the loop gives %v, the interpreter %v", what, errA, errB)
	}
	if got, want := cells(a.Out), cells(b.Out); !reflect.DeepEqual(got, want) {
		r.Fatalf("%s: the loop gives %v, the interpreter %v", what, got, want)
	}
	if !reflect.DeepEqual(a.Rejects, b.Rejects) || a.Nulled != b.Nulled || a.Filtered != b.Filtered {
		r.Fatalf("%s: the loop gives %v, %d, %d, the interpreter %v, %d, %d", what, a.Rejects, a.Nulled, a.Filtered, b.Rejects, b.Nulled, b.Filtered)
	}
}

func TestLoopsAndTheInterpreterGiveTheSameForEveryRow(t *testing.T) {
	for _, cel := range quick() {
		for _, mode := range []string{"fail", "quarantine", "null"} {
			fast := quickMapping(t, []string{cel}, "", mode)
			if !isLoop(fast.fields[0].source) {
				t.Fatalf("%s does not run as a loop", cel)
			}
			plain := slow(fast)
			rapid.Check(t, func(r *rapid.T) { same(r, cel, fast, plain, sourceRows(r)) })
		}
	}
}

func TestLoopsFilterAndExpectAsTheInterpreterDoes(t *testing.T) {
	for _, where := range []string{"src.id > 0", "src.flag && src.a != null", "src.n == null || src.n >= 0", "src.day != null && src.day < date('1970-01-02')"} {
		fast := quickMapping(t, []string{"src.a", "lookup.strict[src.s]", "src.n", "src.a + src.b"}, where, "quarantine")
		f := &fast.shared.fields[2]
		expect, err := condition("out == null || out != src.id", plan.Place{}, expr.Scope{Columns: sourceColumns(), Out: &expr.Value{Type: f.Column.Type, Null: true}})
		if err != nil {
			t.Fatal(err)
		}
		f.expect = expect
		fast = newTransformer(fast.shared)
		if !isLoop(fast.where) || !isLoop(fast.fields[2].expect) {
			t.Fatalf("%s: where or expect does not run as a loop", where)
		}
		plain := slow(fast)
		rapid.Check(t, func(r *rapid.T) { same(r, where, fast, plain, sourceRows(r)) })
	}
}

func TestWhatTheLoopsDoNotKnowIsInterpreted(t *testing.T) {
	for _, cel := range []string{
		"src.id + 1", "src.d == null ? 'a' : 'b'", "coalesce(src.a, lookup.strict[src.s])", "text.title(src.a)", "src.s + lookup.strict[src.s]",
		"src.d != null && src.d > 1", "[1, 2].exists(x, x == src.id)", "string(src.id)",
	} {
		if tr := quickMapping(t, []string{cel}, "", "fail"); isLoop(tr.fields[0].source) {
			t.Errorf("%s runs as a loop", cel)
		}
	}
}

func TestClonesRunAtTheSameTime(t *testing.T) {
	tr := quickMapping(t, append(quick()[:20], "text.title(src.a)", "src.id + 1", "lookup.loose[src.a + '']"), "src.id > -3", "quarantine")
	in := rapid.Custom(sourceRows).Example(3)
	r, err := tr.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	want := cells(r.Out)
	var wait sync.WaitGroup
	for range 4 {
		own := tr.Clone()
		wait.Go(func() {
			for range 20 {
				if r, err := own.Run(in); err != nil || !reflect.DeepEqual(cells(r.Out), want) {
					t.Errorf("a clone gives other rows than its original, or %v", err)
				}
			}
		})
	}
	wait.Wait()
}
