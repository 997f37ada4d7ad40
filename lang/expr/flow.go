package expr

import (
	"fmt"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"github.com/novumsolvo/migrateiq/lang/library"
)

// rewrite turns selections and indexes that may meet a null, and all indexes of lookups, into calls through which null flows.
func (n *nulls) rewrite(p *parsed) {
	celast.PostOrderVisit(n.tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		switch e.Kind() {
		case celast.SelectKind:
			if !n.flows[e.ID()] || e.AsSelect().IsTestOnly() {
				return
			}
			s := e.AsSelect()
			name := p.fac.NewLiteral(p.id(e), types.String(s.FieldName()))
			n.tree.SetType(name.ID(), types.StringType)
			e.SetKindCase(p.fac.NewCall(e.ID(), library.Index, s.Operand(), name))
		case celast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != operators.Index || !n.flows[e.ID()] && !n.isLookup(call.Args()[0]) {
				return
			}
			e.SetKindCase(p.fac.NewCall(e.ID(), library.Index, call.Args()...))
		default:
			return
		}
		n.tree.SetReference(e.ID(), celast.NewFunctionReference("index_value"))
	}))
}

// planner makes programs through which null flows. failed holds what calls of constants failed with, by their id.
type planner struct {
	env    *cel.Env
	flows  map[int64]bool
	failed map[int64]error
}

func (p *planner) program(tree *celast.AST) (cel.Program, error) {
	program, err := p.env.PlanProgram(tree, cel.CustomDecoratorV2(p.decorate), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("prepare the expression: %w", err)
	}
	return program, nil
}

func (p *planner) decorate(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	call, ok := i.(interpreter.InterpretableCall)
	if !ok {
		return i, nil
	}
	out := call
	switch {
	case call.Function() == library.Coalesce:
		out = lazy{call}
	case p.flows[call.ID()]:
		implementation, err := p.implementation(call)
		if err != nil {
			return nil, err
		}
		out = interpreter.NewCall(call.ID(), call.Function(), call.OverloadID(), call.Args(), flowing(call, implementation))
	}
	for _, a := range call.Args() {
		if _, ok := a.(interpreter.InterpretableConst); !ok {
			return out, nil
		}
	}
	v := out.Eval(interpreter.EmptyActivation())
	if failure, ok := v.(*types.Err); ok {
		p.failed[call.ID()] = failure
		return out, nil
	}
	return interpreter.NewConstValue(call.ID(), v), nil
}

// implementation is what CEL would call, by overload or else by name; nil where the value itself answers.
func (p *planner) implementation(call interpreter.InterpretableCall) (*functions.Overload, error) {
	f, ok := p.env.Functions()[call.Function()]
	if !ok {
		return nil, nil
	}
	all, err := f.Bindings()
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", call.Function(), err)
	}
	var byName *functions.Overload
	for _, o := range all {
		switch o.Operator {
		case call.OverloadID():
			return o, nil
		case call.Function():
			byName = o
		}
	}
	return byName, nil
}

// flowing gives null where an argument is null and otherwise what the function gives.
func flowing(call interpreter.InterpretableCall, f *functions.Overload) functions.FunctionOp {
	return func(args ...ref.Val) ref.Val {
		for _, a := range args {
			if a == types.NullValue {
				return a
			}
		}
		switch {
		case f == nil || f.OperandTrait != 0 && !args[0].Type().HasTrait(f.OperandTrait):
		case len(args) == 1 && f.Unary != nil:
			return f.Unary(args[0])
		case len(args) == 2 && f.Binary != nil:
			return f.Binary(args[0], args[1])
		case f.Function != nil:
			return f.Function(args...)
		}
		return types.NewErrWithNodeID(call.ID(), "no such overload: %s", call.Function())
	}
}

// lazy computes the arguments of coalesce up to the first that is not null.
type lazy struct{ interpreter.InterpretableCall }

// Exec gives the first value that is not null.
func (l lazy) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	for _, a := range l.Args() {
		if v := a.Exec(frame); v != types.NullValue {
			return v
		}
	}
	return types.NullValue
}

// Eval gives the first value that is not null.
func (l lazy) Eval(vars interpreter.Activation) ref.Val { return l.Exec(interpreter.AsFrame(vars)) }
