package lang

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// inCEL reports whether CEL can name it: param.<name>, lookup.<name>.
func inCEL(name string) bool {
	ok, err := regexp.MatchString(`^[A-Za-z_][A-Za-z0-9_]*$`, name)
	return ok && err == nil
}

func (l *loader) lookups() {
	for _, b := range l.blocks["lookup"] {
		if !inCEL(b.Labels[0]) {
			l.fail("invalid-name", b.LabelRanges[0], object(b), "Invalid name",
				fmt.Sprintf("CEL cannot write lookup.%s: use letters, digits and _ only.", b.Labels[0]))
			continue
		}
		if k := l.lookup(b); k != nil {
			l.cfg.Lookups = append(l.cfg.Lookups, k)
		}
	}
}

// lookup reads one `lookup` block; nil where it has no values.
func (l *loader) lookup(b *hclsyntax.Block) *Lookup {
	c := l.open(b, object(b), lookupForm)
	k := &Lookup{Name: b.Labels[0], Module: l.module(), Address: l.prefix + "lookup." + b.Labels[0], Default: "error", Range: place(c.header)}
	c.otherwise(k)
	switch {
	case c.has("source") || c.has("table"):
		return c.coded(k)
	case c.has("values") && c.has("file"):
		c.l.fail("conflicting-attributes", c.at("file"), c.of, "Attributes that exclude each other",
			`A lookup has "values" or "file", not both. Remove one of the two.`)
		return nil
	case c.has("values"):
		return c.inline(k)
	case !c.has("file"):
		c.need("values", `values = { "1" = "one" }, file = "codes.csv", or a source and its table`)
		return nil
	}
	file := c.text("file")
	if file == "" {
		return nil
	}
	k.File, k.Key, k.Value = l.absolute(file), c.text("key"), c.text("value")
	at := place(c.at("file"))
	if _, ok := l.readUpTo(largestLookup, k.File, l.relative(k.File), &at); !ok {
		return nil
	}
	return k
}

// inline reads the map of values.
func (c content) inline(k *Lookup) *Lookup {
	for _, name := range []string{"key", "value"} {
		if c.has(name) {
			c.l.fail("conflicting-attributes", c.at(name), c.of, "Attributes that exclude each other",
				fmt.Sprintf("%q names a column of a file, and this lookup has its values inline. Remove it.", name))
		}
	}
	v, ok := c.value("values")
	if !ok {
		return nil
	}
	const how = `"values" takes texts by key, such as { "1" = "one", "2" = "two" }.`
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.wrong("values", how)
		return nil
	}
	for key, e := range v.AsValueMap() {
		text, err := convert.Convert(e, cty.String)
		if err != nil || text.IsNull() {
			c.wrong("values", fmt.Sprintf("The value of %q is no text. %s", key, how))
			return nil
		}
		k.Values = append(k.Values, Pair{Key: key, Value: text.AsString()})
	}
	slices.SortFunc(k.Values, func(a, b Pair) int { return strings.Compare(a.Key, b.Key) })
	return k
}

// otherwise reads the default: the word error, null, or a value.
func (c content) otherwise(k *Lookup) {
	if !c.has("default") {
		return
	}
	e := c.attrs["default"].Expr
	if hcl.ExprAsKeyword(e) == "error" {
		return
	}
	v, ok := c.l.eval(c.of, e, everywhere())
	if ok && v.IsKnown() && !v.IsMarked() && v.IsNull() {
		k.Default = "null"
		return
	}
	if v, ok = c.as("default", cty.String, "the word error, null, or a text in quotes"); ok {
		k.Default, k.Or = "value", v.AsString()
	}
}
