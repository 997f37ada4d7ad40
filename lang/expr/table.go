package expr

import (
	"fmt"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Table is a condition over a whole table: aggregates that each run over its rows, and what is said of them.
type Table struct {
	Aggregates []Aggregate
	Final      *Expr // sees the aggregates as agg_0, agg_1, ... in their order, and param
}

// Aggregate is one agg.f(e). Nulls of Arg are left out, as SQL does; count counts rows.
type Aggregate struct {
	Func     string      // count, count_if, sum, min, max, avg
	Over     Rows        // whose rows Arg is computed for
	Arg      *Expr       // sees the row as out, or as Rows says; nil for count
	Name     string      // agg_0, ...
	Type     schema.Type // of the result
	Null     bool        // the result is null where there is no value: min, max and avg. A sum of nothing is 0
	Scale    int64       // of an avg of exact numbers: the digits behind its point
	Rounding string      // and how it comes to them; "" for doubles
}

// CheckTable reads the condition of a check: agg.* over out.*, of the columns of s, over run.*, of the same columns, and
// over src.*, of s.Origin.
func CheckTable(text string, at diag.Range, s Scope) (*Table, diag.List) {
	p, diags := parse(text, at, s.Object)
	if diags.HasErrors() {
		return nil, diags
	}
	joins := s.Joins
	s.Joins = nil // of the source's row alone
	w, err := newWorld(s, true)
	if err != nil {
		return nil, diag.List{p.diagnose("cel-type", "Expression cannot be checked", err.Error()+".", 0, len(p.chars))}
	}
	l := &lifter{parsed: p, world: w, joins: joins, table: &Table{}, known: map[string]string{}}
	l.walk(p.tree.Expr())
	if l.diags.HasErrors() {
		return nil, l.diags.Sorted()
	}
	final, err := newWorld(Scope{Params: s.Params, Object: s.Object, Place: s.Place}, true)
	if err != nil {
		return nil, diag.List{p.diagnose("cel-type", "Expression cannot be checked", err.Error()+".", 0, len(p.chars))}
	}
	states := map[string]state{}
	for _, a := range l.table.Aggregates {
		t, ok := celType(a.Type)
		if !ok {
			continue
		}
		final.declare(a.Name, t)
		states[a.Name] = state{null: a.Null}
	}
	l.table.Final, diags = final.check(p, text, true, states)
	if diags.HasErrors() {
		return nil, diags
	}
	return l.table, diags
}

// lifter takes the aggregates out of a condition and puts variables in their place.
type lifter struct {
	*parsed
	*world
	joins []Join
	ran   *world // of a row of the run with the source's row behind it; nil before it is needed
	table *Table
	known map[string]string // names of aggregates by function and canonical argument
	diags diag.List
}

func (l *lifter) walk(root celast.Expr) {
	celast.PreOrderVisit(root, celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() == celast.SelectKind && e.AsSelect().Operand().Kind() == celast.IdentKind && rowOf(e.AsSelect().Operand()) != "" {
			start, end := l.span(e)
			l.diags.Add(l.diagnose("cel-type", "Row outside of an aggregate",
				fmt.Sprintf("%s is a value of each row, and a check is about all of them. Write agg.count_if(...), agg.sum(...), agg.min(...) or agg.max(...) around it.",
					string(l.chars[start:end])), start, end))
		}
		if e.Kind() != celast.CallKind || !e.AsCall().IsMemberFunction() || !isIdent(e.AsCall().Target(), "agg") {
			return
		}
		start, end := l.span(e)
		name, ok := l.lift(e)
		if ok {
			l.info.SetOffsetRange(e.ID(), celast.OffsetRange{Start: int32(start), Stop: int32(start + len(string(l.chars[start:end])))})
			e.SetKindCase(l.fac.NewIdent(e.ID(), name))
			return
		}
		e.SetKindCase(l.fac.NewLiteral(e.ID(), types.True)) // its parts are not looked at again
	}))
}

func isIdent(e celast.Expr, name string) bool {
	return e.Kind() == celast.IdentKind && strings.TrimPrefix(e.AsIdent(), ".") == name
}

// aggregates are what there is behind agg.
var aggregates = []string{"count", "count_if", "sum", "min", "max", "avg"}

func (l *lifter) lift(e celast.Expr) (string, bool) {
	call := e.AsCall()
	f, args := call.FunctionName(), call.Args()
	if !slices.Contains(aggregates, f) {
		start, end := l.called(e)
		start = l.qualified(start, 1)
		l.diags.Add(l.diagnose("unknown-function", "Unknown function", fmt.Sprintf("There is no aggregate agg.%s.%s The aggregates are count, count_if, sum, min, max and avg.",
			f, diag.Suggest(f, aggregates)), start, end))
		return "", false
	}
	if takes, ok := arguments(f, len(args)); !ok {
		start, end := l.span(e)
		l.diags.Add(l.diagnose("cel-type", "Wrong number of arguments", fmt.Sprintf("agg.%s takes %s, and there are %d.", f, takes, len(args)), start, end))
		return "", false
	}
	a := Aggregate{Func: f, Over: OutRows, Type: schema.Type{Kind: schema.Int64}}
	ok := true
	switch {
	case f == "count" && len(args) == 1:
		a.Over, ok = l.counted(args[0])
	case f != "count":
		ok = l.over(&a, args[0]) && l.fit(&a, args[0]) && (f != "avg" || l.average(&a, e))
	}
	if !ok {
		return "", false
	}
	key := fmt.Sprintf("%s %s %d %s", f, a.Over, a.Scale, a.Rounding)
	if a.Arg != nil {
		key += " " + a.Arg.Canonical()
	}
	if name, ok := l.known[key]; ok {
		return name, true
	}
	a.Name = fmt.Sprintf("agg_%d", len(l.table.Aggregates))
	l.known[key] = a.Name
	l.table.Aggregates = append(l.table.Aggregates, a)
	return a.Name, true
}

// arguments says how many an aggregate takes, and whether n is right.
func arguments(f string, n int) (takes string, ok bool) {
	switch f {
	case "count":
		return "no argument, or run or src", n <= 1
	case "avg":
		return "a number, or an exact number with a scale and a rounding mode", n == 1 || n == 3
	}
	return "one argument", n == 1
}

// argument checks the expression of an aggregate as one of a row that w has.
func (l *lifter) argument(w *world, e celast.Expr, condition bool) (*Expr, bool) {
	start, end := l.span(e)
	text := strings.TrimSpace(string(l.chars[start:end]))
	part := &parsed{source: l.source, tree: celast.NewAST(l.fac.CopyExpr(e), celast.CopySourceInfo(l.info)), next: l.next, fac: l.fac, common: l.common, joined: l.joined}
	arg, diags := w.check(part, text, condition, nil)
	l.next = part.next
	l.diags.Extend(diags)
	return arg, !diags.HasErrors()
}

// fit settles the type of an aggregate's result.
func (l *lifter) fit(a *Aggregate, e celast.Expr) bool {
	t := a.Arg.Type()
	switch a.Func {
	case "sum", "avg":
		a.Null = a.Func == "avg"
		switch {
		case t.IsInteger() || t.Kind == schema.Decimal:
			a.Type = schema.Type{Kind: schema.Decimal}
			return true
		case t.Kind == schema.Float32 || t.Kind == schema.Float64:
			a.Type = schema.Type{Kind: schema.Float64}
			return true
		case t.Kind == schema.Unknown:
			a.Type = schema.Type{Kind: schema.JSON}
			return true
		}
		return l.misfit(e, fmt.Sprintf("agg.%s adds numbers, and this is %s.", a.Func, t))
	case "min", "max":
		a.Type, a.Null = t, true
		switch t.Kind {
		case schema.JSON, schema.Array, schema.Interval:
			return l.misfit(e, fmt.Sprintf("Values of type %s have no order for agg.%s.", t, a.Func))
		case schema.Unknown:
			a.Type = schema.Type{Kind: schema.JSON}
		}
	}
	return true
}

func (l *lifter) misfit(e celast.Expr, detail string) bool {
	start, end := l.span(e)
	l.diags.Add(l.diagnose("cel-type", "Wrong type", detail, start, end))
	return false
}
