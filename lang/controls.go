package lang

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Control is a `control` block: totals of fields that must agree on both sides, all together or by groups.
type Control struct {
	Name      string
	Sum       []string // fields
	By        []string // fields
	Tolerance string   // plain decimal digits, not negative
	Range     diag.Range
	SumRange  diag.Range
	ByRange   diag.Range
}

var controlForm = form{attrs: []string{"sum", "by", "tolerance"}}

// controls reads a mapping's `control` blocks.
func (l *loader) controls(m *Mapping, c content) {
	for _, b := range c.blocks["control"] {
		if !l.labels(b, "name") {
			continue
		}
		if slices.ContainsFunc(m.Controls, func(o *Control) bool { return o.Name == b.Labels[0] }) {
			l.fail("duplicate-name", header(b), c.of, "Name used twice",
				fmt.Sprintf("This mapping has a control %q already. Give one of the two another name.", b.Labels[0]))
			continue
		}
		if k := l.control(b, c.of); k != nil {
			m.Controls = append(m.Controls, k)
		}
	}
}

func (l *loader) control(b *hclsyntax.Block, of string) *Control {
	c := l.open(b, of, controlForm)
	k := &Control{Name: b.Labels[0], Range: place(c.header), SumRange: place(c.at("sum")), ByRange: place(c.at("by")), Tolerance: c.tolerance()}
	if c.need("sum", `sum = ["FIELD"]`) {
		k.Sum = c.needTexts("sum")
	}
	k.By = c.texts("by")
	if k.Sum == nil || k.Tolerance == "" {
		return nil
	}
	return k
}

var digits = regexp.MustCompile(`^[0-9]{1,100}(\.[0-9]{1,100})?$`)

// tolerance is a decimal in quotes, 0 where it was left out and "" where it is none.
func (c content) tolerance() string {
	if !c.has("tolerance") {
		return "0"
	}
	const how = `"tolerance" takes a decimal number from 0, such as "0.01".`
	v, ok := c.as("tolerance", cty.String, `a decimal number from 0, such as "0.01"`)
	if !ok {
		return ""
	}
	if !digits.MatchString(v.AsString()) {
		c.wrong("tolerance", how)
		return ""
	}
	return v.AsString()
}
