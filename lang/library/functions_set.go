package library

import (
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// setFunctions take lists as sets. Every result has each element once, in the order of its first place.
func setFunctions() []Function {
	t := cel.TypeParamType("T")
	list := cel.ListType(t)
	both := func(name, doc, want string, f func(a, b []ref.Val) []ref.Val) Function {
		return Function{Name: "list." + name, Signature: "list." + name + "(a list(T), b list(T)) -> list(T)", Cost: Heavy, Elements: Refused, Lists: 2,
			Doc: doc + " Each is there once, in the order of its first place.", Example: "list." + name + "(['c', 'a', 'a'], ['b', 'c']).join(' ')", Result: want,
			overloads: []cel.FunctionOpt{binary("list_"+name, list, list, list, func(a, b ref.Val) ref.Val {
				return values(func(x []ref.Val) (ref.Val, error) {
					return values(func(y []ref.Val) (ref.Val, error) { return listOf(f(x, y)), nil })(b), nil
				})(a)
			})}}
	}
	return []Function{
		{Name: "list.unique", Signature: "list.unique(list(T)) -> list(T)", Cost: Heavy, Elements: Refused, Lists: 1,
			Doc: "The elements, each once, in the order of its first place.", Example: "list.unique(['b', 'a', 'b']).join(' ')", Result: "b a",
			overloads: []cel.FunctionOpt{unary("list_unique", list, list, values(func(all []ref.Val) (ref.Val, error) { return listOf(unique(all)), nil }))}},
		{Name: "list.contains", Signature: "list.contains(list(T), x T) -> bool", Cost: Linear, Elements: Refused, Lists: 1,
			Doc: "Whether the list has the element.", Example: "list.contains(['a', 'b'], 'b')", Result: "true",
			overloads: []cel.FunctionOpt{binary("list_contains", list, t, cel.BoolType, func(l, x ref.Val) ref.Val {
				return values(func(all []ref.Val) (ref.Val, error) { return types.Bool(newSet(all).has(x)), nil })(l)
			})}},
		both("union", "The elements that are in either list.", "c a b", func(a, b []ref.Val) []ref.Val { return unique(append(a, b...)) }),
		both("intersect", "The elements of the first list that are in the second too.", "c", func(a, b []ref.Val) []ref.Val {
			in := newSet(b)
			return unique(slices.DeleteFunc(a, func(v ref.Val) bool { return !in.has(v) }))
		}),
		both("except", "The elements of the first list that are not in the second.", "a", func(a, b []ref.Val) []ref.Val {
			in := newSet(b)
			return unique(slices.DeleteFunc(a, func(v ref.Val) bool { return in.has(v) }))
		}),
	}
}

// set finds equal values: texts and days by their hash, all others one by one, because 1, 1.0 and decimal('1.00') are equal.
type set struct {
	hashed map[ref.Val]bool
	others []ref.Val
}

func newSet(all []ref.Val) *set {
	s := &set{hashed: map[ref.Val]bool{}}
	for _, v := range all {
		s.add(v)
	}
	return s
}

func hashable(v ref.Val) bool {
	switch v.(type) {
	case types.String, types.Bool, Date, Time:
		return true
	}
	return false
}

func (s *set) add(v ref.Val) {
	if hashable(v) {
		s.hashed[v] = true
		return
	}
	s.others = append(s.others, v)
}

func (s *set) has(v ref.Val) bool {
	if hashable(v) {
		return s.hashed[v]
	}
	return slices.ContainsFunc(s.others, func(o ref.Val) bool { return o.Equal(v) == types.True })
}

func unique(all []ref.Val) []ref.Val {
	seen := newSet(nil)
	var out []ref.Val
	for _, v := range all {
		if !seen.has(v) {
			seen.add(v)
			out = append(out, v)
		}
	}
	return out
}
