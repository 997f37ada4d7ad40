package expr_test

import (
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func joined() expr.Scope {
	s := scope()
	s.Joins = []expr.Join{{Name: "ward", Place: "Table dbo.WARD of source.sqlserver.pas", Columns: []schema.Column{
		{Name: "NAME", Type: kind(schema.String)}, {Name: "odd name", Type: kind(schema.Int64)}, {Name: "CLOSED", Type: kind(schema.Bool)}}}}
	return s
}

func TestAColumnOfAJoinedRowIsOneOfTheRowThatMayBeNull(t *testing.T) {
	for text, column := range map[string]string{
		"join.ward.NAME": "ward.NAME", `join.ward["NAME"]`: "ward.NAME", `join["ward"]["odd name"]`: "ward.odd name", `join["ward"].NAME`: "ward.NAME",
		"join.ward.`odd name`": "ward.odd name",
	} {
		e, found := expr.Check(text, at(), joined())
		if found.HasErrors() {
			t.Errorf("%s: got %v", text, found.Err())
			continue
		}
		if got, ok := e.Column(); !ok || got != column || !e.MayBeNull() || !slices.Equal(e.Columns(), []string{column}) {
			t.Errorf("%s: got column %q, null %t, columns %v; want %q, which may be null", text, got, e.MayBeNull(), e.Columns(), column)
		}
	}
	e, found := expr.Check("coalesce(join.ward.NAME, '-') + src.SURNAME", at(), joined())
	if found.HasErrors() || e.MayBeNull() || !slices.Equal(e.Columns(), []string{"SURNAME", "ward.NAME"}) {
		t.Errorf("a text of both rows: got %v, %v", e, found)
	}
}

func TestWhatIsWrongWithAJoinIsSaidAtItsPlace(t *testing.T) {
	for text, want := range map[string]struct {
		code       string
		start, end int // characters
	}{
		"join.ward.NAM":             {"unknown-column", 0, 13},
		"1 + join.wart.NAME.size()": {"unknown-join", 4, 18},
		"join.ward":                 {"unknown-name", 0, 9},
		"join":                      {"unknown-name", 0, 4},
		"!join.ward.CLOSED":         {"null-decides", 1, 17},
		"has(join.ward.NAME)":       {"unknown-name", 4, 13},
	} {
		_, found := expr.Check(text, at(), joined())
		if codes(found) != want.code {
			t.Errorf("%s: got %q, want %q", text, details(found), want.code)
			continue
		}
		if s := found[0].Subject; s.Start.Column-at().Start.Column != want.start || s.End.Column-at().Start.Column != want.end {
			t.Errorf("%s: got %d to %d, want %d to %d", text, s.Start.Column-at().Start.Column, s.End.Column-at().Start.Column, want.start, want.end)
		}
	}
	if _, found := expr.Check("join.ward.NAME", at(), scope()); codes(found) != "unknown-join" {
		t.Errorf("a join where none is declared: got %q", details(found))
	}
}
