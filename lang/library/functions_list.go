package library

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

var (
	errNull    = errors.New("the list holds null")
	errOrder   = errors.New("the list holds NaN, which has no place in an order")
	errSum     = errors.New("the sum is out of range")
	errOrdered = errors.New("the list holds values that have no order")
)

type listType struct {
	id string
	t  *cel.Type
}

// ordered are the types that have an order.
func ordered() []listType {
	return []listType{{"int", cel.IntType}, {"uint", cel.UintType}, {"double", cel.DoubleType}, {"decimal", DecimalType()}, {"string", cel.StringType},
		{"bytes", cel.BytesType}, {"date", DateType()}, {"time", TimeType()}, {"datetime", DatetimeType()}, {"timestamp", cel.TimestampType},
		{"duration", cel.DurationType}}
}

func listFunctions() []Function {
	t := cel.TypeParamType("T")
	extreme := func(name, doc, want string, better func(order int) bool) Function {
		f := Function{Name: "list." + name, Signature: "list." + name + "(list(T)) -> T", Doc: doc + " T has an order.", Cost: Linear, Elements: Refused, Lists: 1,
			Null: absentWhere("where the list is empty"), Absent: true, Example: "list." + name + "([3, 1, 2])", Result: want}
		for _, o := range ordered() {
			f.overloads = append(f.overloads, unary("list_"+name+"_"+o.id, cel.ListType(o.t), o.t, values(func(all []ref.Val) (ref.Val, error) {
				return best(all, better)
			})))
		}
		return f
	}
	end := func(name, doc, want string, at func(n int) int) Function {
		return Function{Name: "list." + name, Signature: "list." + name + "(list(T)) -> T", Doc: doc, Lists: 1,
			Null: absentWhere("where the list is empty or the element is null"), Absent: true, Example: "list." + name + "(['a', 'b', 'c'])", Result: want,
			overloads: []cel.FunctionOpt{unary("list_"+name, cel.ListType(t), t, elements(func(all []ref.Val) (ref.Val, error) {
				if len(all) == 0 {
					return types.NullValue, nil
				}
				return all[at(len(all))], nil
			}))}}
	}
	sorted := Function{Name: "list.sort", Signature: "list.sort(list(T)) -> list(T)", Doc: "The elements from the least to the greatest; texts by their characters' numbers in Unicode. T has an order.",
		Cost: Heavy, Elements: Refused, Lists: 1, Example: "list.sort(['b', 'a', 'C']).join(' ')", Result: "C a b"}
	for _, o := range ordered() {
		sorted.overloads = append(sorted.overloads, unary("list_sort_"+o.id, cel.ListType(o.t), cel.ListType(o.t), values(sortValues)))
	}
	sum := Function{Name: "list.sum", Signature: "list.sum(list(T)) -> T", Doc: "The sum; 0 of no elements. T is int, decimal or double.", Cost: Linear,
		Elements: Refused, Lists: 1, Example: "string(list.sum([decimal('0.1'), decimal('0.2')]))", Result: "0.3",
		overloads: []cel.FunctionOpt{
			unary("list_sum_int", cel.ListType(cel.IntType), cel.IntType, values(func(all []ref.Val) (ref.Val, error) { return total(types.Int(0), all) })),
			unary("list_sum_decimal", cel.ListType(DecimalType()), DecimalType(), values(func(all []ref.Val) (ref.Val, error) { return total(DecimalOf(0), all) })),
			unary("list_sum_double", cel.ListType(cel.DoubleType), cel.DoubleType, values(func(all []ref.Val) (ref.Val, error) { return total(types.Double(0), all) })),
		}}
	return []Function{
		extreme("min", "The least element.", "1", func(order int) bool { return order < 0 }),
		extreme("max", "The greatest element.", "3", func(order int) bool { return order > 0 }),
		end("first", "The first element.", "a", func(int) int { return 0 }),
		end("last", "The last element.", "c", func(n int) int { return n - 1 }),
		sorted, sum,
		{Name: "list.join", Signature: "list.join(list(string), separator string) -> string", Doc: "The texts one after another, with the separator between them.", Cost: Linear,
			Elements: Refused, Lists: 1, Example: "list.join(['a', 'b'], ', ')", Result: "a, b",
			overloads: []cel.FunctionOpt{binary("list_join_text", cel.ListType(cel.StringType), cel.StringType, cel.StringType, func(l, sep ref.Val) ref.Val {
				return values(func(all []ref.Val) (ref.Val, error) { return joined(all, sep) })(l)
			})}},
		{Name: "list.without_nulls", Signature: "list.without_nulls(list(T)) -> list(T)", Doc: "The elements that are not null. The other functions over lists take no list in which there may be nulls.",
			Cost: Linear, Elements: Removed, Lists: 1, Example: "list.without_nulls(['a', null, 'b']).size()", Result: "2",
			overloads: []cel.FunctionOpt{unary("list_without_nulls", cel.ListType(t), cel.ListType(t), elements(func(all []ref.Val) (ref.Val, error) {
				return listOf(slices.DeleteFunc(all, func(v ref.Val) bool { return v == types.NullValue })), nil
			}))}},
	}
}

// elements turns a function over the elements of a list into one over values. The slice is its own.
func elements(f func([]ref.Val) (ref.Val, error)) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val {
		l, ok := v.(traits.Lister)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		return result(f(slice(l)))
	}
}

func slice(l traits.Lister) []ref.Val {
	var all []ref.Val
	for it := l.Iterator(); it.HasNext() == types.True; {
		all = append(all, it.Next())
	}
	return all
}

// values is elements for functions that take no null.
func values(f func([]ref.Val) (ref.Val, error)) func(ref.Val) ref.Val {
	return elements(func(all []ref.Val) (ref.Val, error) {
		if slices.Contains(all, ref.Val(types.NullValue)) {
			return nil, errNull
		}
		return f(all)
	})
}

func listOf(all []ref.Val) ref.Val {
	if all == nil {
		all = []ref.Val{}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, all)
}

func compare(a, b ref.Val) (int, error) {
	for _, v := range []ref.Val{a, b} {
		if d, ok := v.(types.Double); ok && math.IsNaN(float64(d)) {
			return 0, errOrder
		}
	}
	c, ok := a.(traits.Comparer)
	if !ok {
		return 0, errOrdered
	}
	order, ok := c.Compare(b).(types.Int)
	if !ok {
		return 0, errOrdered
	}
	return int(order), nil
}

func best(all []ref.Val, better func(order int) bool) (ref.Val, error) {
	if len(all) == 0 {
		return types.NullValue, nil
	}
	out := all[0]
	for _, v := range all {
		order, err := compare(v, out)
		if err != nil {
			return nil, err
		}
		if better(order) {
			out = v
		}
	}
	return out, nil
}

func sortValues(all []ref.Val) (ref.Val, error) {
	var failed error
	slices.SortStableFunc(all, func(a, b ref.Val) int {
		order, err := compare(a, b)
		if err != nil {
			failed = err
		}
		return order
	})
	if failed != nil {
		return nil, failed
	}
	return listOf(all), nil
}

func total(zero ref.Val, all []ref.Val) (ref.Val, error) {
	sum := zero
	for _, v := range all {
		adder, ok := sum.(traits.Adder)
		if !ok || v.Type() != zero.Type() {
			return nil, errors.New("the list holds values of several types")
		}
		if sum = adder.Add(v); types.IsError(sum) {
			return nil, errSum
		}
	}
	return sum, nil
}

func joined(all []ref.Val, sep ref.Val) (ref.Val, error) {
	separator, ok := sep.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(sep), nil
	}
	texts := make([]string, len(all))
	for i, v := range all {
		s, ok := v.(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v), nil
		}
		texts[i] = string(s)
	}
	return types.String(strings.Join(texts, string(separator))), nil
}
