package transform

import (
	"fmt"
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

// Aggregator evaluates checks over the rows of the target's table, which it is given batch by batch. It keeps a few
// values for each aggregate, however many rows there are. It is not safe for concurrent use.
type Aggregator struct {
	checks []*tableCheck
	fields []schema.Column
	row    *row
	rows   int64
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

// CompileChecks prepares checks over tables with these fields.
func CompileChecks(checks []plan.Check, fields []schema.Column, params []plan.Param) (*Aggregator, error) {
	consts, err := constants(params, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("compile checks: %w", err)
	}
	a := &Aggregator{fields: fields, row: newRow("out", fields, consts)}
	scope := expr.Scope{Columns: fields}
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
	table, found := expr.CheckTable(c.Expect, at(c.At), scope)
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
		case "count", "count_if", "sum", "min", "max":
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
	switch {
	case g.Func == "sum" && g.Type.Kind == schema.Decimal:
		return library.DecimalOf(0)
	case g.Func == "sum":
		return types.Double(0)
	}
	return types.NullValue
}

// Add takes in the rows of a batch of the table's fields.
func (a *Aggregator) Add(b *batch.Batch) error {
	if len(b.Vectors) != len(a.fields) {
		return fmt.Errorf("check a batch: it has %d columns, not %d", len(b.Vectors), len(a.fields))
	}
	a.row.in = b
	a.rows += int64(b.Len())
	for _, c := range a.checks {
		for i := 0; i < b.Len() && c.wrong == ""; i++ {
			a.row.i = i
			c.add(a.row)
		}
	}
	return nil
}

func (c *tableCheck) add(r *row) {
	for _, s := range c.sums {
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
	case "sum":
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
func (s *accumulator) result() ref.Val {
	if s.Func == "count" || s.Func == "count_if" {
		return types.Int(s.count)
	}
	return s.value
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
		all = append(all, CheckResult{Name: c.Name, Pass: pass && c.wrong == "", Text: c.text(a.rows)})
	}
	return all, nil
}

func (c *tableCheck) finish(names map[string]any) bool {
	if c.wrong != "" {
		return false
	}
	for _, s := range c.sums {
		names[s.Name] = s.result()
	}
	v, _, err := c.final.Eval(names)
	if err != nil {
		c.wrong = library.Safe(err)
		return false
	}
	return v == types.True
}

// text shows counts: other aggregates may be values of a row.
func (c *tableCheck) text(rows int64) string {
	if c.wrong != "" {
		return "cannot be computed: " + c.wrong
	}
	var parts []string
	for _, s := range c.sums {
		switch s.Func {
		case "count":
			parts = append(parts, fmt.Sprintf("agg.count() = %d", s.count))
		case "count_if":
			parts = append(parts, fmt.Sprintf("agg.count_if(%s) = %d", s.Arg.Text(), s.count))
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("over %d rows", rows)
	}
	return strings.Join(parts, ", ")
}
