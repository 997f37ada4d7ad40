package library

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Function is one entry of the reference. Version rises when the same arguments give another result: fields that use the
// function are then mapped again. Example evaluates to Result.
type Function struct {
	Name      string
	Signature string
	Doc       string
	Null      string
	Example   string
	Result    string
	Cost      Cost
	Version   int
	Absent    bool     // arguments that are not null may give null
	Elements  Elements // of the nulls inside of the first Lists arguments
	Lists     int
	JSON      bool                                // the first argument is json, a map, a list or text; the types of CEL cannot say so
	Literals  []int                               // arguments, counted from 0, that have to be written as texts in the expression
	Check     func(literals map[int]string) error // finds texts written as literals that can give no value; may be nil
	Protects  *Protection                         // what it takes out of a value, for policies; nil: nothing
	overloads []cel.FunctionOpt
}

// Protection is how much of a value a function hides. Method is a word of the policies' document: redact, truncate,
// generalise, hash, hmac.
type Protection struct {
	Method   string
	Keyed    bool
	KeepLast int    // characters that stay
	Band     string // what a value is generalised to
}

// Cost says how the work for a row grows.
type Cost string

// The costs, from the least.
const (
	Cheap  Cost = "cheap"  // the same for all usual arguments
	Linear Cost = "linear" // with the length of the arguments
	Heavy  Cost = "heavy"  // the argument is parsed, hashed or compared with itself
)

// Elements says what a function makes of nulls inside of a list.
type Elements int

// What becomes of the nulls inside of a list.
const (
	Kept    Elements = iota // the result may hold them
	Refused                 // they would decide, so the list may hold none
	Removed                 // the result holds none
)

const (
	flows = "null where an argument is null"
	never = "never null"
)

// Functions are ours, by name. CEL's own are not among them.
func Functions() []Function {
	all := slices.Concat(dateFunctions(), calendarFunctions(), datetimeFunctions(), clockFunctions(), zoneFunctions(), decimalFunctions(),
		exactFunctions(), textFunctions(), characterFunctions(), partFunctions(), regexFunctions(), jsonFunctions(), xmlFunctions(), hashFunctions(),
		numberFunctions(), unitFunctions(), phoneFunctions(), emailFunctions(), listFunctions(), setFunctions(), valueFunctions(),
		nhsFunctions(), codeFunctions(), maskFunctions(), pseudonymFunctions())
	for i := range all {
		if all[i].Version == 0 {
			all[i].Version = 1
		}
		if all[i].Null == "" {
			all[i].Null = flows
		}
		if all[i].Cost == "" {
			all[i].Cost = Cheap
		}
	}
	slices.SortFunc(all, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Versions gives the version of each of our functions by name. What is not in it is CEL's own and of version 1.
func Versions() map[string]string {
	all := map[string]string{}
	for _, f := range Functions() {
		all[f.Name] = strconv.Itoa(f.Version)
	}
	return all
}

// Names of functions that the checker writes into expressions; nobody can type them.
const (
	Null  = "@null"  // the literal null, of any type
	Index = "@index" // x[k] and x.k where x or k may be null
)

// Names of the two functions that take null for an argument like any other.
const (
	Coalesce = "coalesce"
	HasValue = "has_value"
)

// unary, binary and variadic make an overload with its implementation.
func unary(id string, arg, result *cel.Type, f func(ref.Val) ref.Val) cel.FunctionOpt {
	return cel.Overload(id, []*cel.Type{arg}, result, cel.UnaryBinding(f))
}

func binary(id string, a, b, result *cel.Type, f func(x, y ref.Val) ref.Val) cel.FunctionOpt {
	return cel.Overload(id, []*cel.Type{a, b}, result, cel.BinaryBinding(f))
}

func variadic(id string, args []*cel.Type, result *cel.Type, f func(...ref.Val) ref.Val) cel.FunctionOpt {
	return cel.Overload(id, args, result, cel.FunctionBinding(f))
}

// text turns a function of Go over text into one over values.
func text(f func(string) (ref.Val, error)) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val {
		s, ok := v.(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		return result(f(string(s)))
	}
}

// on turns a function over values of one Go type into one over values.
func on[T ref.Val](f func(T) (ref.Val, error)) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val {
		t, ok := v.(T)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		return result(f(t))
	}
}

func on2[T, U ref.Val](f func(T, U) (ref.Val, error)) func(x, y ref.Val) ref.Val {
	return func(x, y ref.Val) ref.Val {
		t, ok := x.(T)
		if !ok {
			return types.MaybeNoSuchOverloadErr(x)
		}
		u, ok := y.(U)
		if !ok {
			return types.MaybeNoSuchOverloadErr(y)
		}
		return result(f(t, u))
	}
}

func on3[T, U, V ref.Val](f func(T, U, V) (ref.Val, error)) func(...ref.Val) ref.Val {
	return func(args ...ref.Val) ref.Val {
		t, ok := args[0].(T)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[0])
		}
		return on2(func(u U, v V) (ref.Val, error) { return f(t, u, v) })(args[1], args[2])
	}
}

func on4[T, U, V, W ref.Val](f func(T, U, V, W) (ref.Val, error)) func(...ref.Val) ref.Val {
	return func(args ...ref.Val) ref.Val {
		t, ok := args[0].(T)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[0])
		}
		return on3(func(u U, v V, w W) (ref.Val, error) { return f(t, u, v, w) })(args[1:]...)
	}
}

func result(v ref.Val, err error) ref.Val {
	if err != nil {
		return fail(err)
	}
	return v
}

func integer(n int64) (ref.Val, error) { return types.Int(n), nil }

// absentWhere is the null behaviour of a function that may give null for arguments that are not null.
func absentWhere(what string) string { return flows + ", and " + what }

// each checks the literals of a function, each by its own rule.
func each(rules map[int]func(string) error) func(map[int]string) error {
	return func(literals map[int]string) error {
		for at := range maxParts {
			text, ok := literals[at]
			rule := rules[at]
			if !ok || rule == nil {
				continue
			}
			if err := rule(text); err != nil {
				return err
			}
		}
		return nil
	}
}
