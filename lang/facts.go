package lang

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Fact is something that is declared for policies. Leaf is its place in the document that they see: from the top on for
// what a governance block declares, else from the part that the block is about. Value is string, bool, int64 or []string.
type Fact struct {
	Leaf  string
	Value any
	Range diag.Range
}

// factKind is what an attribute takes.
type factKind uint8

const (
	aText factKind = iota
	aWord
	someTexts
	someWords
	aFlag
	aCount
	aDay
	aMoment
	aSpan // a count of years, kept as days of 365 to the year
	aCountry
)

// fact is one attribute that declares one. A name with a point in it is a member of an object: retention.days.
type fact struct {
	name  string
	leaf  string
	kind  factKind
	words []string
	doc   string
}

// attribute is the name of the attribute, without a member.
func (f fact) attribute() string {
	name, _, _ := strings.Cut(f.name, ".")
	return name
}

// attributes are the names of the attributes of some facts, each once.
func attributes(all []fact) []string {
	var names []string
	for _, f := range all {
		if name := f.attribute(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// facts reads every attribute that declares one.
func (c content) facts(all []fact) []Fact {
	var out []Fact
	add := func(f fact, at hcl.Range, v any) {
		if i := slices.IndexFunc(out, func(o Fact) bool { return o.Leaf == f.leaf }); i >= 0 {
			c.l.fail("conflicting-attributes", at, c.of, "Attributes that exclude each other",
				fmt.Sprintf("%q says the same as what stands at line %d. Remove one of the two.", f.name, out[i].Range.Start.Line))
			return
		}
		out = append(out, Fact{Leaf: f.leaf, Value: v, Range: place(at)})
	}
	for _, name := range attributes(all) {
		v, ok := c.value(name)
		if !ok {
			continue
		}
		if i := slices.IndexFunc(all, func(f fact) bool { return f.name == name }); i >= 0 {
			if got := c.take1(all[i], v, c.at(name)); got != nil {
				add(all[i], c.at(name), got)
			}
			continue
		}
		c.members(name, v, slices.DeleteFunc(slices.Clone(all), func(f fact) bool { return f.attribute() != name }), add)
	}
	return out
}

// members reads an object whose members declare facts.
func (c content) members(name string, v cty.Value, all []fact, add func(fact, hcl.Range, any)) {
	var known []string
	for _, f := range all {
		known = append(known, strings.TrimPrefix(f.name, name+"."))
	}
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.wrong(name, fmt.Sprintf("%q takes an object: write %s = { %s = ... }.", name, name, known[0]))
		return
	}
	given := v.AsValueMap()
	for member := range given {
		if !slices.Contains(known, member) {
			detail := fmt.Sprintf("%q has no member %q.", name, member)
			if s := diag.Suggest(member, known); s != "" {
				detail += s
			} else {
				detail += " It has " + list(known) + "."
			}
			c.l.fail("unknown-attribute", c.memberAt(name, member), c.of, "Unknown attribute", detail)
		}
	}
	for _, f := range all {
		member := strings.TrimPrefix(f.name, name+".")
		if v, ok := given[member]; ok && !v.IsNull() {
			at := c.memberAt(name, member)
			if got := c.take1(f, v, at); got != nil {
				add(f, at, got)
			}
		}
	}
}

// memberAt is the place of a member's value, or of the whole attribute where it is not written out.
func (c content) memberAt(name, member string) hcl.Range {
	if o, ok := c.attrs[name].Expr.(*hclsyntax.ObjectConsExpr); ok {
		for _, item := range o.Items {
			if key, ok := literalKey(item.KeyExpr); ok && key == member {
				return item.ValueExpr.Range()
			}
		}
	}
	return c.at(name)
}

// take1 gives the value of one fact, nil where it is none, which is then reported.
func (c content) take1(f fact, v cty.Value, at hcl.Range) any {
	got, problem := f.value(v)
	if problem != "" {
		c.l.fail("invalid-value", at, c.of, "Invalid value", problem)
		return nil
	}
	return got
}

func (f fact) value(v cty.Value) (any, string) {
	want := map[factKind]cty.Type{aFlag: cty.Bool, aCount: cty.Number, aSpan: cty.Number, someTexts: cty.List(cty.String), someWords: cty.List(cty.String)}[f.kind]
	if want == cty.NilType {
		want = cty.String
	}
	v, err := convert.Convert(v, want)
	if err != nil || v.IsNull() || !v.IsWhollyKnown() {
		return nil, fmt.Sprintf("%q takes %s.", f.name, f.takes())
	}
	switch f.kind {
	case aFlag:
		return v.True(), ""
	case aCount, aSpan:
		return f.number(v)
	case someTexts, someWords:
		return f.list(v)
	}
	return f.text(v.AsString())
}

func (f fact) number(v cty.Value) (any, string) {
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact || n < 0 || n > 1_000_000_000_000 || f.kind == aSpan && n > 10_000 {
		return nil, fmt.Sprintf("%q takes %s.", f.name, f.takes())
	}
	if f.kind == aSpan {
		n *= 365
	}
	return n, ""
}

func (f fact) list(v cty.Value) (any, string) {
	all := []string{}
	for _, e := range v.AsValueSlice() {
		if e.IsNull() || e.AsString() == "" || slices.Contains(all, e.AsString()) {
			return nil, fmt.Sprintf("%q holds an empty text, or one twice. Remove it.", f.name)
		}
		if f.kind == someWords && !slices.Contains(f.words, e.AsString()) {
			return nil, f.noWord(e.AsString())
		}
		all = append(all, e.AsString())
	}
	return all, ""
}

var twoCapitals = regexp.MustCompile(`^[A-Z]{2}$`)

func (f fact) text(s string) (any, string) {
	switch {
	case s == "":
		return nil, fmt.Sprintf("%q cannot be empty. Remove it, or give it a value.", f.name)
	case f.kind == aWord && !slices.Contains(f.words, s):
		return nil, f.noWord(s)
	case f.kind == aCountry && !twoCapitals.MatchString(s):
		return nil, fmt.Sprintf("%q takes %s.", f.name, f.takes())
	case f.kind == aDay:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return nil, fmt.Sprintf("%q takes %s.", f.name, f.takes())
		}
	case f.kind == aMoment:
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return nil, fmt.Sprintf("%q takes %s.", f.name, f.takes())
		}
	}
	return s, ""
}

func (f fact) noWord(got string) string {
	detail := fmt.Sprintf("%q is no value of %q.", got, f.name)
	if s := diag.Suggest(got, f.words); s != "" {
		return detail + s
	}
	return detail + " It is one of " + quoted(f.words) + "."
}

// takes says what may be written, for messages.
func (f fact) takes() string {
	switch f.kind {
	case aWord:
		return "one of " + quoted(f.words)
	case someTexts:
		return `a list of texts, such as ["a", "b"]`
	case someWords:
		return "a list of " + quoted(f.words)
	case aFlag:
		return "true or false"
	case aCount:
		return "a whole number from 0"
	case aSpan:
		return "a whole number of years"
	case aDay:
		return `a day, such as "2026-11-20"`
	case aMoment:
		return `a moment, such as "2026-11-20T10:00:00Z"`
	case aCountry:
		return `a country as two capital letters, such as "GB"`
	}
	return "a text in quotes"
}

// typeWord is the type of the fact in the reference.
func (f fact) typeWord() string {
	switch f.kind {
	case aWord:
		return "`" + strings.Join(f.words, "`, `") + "`"
	case someTexts:
		return "list of texts"
	case someWords:
		return "list of `" + strings.Join(f.words, "`, `") + "`"
	case aFlag:
		return "bool"
	case aCount, aSpan:
		return "whole number"
	case aDay:
		return "day"
	case aMoment:
		return "moment"
	case aCountry:
		return "two capital letters"
	}
	return "text"
}

// Text is what was declared of a leaf as a text, "" where nobody did.
func Text(all []Fact, leaf string) string {
	for _, f := range all {
		if text, ok := f.Value.(string); ok && f.Leaf == leaf {
			return text
		}
	}
	return ""
}
