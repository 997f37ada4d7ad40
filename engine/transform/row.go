package transform

import (
	"errors"
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// program is a checked expression, ready to run. It is safe for concurrent use.
type program struct {
	expr      *expr.Expr
	run       cel.Program
	result    schema.Type
	columns   []string // that it reads, sorted
	condition bool     // bool, and never null
}

func newProgram(e *expr.Expr, condition bool) (*program, error) {
	run, err := e.Program()
	if err != nil {
		return nil, fmt.Errorf("prepare the expression: %w", err)
	}
	return &program{expr: e, run: run, result: e.Type(), columns: e.Columns(), condition: condition}, nil
}

// row is what an expression sees of one row of a batch: values are made as they are asked for.
type row struct {
	in      *batch.Batch
	i       int
	out     *batch.Vector // the value just made, for expect
	outType schema.Type
	scope   string         // src, or out in a check of the table
	names   map[string]int // scope.column to column
	columns []schema.Column
	consts  map[string]any
	whole   *index
}

var _ cel.Activation = (*row)(nil)

func newRow(scope string, columns []schema.Column, consts map[string]any) *row {
	r := &row{scope: scope, names: make(map[string]int, len(columns)), columns: columns, consts: consts}
	for i, c := range columns {
		r.names[scope+"."+c.Name] = i
	}
	r.whole = &index{member: func(name string) (ref.Val, bool) {
		c, ok := r.names[scope+"."+name]
		if !ok {
			return nil, false
		}
		return r.cell(c), true
	}}
	return r
}

func (r *row) cell(c int) ref.Val { return value(r.columns[c].Type, &r.in.Vectors[c], r.i) }

// ResolveName is CEL's question for a variable.
func (r *row) ResolveName(name string) (any, bool) {
	if c, ok := r.names[name]; ok {
		return r.cell(c), true
	}
	if v, ok := r.consts[name]; ok {
		return v, true
	}
	switch {
	case name == r.scope:
		return r.whole, true
	case name == "out" && r.out != nil:
		return value(r.outType, r.out, r.i), true
	}
	return nil, false
}

// Parent is none.
func (r *row) Parent() cel.Activation { return nil }

// interpreted runs a program row by row.
type interpreted struct {
	*program
	row    *row
	result batch.Vector
}

func (x *interpreted) owned() bool { return true }

func (x *interpreted) eval(p *pass) *batch.Vector {
	x.result.Reset()
	x.row.in, x.row.out = p.in, p.out
	if p.out != nil {
		x.row.outType = p.current.Column.Type
	}
	for i := range p.n {
		if p.idle(i) {
			x.result.AppendNull()
			continue
		}
		x.row.i = i
		if rule, reason := x.one(); reason != "" {
			p.fail(i, p.rule(rule), reason)
			x.result.AppendNull()
		}
	}
	return &x.result
}

// one appends the value for the row at hand, or says why there is none.
func (x *interpreted) one() (rule, reason string) {
	v, _, err := x.run.Eval(x.row)
	if err != nil {
		var missing *lookupError
		if errors.As(err, &missing) {
			return ruleLookup, missing.reason
		}
		return ruleExpression, library.Safe(err)
	}
	if x.condition && v == types.NullValue {
		return ruleExpression, undecided
	}
	return ruleExpression, put(&x.result, x.program.result, v)
}

// undecided should never be said of a row: the checker allows no null to decide.
const undecided = "the condition is neither true nor false"

// rule calls a failing condition by its place.
func (p *pass) rule(of string) string {
	switch {
	case of == ruleLookup:
		return of
	case p.current == nil:
		return ruleWhere
	case p.out != nil:
		return ruleExpect
	}
	return of
}
