package lang

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// outcomes are what an output may ask of a mapping.
func outcomes() []string { return []string{"rows_written", "rows_quarantined", "rows", "digest"} }

func (l *loader) outputs() {
	for _, b := range l.blocks["output"] {
		if o := l.output(b); o != nil {
			l.cfg.Outputs = append(l.cfg.Outputs, o)
		}
	}
}

func (l *loader) output(b *hclsyntax.Block) *Output {
	c := l.open(b, object(b), outputForm)
	o := &Output{Name: b.Labels[0], Description: c.text("description"), Range: place(c.header)}
	if f := c.flag("sensitive"); f != nil {
		o.Sensitive = *f
	}
	if !c.need("value", "value = mapping.NAME.rows_written") {
		return nil
	}
	e := c.attrs["value"].Expr
	scope := l.scope.NewChild()
	scope.Variables = map[string]cty.Value{"mapping": cty.DynamicVal}
	v, ok := l.try(c, e, scope)
	if !ok {
		return nil
	}
	if v.ContainsMarked() && !o.Sensitive {
		l.fail("sensitive-value", e.Range(), c.of, "Sensitive value in clear",
			"The value of this output comes from a sensitive variable. Write sensitive = true into the output, or use another value.")
		return nil
	}
	q := question{of: c.of, expr: e, scope: l.scope, sensitive: o.Sensitive}
	o.Evaluate = q.answer
	return o
}

// try evaluates an output before anything is known of the mappings, to find what is wrong without them.
func (l *loader) try(c content, e hclsyntax.Expression, scope *hcl.EvalContext) (cty.Value, bool) {
	if !l.check(c.of, e, inOutputs()) {
		return cty.NilVal, false
	}
	v, problems := e.Value(scope)
	if problems.HasErrors() {
		l.evaluation(c.of, e, problems)
		return cty.NilVal, false
	}
	return v, true
}

// outcome checks mapping.NAME.WHAT, and mapping.NAME["TABLE"].WHAT for a mapping of many tables.
func (l *loader) outcome(of string, t hcl.Traversal, name string) {
	address := "mapping." + name
	if _, ok := l.addresses[address]; !ok {
		detail := fmt.Sprintf("There is no %s.", address)
		if s := diag.Suggest(address, l.known("mapping.")); s != "" {
			detail += s
		}
		l.fail("unknown-mapping", t.SourceRange(), of, "Unknown mapping", detail)
		return
	}
	at := 2
	if l.globs[address] && len(t) > at {
		if _, index := t[at].(hcl.TraverseIndex); !index {
			l.fail("invalid-reference", t.SourceRange(), of, "Table not named",
				fmt.Sprintf("%s is a mapping of many tables: write %s[\"TABLE\"].rows_written.", address, address))
			return
		}
		at++
	}
	what, ok := step(t, at)
	if ok && !slices.Contains(outcomes(), what) {
		l.fail("unknown-attribute", t.SourceRange(), of, "Unknown attribute",
			fmt.Sprintf("A mapping has no %q after an apply.%s It has %s.", what, diag.Suggest(what, outcomes()), every(outcomes())))
	}
}

// question is the value of an output, asked after an apply.
type question struct {
	of        string
	expr      hclsyntax.Expression
	scope     *hcl.EvalContext
	sensitive bool
}

func (q question) answer(results map[string]Result) (string, diag.List) {
	scope := q.scope.NewChild()
	scope.Variables = map[string]cty.Value{"mapping": resultValues(results)}
	at := place(q.expr.Range())
	v, problems := q.expr.Value(scope)
	if problems.HasErrors() {
		detail := "Its value cannot be told."
		if !q.sensitive {
			detail = problems.Errs()[0].Error()
		}
		return "", diag.List{{Code: "evaluation", Summary: "Output without a value", Detail: detail, Subject: &at, Object: q.of}}
	}
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() {
		return "", diag.List{{Code: "evaluation", Summary: "Output without a value", Subject: &at, Object: q.of,
			Detail: "It depends on a variable or local value that has an error."}}
	}
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return "", diag.List{{Code: "evaluation", Summary: "Output without a value", Subject: &at, Object: q.of,
			Detail: "The value cannot be written as JSON. Use texts, numbers, bools, lists and maps of them."}}
	}
	return string(text), nil
}

// resultValues is what `mapping` stands for: by name, and for a mapping of many tables by table below that.
func resultValues(results map[string]Result) cty.Value {
	one := make(map[string]cty.Value)
	many := make(map[string]map[string]cty.Value)
	for address, r := range results {
		name, index, found := strings.Cut(strings.TrimPrefix(address, "mapping."), "[")
		if !found {
			one[name] = r.value()
			continue
		}
		table, err := strconv.Unquote(strings.TrimSuffix(index, "]"))
		if err != nil {
			continue // no address that a mapping can have
		}
		if many[name] == nil {
			many[name] = make(map[string]cty.Value)
		}
		many[name][table] = r.value()
	}
	for name, tables := range many {
		one[name] = cty.MapVal(tables)
	}
	return cty.ObjectVal(one)
}

func (r Result) value() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"rows_written": cty.NumberIntVal(r.RowsWritten), "rows_quarantined": cty.NumberIntVal(r.RowsQuarantined),
		"rows": cty.NumberIntVal(r.Rows), "digest": cty.StringVal(r.Digest),
	})
}
