package library

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
)

// NewEnv is CEL with all functions and no variables. The versions of CEL's own libraries are fixed, so that the same text
// means the same thing with another version of CEL.
func NewEnv() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.StdLib(),
		cel.OptionalTypes(cel.OptionalTypesVersion(1)),
		ext.Strings(ext.StringsVersion(4)),
		ext.Math(ext.MathVersion(2)),
		ext.Lists(ext.ListsVersion(2)),
		cel.DefaultUTCTimeZone(true),
		cel.EnableIdentifierEscapeSyntax(),
		cel.ParserExpressionSizeLimit(65536),
	}
	for _, f := range Functions() {
		options = append(options, cel.Function(f.Name, f.overloads...))
	}
	options = append(options, conversions()...)
	options = append(options, comparisons()...)
	options = append(options, hidden()...)
	return cel.NewCustomEnv(options...)
}

// comparisons declares the operators of our types; their values carry them out.
func comparisons() []cel.EnvOption {
	decimal := DecimalType()
	var options []cel.EnvOption
	for name, op := range map[string]string{"add": operators.Add, "subtract": operators.Subtract, "multiply": operators.Multiply,
		"divide": operators.Divide} {
		options = append(options, cel.Function(op, cel.Overload(name+"_decimal", []*cel.Type{decimal, decimal}, decimal)))
	}
	options = append(options, cel.Function(operators.Negate, cel.Overload("negate_decimal", []*cel.Type{decimal}, decimal)))
	for name, op := range map[string]string{"less": operators.Less, "less_equals": operators.LessEquals, "greater": operators.Greater,
		"greater_equals": operators.GreaterEquals} {
		for _, t := range []*cel.Type{decimal, DateType(), TimeType(), DatetimeType()} {
			options = append(options, cel.Function(op, cel.Overload(name+"_"+t.TypeName(), []*cel.Type{t, t}, cel.BoolType)))
		}
	}
	return options
}

func hidden() []cel.EnvOption {
	return []cel.EnvOption{
		cel.Function(Null, variadic("null_value", nil, cel.TypeParamType("T"), func(...ref.Val) ref.Val { return types.NullValue })),
		cel.Function(Index, binary("index_value", cel.DynType, cel.DynType, cel.DynType, index)),
	}
}
