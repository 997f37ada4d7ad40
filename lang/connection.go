package lang

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// field is one attribute of a provider's Config.
type field struct {
	name     string
	index    int
	kind     reflect.Type
	optional bool
}

// fieldsOf reads the hcl tags of the struct that cfg points to.
func fieldsOf(cfg providers.Config) []field {
	t := reflect.TypeOf(cfg)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	t = t.Elem()
	var all []field
	for i := range t.NumField() {
		tag, ok := t.Field(i).Tag.Lookup("hcl")
		if !ok || !t.Field(i).IsExported() {
			continue
		}
		name, rest, _ := strings.Cut(tag, ",")
		all = append(all, field{name: name, index: i, kind: t.Field(i).Type, optional: rest == "optional"})
	}
	return all
}

// fill puts the attributes into cfg. It reports whether all were right.
func (c content) fill(cfg providers.Config, fields []field) bool {
	whole := true
	into := reflect.ValueOf(cfg).Elem()
	for _, f := range fields {
		if !c.has(f.name) {
			if !f.optional {
				c.need(f.name, f.name+" = "+sample(f.kind))
				whole = false
			}
			continue
		}
		v, ok := c.l.eval(c.of, c.attrs[f.name].Expr, inConnections())
		if !ok || !v.IsWhollyKnown() {
			whole = false
			continue
		}
		if !c.put(into.Field(f.index), f, v) {
			whole = false
		}
	}
	return whole
}

// put stores one value in a field of a Config.
func (c content) put(into reflect.Value, f field, v cty.Value) bool {
	if f.kind == reflect.TypeFor[secret.Secret]() {
		return c.putSecret(into, f, v)
	}
	if bare, _ := v.UnmarkDeep(); bare.Type().Equals(c.l.secret) {
		c.l.fail("secret-misplaced", c.at(f.name), c.of, "Secret in the wrong place",
			fmt.Sprintf("%q takes no secret: its value is shown in plans and messages.", f.name))
		return false
	}
	if v.ContainsMarked() {
		_, ok := c.open(f.name, v)
		return ok
	}
	if v.IsNull() {
		return c.null(f)
	}
	if convertInto(into, v) {
		return true
	}
	c.wrong(f.name, fmt.Sprintf("%q takes %s.", f.name, takes(f.kind)))
	return false
}

func (c content) null(f field) bool {
	if !f.optional {
		c.wrong(f.name, fmt.Sprintf("%q cannot be null: write %s = %s.", f.name, f.name, sample(f.kind)))
	}
	return f.optional
}

// putSecret stores a reference, or a literal, which the policy refuses later.
func (c content) putSecret(into reflect.Value, f field, v cty.Value) bool {
	bare, _ := v.UnmarkDeep()
	switch {
	case bare.IsNull():
		return c.null(f)
	case bare.Type().Equals(c.l.secret):
		if v, ok := c.open(f.name, v); ok { // the reference itself is shown
			return c.putReference(into, f, *v.EncapsulatedValue().(*secret.Secret))
		}
		return false
	}
	v = bare
	text, err := convert.Convert(v, cty.String)
	if err != nil {
		c.wrong(f.name, fmt.Sprintf("%q takes %s.", f.name, takes(f.kind)))
		return false
	}
	into.Set(reflect.ValueOf(secret.Literal(text.AsString())))
	return true
}

func (c content) putReference(into reflect.Value, f field, s secret.Secret) bool {
	if why := secret.Check(s.Ref()); why != "" {
		c.l.fail("invalid-secret", c.at(f.name), c.of, "Invalid secret", why)
		return false
	}
	into.Set(reflect.ValueOf(s))
	return true
}

// convertInto stores v in a field of one of the plain types. It reports false where v is not of that type.
func convertInto(into reflect.Value, v cty.Value) bool {
	want := cty.String
	switch into.Type() {
	case reflect.TypeFor[bool]():
		want = cty.Bool
	case reflect.TypeFor[int]():
		want = cty.Number
	case reflect.TypeFor[[]string]():
		want = cty.List(cty.String)
	case reflect.TypeFor[map[string]string]():
		want = cty.Map(cty.String)
	}
	v, err := convert.Convert(v, want)
	if err != nil {
		return false
	}
	switch want {
	case cty.String:
		into.SetString(v.AsString())
		return true
	case cty.Bool:
		into.SetBool(v.True())
		return true
	case cty.Number:
		n, exact := v.AsBigFloat().Int64()
		if exact == big.Exact {
			into.SetInt(n)
		}
		return exact == big.Exact
	}
	return convertAll(into, v)
}

func convertAll(into reflect.Value, v cty.Value) bool {
	list, table := []string{}, make(map[string]string)
	for it := v.ElementIterator(); it.Next(); {
		key, e := it.Element()
		if e.IsNull() {
			return false
		}
		list = append(list, e.AsString())
		if v.Type().IsMapType() {
			table[key.AsString()] = e.AsString()
		}
	}
	if v.Type().IsMapType() {
		into.Set(reflect.ValueOf(table))
		return true
	}
	into.Set(reflect.ValueOf(list))
	return true
}

func takes(kind reflect.Type) string {
	switch kind {
	case reflect.TypeFor[secret.Secret]():
		return `a secret: secret("env://NAME") or secret("file://path")`
	case reflect.TypeFor[bool]():
		return "true or false"
	case reflect.TypeFor[int]():
		return "a whole number"
	case reflect.TypeFor[[]string]():
		return `a list of texts, such as ["a", "b"]`
	case reflect.TypeFor[map[string]string]():
		return `texts by name, such as { a = "x" }`
	}
	return "a text in quotes"
}

func sample(kind reflect.Type) string {
	switch kind {
	case reflect.TypeFor[secret.Secret]():
		return `secret("env://NAME")`
	case reflect.TypeFor[bool]():
		return "true"
	case reflect.TypeFor[int]():
		return "1"
	case reflect.TypeFor[[]string]():
		return `["..."]`
	case reflect.TypeFor[map[string]string]():
		return `{ ... }`
	}
	return `"..."`
}
