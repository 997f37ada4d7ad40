package transform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Aggregator evaluates checks over the rows of the target's table, and over those that a run read and wrote. It is given
// both batch by batch, and keeps a few values for each aggregate, however many rows there are. It is not safe for
// concurrent use.
type Aggregator struct {
	checks []*tableCheck
	fields []schema.Column
	read   []schema.Column
	row    *row // of the target's table
	ran    *row // of the run: the columns read, and beside them those of the row written
	rows   int64
	wrote  int64
	pair   *batch.Batch
}

// CheckResult is what a check came to. Text shows how many rows were counted and no other value.
type CheckResult struct {
	Name string
	Pass bool
	Text string
}

type tableCheck struct {
	plan.Check
	final cel.Program
	sums  []*accumulator
	wrong string // why the check cannot be computed
}

// accumulator is one aggregate on its way.
type accumulator struct {
	expr.Aggregate
	program *program // nil for count
	count   int64
	value   ref.Val
}

// CompileChecks prepares checks over tables with these fields. read are the columns of the source, as AddRun is given them.
func CompileChecks(checks []plan.Check, fields, read []schema.Column, params []plan.Param) (*Aggregator, error) {
	consts, err := constants(&plan.Definition{Params: params}, Spec{})
	if err != nil {
		return nil, fmt.Errorf("compile checks: %w", err)
	}
	both := slices.Clone(read)
	for _, c := range fields {
		c.Name = expr.Made(c.Name)
		both = append(both, c)
	}
	a := &Aggregator{fields: fields, read: read, row: newRow("out", fields, consts), ran: newRow("src", both, consts), pair: batch.New(both, 0)}
	scope := expr.Scope{Columns: fields, Origin: &expr.Origin{Columns: read}}
	for _, p := range params {
		scope.Params = append(scope.Params, expr.Param{Name: p.Name, Type: p.Type})
	}
	for _, c := range checks {
		compiled, err := compileCheck(c, scope)
		if err != nil {
			return nil, fmt.Errorf("compile check %s: %w", c.Name, err)
		}
		a.checks = append(a.checks, compiled)
	}
	return a, nil
}

func compileCheck(c plan.Check, scope expr.Scope) (*tableCheck, error) {
	table, found := expr.CheckTable(c.Expect, c.At.Range(), scope)
	if found.HasErrors() {
		return nil, found.Err()
	}
	final, err := table.Final.Program()
	if err != nil {
		return nil, fmt.Errorf("prepare the expression: %w", err)
	}
	compiled := &tableCheck{Check: c, final: final}
	for _, g := range table.Aggregates {
		sum := &accumulator{Aggregate: g, value: start(g)}
		switch g.Func {
		case "count", "count_if", "sum", "min", "max", "avg":
		default:
			return nil, fmt.Errorf("this version does not know agg.%s", g.Func)
		}
		if g.Arg != nil {
			if sum.program, err = newProgram(g.Arg, false); err != nil {
				return nil, err
			}
		}
		compiled.sums = append(compiled.sums, sum)
	}
	return compiled, nil
}

// start is what an aggregate of no rows is. A sum of whole numbers is a decimal, so that it does not run over.
func start(g expr.Aggregate) ref.Val {
	adds := g.Func == "sum" || g.Func == "avg"
	switch {
	case adds && g.Type.Kind == schema.Decimal:
		return library.DecimalOf(0)
	case adds:
		return types.Double(0)
	}
	return types.NullValue
}

// Add takes in the rows of a batch of the table's fields.
func (a *Aggregator) Add(b *batch.Batch) error {
	if len(b.Vectors) != len(a.fields) {
		return fmt.Errorf("check a batch: it has %d columns, not %d", len(b.Vectors), len(a.fields))
	}
	a.rows += int64(b.Len())
	a.over(expr.OutRows, a.row, b)
	return nil
}

// over takes in the rows of a batch for the aggregates that go through such rows.
func (a *Aggregator) over(rows expr.Rows, r *row, b *batch.Batch) {
	r.in = b
	for _, c := range a.checks {
		for i := 0; i < b.Len() && c.wrong == "" && c.goes(rows); i++ {
			r.i = i
			c.add(rows, r)
		}
	}
}

func (c *tableCheck) goes(over expr.Rows) bool {
	return slices.ContainsFunc(c.sums, func(s *accumulator) bool { return s.Over == over })
}

func (c *tableCheck) add(over expr.Rows, r *row) {
	for _, s := range c.sums {
		if s.Over != over {
			continue
		}
		if s.program == nil {
			s.count++
			continue
		}
		v, _, err := s.program.run.Eval(r)
		if err != nil {
			c.wrong = library.Safe(err)
			return
		}
		if err := s.add(v); err != nil {
			c.wrong = library.Safe(err)
			return
		}
	}
}

// add leaves nulls out.
func (s *accumulator) add(v ref.Val) error {
	if v == types.NullValue {
		return nil
	}
	if s.Func == "count_if" {
		if v == types.True {
			s.count++
		}
		return nil
	}
	if s.value == types.NullValue {
		s.value = v
		return nil
	}
	switch s.Func {
	case "sum", "avg":
		s.count++
		to, ok := s.value.(traits.Adder)
		if !ok {
			return fmt.Errorf("no such overload")
		}
		s.value = to.Add(v)
	case "min", "max":
		order, err := compare(v, s.value)
		if err != nil {
			return err
		}
		if s.Func == "min" && order < 0 || s.Func == "max" && order > 0 {
			s.value = v
		}
	}
	if err, ok := s.value.(*types.Err); ok {
		return err
	}
	return nil
}

func compare(a, b ref.Val) (types.Int, error) {
	c, ok := a.(traits.Comparer)
	if !ok {
		return 0, fmt.Errorf("no such overload")
	}
	switch order := c.Compare(b).(type) {
	case types.Int:
		return order, nil
	case *types.Err:
		return 0, order
	}
	return 0, fmt.Errorf("no such overload")
}

// result is the aggregate's value.
func (s *accumulator) result() (ref.Val, error) {
	switch s.Func {
	case "count", "count_if":
		return types.Int(s.count), nil
	case "avg":
		return s.average()
	}
	return s.value, nil
}

func (s *accumulator) average() (ref.Val, error) {
	if s.count == 0 {
		return types.NullValue, nil
	}
	switch sum := s.value.(type) {
	case library.Decimal:
		q, err := sum.Div(library.DecimalOf(s.count), s.Scale, s.Rounding)
		return q, err
	case types.Double:
		return sum / types.Double(s.count), nil
	}
	return nil, fmt.Errorf("no such overload")
}

// Results gives each check's outcome over the rows so far. A check that cannot be computed has not passed.
func (a *Aggregator) Results() ([]CheckResult, error) {
	var all []CheckResult
	for _, c := range a.checks {
		names := map[string]any{}
		for k, v := range a.row.consts {
			names[k] = v
		}
		pass := c.finish(names)
		all = append(all, CheckResult{Name: c.Name, Pass: pass && c.wrong == "", Text: c.text(a)})
	}
	return all, nil
}

func (c *tableCheck) finish(names map[string]any) bool {
	if c.wrong != "" {
		return false
	}
	for _, s := range c.sums {
		v, err := s.result()
		if err != nil {
			c.wrong = library.Safe(err)
			return false
		}
		names[s.Name] = v
	}
	v, _, err := c.final.Eval(names)
	if err != nil {
		c.wrong = library.Safe(err)
		return false
	}
	return v == types.True
}

// text shows counts: other aggregates may be values of a row.
func (c *tableCheck) text(a *Aggregator) string {
	if c.wrong != "" {
		return "cannot be computed: " + c.wrong
	}
	var parts []string
	for _, s := range c.sums {
		switch {
		case s.Func == "count" && s.Over == expr.OutRows:
			parts = append(parts, fmt.Sprintf("agg.count() = %d", s.count))
		case s.Func == "count":
			parts = append(parts, fmt.Sprintf("agg.count(%s) = %d", s.Over, s.count))
		case s.Func == "count_if":
			parts = append(parts, fmt.Sprintf("agg.count_if(%s) = %d", s.Arg.Text(), s.count))
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case c.goes(expr.OutRows) || !c.goes(expr.RunRows) && !c.goes(expr.SrcRows):
		return "over " + plan.Rows(a.rows)
	}
	return "over " + plan.Rows(a.wrote) + " of this run"
}
