package expr

import (
	"fmt"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Rows are those that an aggregate of a check goes through.
type Rows string

// OutRows are all rows of the target's table. RunRows are those that the run wrote, each with the row of the source that
// it was made of. SrcRows are those that the run read, also those that were left out or rejected.
const (
	OutRows Rows = "out"
	RunRows Rows = "run"
	SrcRows Rows = "src"
)

// Origin is, for CheckTable, the table of the source that the rows come from: src.<name>, and join.<name> of the joins.
type Origin struct {
	Columns []schema.Column
	Place   string // for messages
}

// Made is the name under which an expression over RunRows reads a column of the row that was written. No column of a
// source is called so.
func Made(column string) string { return "run()." + column }

// Reads are the columns of the source that the aggregates read, sorted.
func (t *Table) Reads() []string {
	set := map[string]bool{}
	for _, a := range t.Aggregates {
		if a.Arg == nil || a.Over == OutRows {
			continue
		}
		for _, c := range a.Arg.Columns() {
			if !strings.HasPrefix(c, Made("")) {
				set[c] = true
			}
		}
	}
	return sorted(set)
}

// Over reports whether an aggregate goes through such rows.
func (t *Table) Over(r Rows) bool {
	return slices.ContainsFunc(t.Aggregates, func(a Aggregate) bool { return a.Over == r })
}

// rowOf says which row an expression names, "" for none.
func rowOf(e celast.Expr) Rows {
	for _, r := range []Rows{OutRows, RunRows, SrcRows} {
		if isIdent(e, string(r)) {
			return r
		}
	}
	return ""
}

// counted is what agg.count(run) counts.
func (l *lifter) counted(e celast.Expr) (Rows, bool) {
	r := rowOf(e)
	if r == "" || r != OutRows && l.scope.Origin == nil {
		start, end := l.span(e)
		l.diags.Add(l.diagnose("cel-type", "Wrong argument",
			"agg.count() counts the rows of the target, agg.count(run) those that the run wrote, agg.count(src) those that it read. Values are counted by agg.count_if(out.x != null).", start, end))
		return "", false
	}
	return r, true
}

// over finds out whose rows an argument is about, and checks it as an expression of them.
func (l *lifter) over(a *Aggregate, e celast.Expr) bool {
	var of []Rows
	celast.PostOrderVisit(e, celast.NewExprVisitor(func(e celast.Expr) {
		if r := rowOf(e); r != "" && !slices.Contains(of, r) {
			of = append(of, r)
		}
	}))
	has := func(r Rows) bool { return slices.Contains(of, r) }
	w := l.world
	switch {
	case has(OutRows) && len(of) > 1:
		return l.misfit(e, "out.* is a row of the target's table, and run.* and src.* are rows of this run: no row is both. Write an aggregate for each, and compare the two.")
	case (has(RunRows) || has(SrcRows)) && l.scope.Origin == nil:
		return l.misfit(e, "There are no rows of a run here.")
	case has(RunRows):
		a.Over = RunRows
	case has(SrcRows):
		a.Over = SrcRows
	}
	if a.Over != OutRows {
		var err error
		if w, err = l.running(); err != nil {
			return l.misfit(e, err.Error()+".")
		}
		if !l.written(e) {
			return false
		}
	}
	var ok bool
	a.Arg, ok = l.argument(w, e, a.Func == "count_if")
	return ok
}

// running is a world whose row has the source's columns, and those of the row written under names of their own.
func (l *lifter) running() (*world, error) {
	if l.ran != nil {
		return l.ran, nil
	}
	s := Scope{Columns: slices.Clone(l.scope.Origin.Columns), Joins: l.joins, Params: l.scope.Params, Object: l.scope.Object, Place: l.scope.Origin.Place}
	for _, c := range l.scope.Columns {
		c.Name = Made(c.Name)
		s.Columns = append(s.Columns, c)
	}
	w, err := newWorld(s, false)
	if err != nil {
		return nil, err
	}
	l.ran = w
	return w, nil
}

// written writes run.x as a column of the one row that an expression sees.
func (l *lifter) written(root celast.Expr) bool {
	good := true
	celast.PostOrderVisit(root, celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.SelectKind || rowOf(e.AsSelect().Operand()) != RunRows {
			return
		}
		s := e.AsSelect()
		if _, ok := l.columns[s.FieldName()]; !ok {
			start, end := l.span(e)
			var have []string
			for name := range l.columns {
				have = append(have, name)
			}
			slices.Sort(have)
			l.diags.Add(l.diagnose("unknown-column", "Unknown column", fmt.Sprintf("%s has no column %q.%s", l.scope.Place, s.FieldName(), diag.Suggest(s.FieldName(), have)), start, end))
			good = false
			return
		}
		source := l.fac.NewIdent(s.Operand().ID(), string(SrcRows))
		if s.IsTestOnly() {
			e.SetKindCase(l.fac.NewPresenceTest(e.ID(), source, Made(s.FieldName())))
			return
		}
		e.SetKindCase(l.fac.NewSelect(e.ID(), source, Made(s.FieldName())))
	}))
	return good
}

// average settles how an avg of exact numbers is rounded: a quotient may have no end.
func (l *lifter) average(a *Aggregate, e celast.Expr) bool {
	args := e.AsCall().Args()
	exact := a.Type.Kind == schema.Decimal
	if exact != (len(args) == 3) {
		if !exact {
			return l.misfit(e, "Doubles are not rounded: write agg.avg(x).")
		}
		return l.misfit(e, "A quotient of exact numbers may have no end: say how many digits and by which mode, as in agg.avg(x, 2, 'half_even').")
	}
	if !exact {
		return true
	}
	scale, okScale := literal(args[1]).(types.Int)
	mode, okMode := literal(args[2]).(types.String)
	if !okScale || !okMode {
		return l.misfit(e, "The scale and the rounding mode of agg.avg are literals, as in agg.avg(x, 2, 'half_even').")
	}
	if _, err := library.DecimalOf(0).Round(int64(scale), string(mode)); err != nil {
		return l.misfit(e, strings.ToUpper(err.Error()[:1])+err.Error()[1:]+".")
	}
	a.Scale, a.Rounding = int64(scale), string(mode)
	return true
}

func literal(e celast.Expr) any {
	if e.Kind() != celast.LiteralKind {
		return nil
	}
	return e.AsLiteral()
}
