package library

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/uuid"
)

// maxArguments of coalesce and uuid5.
const (
	maxCoalesce = 5
	maxParts    = 8
)

func valueFunctions() []Function {
	t := cel.TypeParamType("T")
	coalesced := Function{Name: Coalesce, Signature: "coalesce(a T, b T, ...) -> T",
		Doc:  "The first of two to five values that is not null. Those after it are not computed.",
		Null: "null where all arguments are null", Example: "coalesce('a', 'b')", Result: "a"}
	for n := 2; n <= maxCoalesce; n++ {
		coalesced.overloads = append(coalesced.overloads, variadic(fmt.Sprintf("coalesce_%d", n), repeat(t, n), t, firstValue))
	}
	named := Function{Name: "uuid5", Signature: "uuid5(namespace string, part string, ...) -> string",
		Doc: "The UUID, version 5, of a namespace and one to seven texts: the same texts give the same UUID everywhere. It is made in the namespace " +
			uuidSpace + " from the arguments in order, each written as the length of its UTF-8 in bytes, a colon and itself.",
		Example: "uuid5('ward', 'A1')", Result: UUID5("ward", "A1"), Cost: Linear, Protects: &Protection{Method: "hash"}}
	for n := 2; n <= maxParts; n++ {
		named.overloads = append(named.overloads, variadic(fmt.Sprintf("uuid5_%d", n), repeat(cel.StringType, n), cel.StringType, uuid5))
	}
	return []Function{coalesced, named,
		{Name: HasValue, Signature: "has_value(x T) -> bool", Doc: "Whether the value is not null.", Null: never,
			Example: "has_value('')", Result: "true",
			overloads: []cel.FunctionOpt{unary("has_value", t, cel.BoolType, func(v ref.Val) ref.Val { return types.Bool(v != types.NullValue) })}},
	}
}

func repeat(t *cel.Type, n int) []*cel.Type {
	all := make([]*cel.Type, n)
	for i := range all {
		all[i] = t
	}
	return all
}

func firstValue(args ...ref.Val) ref.Val {
	for _, v := range args {
		if v != types.NullValue {
			return v
		}
	}
	return types.NullValue
}

// uuidSpace is the namespace of all UUIDs that uuid5 makes. It never changes.
const uuidSpace = "6f1c2b0e-5f0d-5a52-9c0b-4d3b7a9d2e11"

// UUID5 is the function uuid5 of expressions.
func UUID5(parts ...string) string {
	var named strings.Builder
	for _, p := range parts {
		named.WriteString(strconv.Itoa(len(p)))
		named.WriteByte(':')
		named.WriteString(p)
	}
	return uuid.NewSHA1(uuid.MustParse(uuidSpace), []byte(named.String())).String()
}

func uuid5(args ...ref.Val) ref.Val {
	parts := make([]string, len(args))
	for i, v := range args {
		s, ok := v.(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		parts[i] = string(s)
	}
	return types.String(UUID5(parts...))
}

func index(container, key ref.Val) ref.Val {
	switch c := container.(type) {
	case traits.Mapper:
		v, found := c.Find(key)
		if v != nil && types.IsError(v) {
			return v
		}
		if !found {
			return Fail("a map has no such key")
		}
		return v
	case traits.Lister:
		i, ok := key.(types.Int)
		if !ok {
			return types.MaybeNoSuchOverloadErr(key)
		}
		if size, ok := c.Size().(types.Int); i < 0 || !ok || i >= size {
			return Fail("an index is out of range")
		}
		return c.Get(key)
	case traits.Indexer:
		return c.Get(key)
	}
	return types.MaybeNoSuchOverloadErr(container)
}
