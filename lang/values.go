package lang

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// value evaluates an attribute whose value everybody may see. It gives false where the attribute was left out, is null,
// or was reported.
func (c content) value(name string) (cty.Value, bool) {
	if !c.has(name) {
		return cty.NilVal, false
	}
	v, ok := c.l.eval(c.of, c.attrs[name].Expr, everywhere())
	if !ok {
		return cty.NilVal, false
	}
	return c.open(name, v)
}

// open takes the marks off a value, and refuses one that is sensitive.
func (c content) open(name string, v cty.Value) (cty.Value, bool) {
	if marked(v, ephemeral) {
		c.l.fail("ephemeral-value", c.at(name), c.of, "Ephemeral value in a place that is stored",
			fmt.Sprintf("The value of %q comes from an ephemeral variable, and would stand in the plan or the state. "+
				"Use it for a connection's secret only, or take ephemeral = true off the variable.", name))
		return cty.NilVal, false
	}
	if v.ContainsMarked() {
		c.l.fail("sensitive-value", c.at(name), c.of, "Sensitive value in clear",
			fmt.Sprintf("The value of %q comes from a sensitive variable, and would show in plans and messages. "+
				"Use another value here, or take sensitive = true off the variable.", name))
		return cty.NilVal, false
	}
	if !v.IsWhollyKnown() || v.IsNull() {
		return cty.NilVal, false
	}
	return v, true
}

// marked reports whether a mark is anywhere in a value.
func marked(v cty.Value, m mark) bool {
	_, marks := v.UnmarkDeep()
	_, ok := marks[m]
	return ok
}

// as evaluates an attribute and converts it; kind names the wanted type for the message.
func (c content) as(name string, want cty.Type, kind string) (cty.Value, bool) {
	v, ok := c.value(name)
	if !ok {
		return v, false
	}
	v, err := convert.Convert(v, want)
	if err != nil || !v.IsWhollyKnown() || v.IsNull() {
		c.wrong(name, fmt.Sprintf("%q takes %s.", name, kind))
		return v, false
	}
	return v, true
}

// wrong reports the value of an attribute.
func (c content) wrong(name, detail string) {
	c.l.fail("invalid-value", c.at(name), c.of, "Invalid value", detail)
}

// text is an attribute of type string, "" where it was left out.
func (c content) text(name string) string {
	v, ok := c.as(name, cty.String, "a text in quotes")
	if !ok {
		return ""
	}
	if v.AsString() == "" {
		c.wrong(name, fmt.Sprintf("%q cannot be empty. Remove it, or give it a value.", name))
	}
	return v.AsString()
}

// needText is an attribute of type string that cannot be left out.
func (c content) needText(name, example string) string {
	if !c.need(name, example) {
		return ""
	}
	before := len(c.l.diags) + len(c.l.cfg.NotYet)
	s := c.text(name)
	if s == "" && len(c.l.diags)+len(c.l.cfg.NotYet) == before && !c.unknownValue(name) {
		c.wrong(name, fmt.Sprintf("%q cannot be null: write %s.", name, example))
	}
	return s
}

// unknownValue reports whether an attribute has no value because of an error elsewhere.
func (c content) unknownValue(name string) bool {
	v, _ := c.attrs[name].Expr.Value(c.l.scope)
	return !v.IsWhollyKnown()
}

// flag is an attribute of type bool, nil where it was left out.
func (c content) flag(name string) *bool {
	v, ok := c.as(name, cty.Bool, "true or false")
	if !ok {
		return nil
	}
	b := v.True()
	return &b
}

// texts is an attribute that lists texts, nil where it was left out. None of them is empty and none comes twice.
func (c content) texts(name string) []string {
	v, ok := c.as(name, cty.List(cty.String), `a list of texts, such as ["a", "b"]`)
	if !ok {
		return nil
	}
	all := make([]string, 0, v.LengthInt())
	for _, e := range v.AsValueSlice() {
		if e.IsNull() || e.AsString() == "" {
			c.wrong(name, fmt.Sprintf("%q holds an empty text. Remove it.", name))
			return nil
		}
		if slices.Contains(all, e.AsString()) {
			c.wrong(name, fmt.Sprintf("%q holds %q twice. Remove one of the two.", name, e.AsString()))
			return nil
		}
		all = append(all, e.AsString())
	}
	return all
}

// needTexts is texts with at least one element where the attribute is written.
func (c content) needTexts(name string) []string {
	all := c.texts(name)
	if all != nil && len(all) == 0 {
		c.wrong(name, fmt.Sprintf("%q is an empty list. Remove it, or name at least one.", name))
		return nil
	}
	return all
}

// word is an attribute that takes one of some words; left where it was left out or is no such word. Words in later are
// the language's, and put off.
func (c content) word(name, left string, words []string, later map[string]string) string {
	v, ok := c.as(name, cty.String, "one of "+quoted(words))
	if !ok {
		return left
	}
	got := v.AsString()
	switch {
	case slices.Contains(words, got):
		return got
	case later[got] != "":
		c.l.later(c.at(name), c.of, fmt.Sprintf("%s = %q", name, got), later[got])
		return left
	}
	detail := fmt.Sprintf("%q is no value of %q.", got, name)
	if s := diag.Suggest(got, words); s != "" {
		detail += s
	} else {
		detail += " It is one of " + quoted(words) + "."
	}
	c.wrong(name, detail)
	return left
}

// share is a limit: a number of rows, or a part of them with a percent sign.
func (c content) share(name string, left Share) Share {
	v, ok := c.value(name)
	if !ok {
		return left
	}
	v, err := convert.Convert(v, cty.String)
	if err == nil {
		if s, ok := parseShare(v.AsString()); ok {
			return s
		}
	}
	c.wrong(name, fmt.Sprintf(`%q takes a number of rows, such as 10, or a part of them from "0%%" to "100%%", such as "0.1%%", with four decimals at most.`, name))
	return left
}

// parseShare reads 10 and 0.1%. Nothing is rounded: a part finer than one in a million is refused.
func parseShare(s string) (Share, bool) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" || len(digits) > 18 {
		return Share{}, false
	}
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return Share{}, false
	}
	if percent {
		r.Mul(r, big.NewRat(10_000, 1))
	}
	if !r.IsInt() || percent && r.Cmp(big.NewRat(1_000_000, 1)) > 0 {
		return Share{}, false
	}
	n := r.Num().Int64()
	if percent {
		return Share{PerMil: n, Percent: true}, true
	}
	return Share{Rows: n}, true
}
