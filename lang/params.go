package lang

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

const paramTypes = "A param is a text, a number, a bool, or a list of one of them."

// params reads the values that CEL sees as param.<name>, sorted by name.
func (c content) params() []Param {
	v, ok := c.value("params")
	if !ok {
		return nil
	}
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.wrong("params", `"params" takes values by name, such as { day = "2026-01-31" }.`)
		return nil
	}
	var all []Param
	for name, e := range v.AsValueMap() {
		if !inCEL(name) {
			c.badParam(fmt.Sprintf("CEL cannot write param.%s: use letters, digits and _ only.", name))
			continue
		}
		p, why := param(name, e)
		if why != "" {
			c.badParam(fmt.Sprintf("The param %q %s. %s", name, why, paramTypes))
			continue
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (c content) badParam(detail string) {
	c.l.fail("invalid-param", c.at("params"), c.of, "Invalid param", detail)
}

func param(name string, v cty.Value) (Param, string) {
	if v.IsNull() {
		return Param{}, "is null"
	}
	t := v.Type()
	if t.IsListType() || t.IsSetType() || t.IsTupleType() {
		return listParam(name, v)
	}
	kind, text, ok := scalar(v)
	if !ok {
		return Param{}, "is of a type that has no place in an expression"
	}
	return Param{Name: name, Type: schema.Type{Kind: kind}, Text: text}, ""
}

// scalar gives the canonical text of a value. A number is an int64 if it is whole and fits, else an exact decimal.
func scalar(v cty.Value) (schema.Kind, string, bool) {
	switch v.Type() {
	case cty.String:
		return schema.String, v.AsString(), true
	case cty.Bool:
		if v.True() {
			return schema.Bool, "true", true
		}
		return schema.Bool, "false", true
	case cty.Number:
		f := v.AsBigFloat()
		if f.IsInf() {
			return schema.Unknown, "", false
		}
		if f.IsInt() {
			if i, _ := f.Int(nil); i.IsInt64() {
				return schema.Int64, i.String(), true
			}
		}
		return schema.Decimal, f.Text('f', -1), true
	}
	return schema.Unknown, "", false
}

// listParam makes an array. Whole numbers among decimals become decimals; any other mixture is refused.
func listParam(name string, v cty.Value) (Param, string) {
	var elem schema.Kind
	texts := []string{}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if e.IsNull() {
			return Param{}, "holds a null"
		}
		kind, text, ok := scalar(e)
		switch {
		case !ok:
			return Param{}, "holds something that is no text, number or bool"
		case elem == schema.Unknown || kind == elem:
			elem = kind
		case isNumber(kind) && isNumber(elem):
			elem = schema.Decimal
		default:
			return Param{}, "is a list of different types"
		}
		texts = append(texts, text)
	}
	if elem == schema.Unknown {
		if elem = emptyElem(v.Type()); elem == schema.Unknown {
			return Param{}, "is an empty list, whose type nobody knows; take it from a variable with a type such as list(string)"
		}
	}
	return Param{Name: name, Type: schema.Type{Kind: schema.Array, Elem: &schema.Type{Kind: elem}}, Text: jsonTexts(texts)}, ""
}

func isNumber(k schema.Kind) bool { return k == schema.Int64 || k == schema.Decimal }

func emptyElem(t cty.Type) schema.Kind {
	if !t.IsListType() && !t.IsSetType() {
		return schema.Unknown
	}
	switch t.ElementType() {
	case cty.String:
		return schema.String
	case cty.Bool:
		return schema.Bool
	case cty.Number:
		return schema.Int64
	}
	return schema.Unknown
}

// jsonTexts writes texts as a JSON array without escaping <, > and &.
func jsonTexts(texts []string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(texts); err != nil { // a slice of strings always encodes
		return "[]"
	}
	return strings.TrimSuffix(out.String(), "\n")
}
