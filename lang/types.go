package lang

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// typeNames are the canonical types as the language writes them.
func typeNames() []string {
	return []string{"bool", "int16", "int32", "int64", "decimal", "float32", "float64", "string", "bytes", "date", "time",
		"timestamp", "timestamptz", "interval", "uuid", "json", "array", "enum", "native"}
}

// foreignTypes are names that databases use, with the canonical one that was probably meant.
func foreignTypes(name string) string {
	switch name {
	case "text", "varchar", "char", "clob", "nvarchar":
		return "string"
	case "boolean", "bit":
		return "bool"
	case "smallint", "tinyint":
		return "int16"
	case "int", "integer", "serial":
		return "int32"
	case "bigint", "long":
		return "int64"
	case "numeric", "number", "money":
		return "decimal"
	case "real", "float":
		return "float32"
	case "double":
		return "float64"
	case "blob", "bytea", "binary", "varbinary":
		return "bytes"
	case "datetime":
		return "timestamp"
	case "jsonb":
		return "json"
	case "guid", "uniqueidentifier":
		return "uuid"
	case "list":
		return "array"
	}
	return ""
}

// typed reads the attribute `type`, nil where it was left out or is none.
func (c content) typed() *schema.Type {
	if !c.has("type") {
		return nil
	}
	t, why, at := readType(c.attrs["type"].Expr)
	if why != "" {
		c.l.fail("invalid-type", at, c.of, "Invalid type", why)
		return nil
	}
	return &t
}

// readType reads a type expression without evaluating it. On failure it says why, and where.
func readType(e hclsyntax.Expression) (schema.Type, string, hcl.Range) {
	at := e.Range()
	if name := hcl.ExprAsKeyword(e); name != "" {
		t, why := plainType(name)
		return t, why, at
	}
	if call, ok := e.(*hclsyntax.FunctionCallExpr); ok {
		t, why := calledType(call)
		return t, why, at
	}
	if v, problems := e.Value(nil); !problems.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return schema.Type{}, fmt.Sprintf("A type is no text: write type = %s, without quotes.", v.AsString()), at
	}
	return schema.Type{}, "A type is written as type = string(10), with a name and perhaps numbers in brackets.", at
}

func plainType(name string) (schema.Type, string) {
	if !slices.Contains(typeNames(), name) {
		return schema.Type{}, unknownType(name)
	}
	t := schema.Type{Kind: schema.Kind(name)}
	switch t.Kind {
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		t.Precision = 6
	case schema.Array:
		return t, "An array needs the type of its elements: write array(int32)."
	case schema.Enum:
		return t, `An enum needs its values: write enum("a", "b").`
	case schema.Native:
		return t, `A native type needs the target's own name for it: write native("citext").`
	}
	return t, ""
}

func unknownType(name string) string {
	text := fmt.Sprintf("There is no type %s.", name)
	if meant := foreignTypes(name); meant != "" {
		return text + fmt.Sprintf(" Did you mean %q?", meant)
	}
	if s := diag.Suggest(name, typeNames()); s != "" {
		return text + s
	}
	return text + " The types are " + every(typeNames()) + "."
}

func calledType(call *hclsyntax.FunctionCallExpr) (schema.Type, string) {
	t := schema.Type{Kind: schema.Kind(call.Name)}
	switch t.Kind {
	case schema.String:
		n, ok := numbers(call, 1, 1, 10_485_760)
		if !ok {
			return t, "string takes the number of characters: write string(10)."
		}
		t.Length = n[0]
	case schema.Decimal:
		n, ok := numbers(call, 2, 0, 1000)
		if !ok || n[0] < 1 || n[1] > n[0] {
			return t, "decimal takes the digits in all, up to 1000, and those of them behind the point: write decimal(12, 2)."
		}
		t.Precision, t.Scale = n[0], n[1]
	case schema.Time, schema.Timestamp, schema.TimestampTZ:
		n, ok := numbers(call, 1, 0, 9)
		if !ok {
			return t, fmt.Sprintf("%s takes the digits of the second, 0 to 9: write %s(3).", call.Name, call.Name)
		}
		t.Precision = n[0]
	case schema.Array:
		return arrayType(call)
	case schema.Enum:
		values, ok := literals(call)
		if !ok {
			return t, `enum takes its values in quotes, each once: write enum("a", "b").`
		}
		t.Values = values
	case schema.Native:
		name, ok := literals(call)
		if !ok || len(name) != 1 {
			return t, `native takes the target's own name of the type: write native("citext").`
		}
		t.Native = name[0]
	default:
		if slices.Contains(typeNames(), call.Name) {
			return t, fmt.Sprintf("%s takes nothing in brackets: write type = %s.", call.Name, call.Name)
		}
		return t, unknownType(call.Name)
	}
	return t, ""
}

func arrayType(call *hclsyntax.FunctionCallExpr) (schema.Type, string) {
	t := schema.Type{Kind: schema.Array}
	if len(call.Args) != 1 {
		return t, "array takes the type of its elements: write array(int32)."
	}
	elem, why, _ := readType(call.Args[0])
	if why != "" {
		return t, why
	}
	if elem.Kind == schema.Array {
		return t, "The elements of an array cannot be arrays."
	}
	t.Elem = &elem
	return t, ""
}

// numbers reads so many whole numbers between two bounds.
func numbers(call *hclsyntax.FunctionCallExpr, count, least, most int) ([]int, bool) {
	if len(call.Args) != count || call.ExpandFinal {
		return nil, false
	}
	all := make([]int, count)
	for i, arg := range call.Args {
		v, problems := arg.Value(nil)
		if problems.HasErrors() || v.IsNull() || v.Type() != cty.Number {
			return nil, false
		}
		n, err := strconv.Atoi(v.AsBigFloat().Text('f', -1))
		if err != nil || n < least || n > most {
			return nil, false
		}
		all[i] = n
	}
	return all, true
}

// literals reads at least one literal text, none of them twice.
func literals(call *hclsyntax.FunctionCallExpr) ([]string, bool) {
	var all []string
	for _, arg := range call.Args {
		v, problems := arg.Value(nil)
		if problems.HasErrors() || v.IsNull() || v.Type() != cty.String || slices.Contains(all, v.AsString()) {
			return nil, false
		}
		all = append(all, v.AsString())
	}
	return all, len(all) > 0 && !call.ExpandFinal
}
