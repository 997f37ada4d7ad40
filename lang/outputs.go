package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// outcomes are what an output may ask of a mapping.
func outcomes() []string { return []string{"rows_written", "rows_quarantined", "rows", "digest"} }

// result is an `output` block before an apply.
type result struct {
	name      string
	value     cty.Value // unknown where it depends on what mappings did
	after     bool      // it does depend on that
	sensitive bool
	expr      hclsyntax.Expression
	of        string
}

func (l *loader) outputs() {
	for _, b := range l.blocks["output"] {
		o, r := l.output(b)
		if r == nil {
			continue
		}
		l.results[r.name] = r
		if l.caller == nil {
			l.cfg.Outputs = append(l.cfg.Outputs, o)
		}
	}
}

func (l *loader) output(b *hclsyntax.Block) (*Output, *result) {
	c := l.open(b, object(b), outputForm)
	o := &Output{Name: b.Labels[0], Description: c.text("description"), Range: place(c.header)}
	if f := c.flag("sensitive"); f != nil {
		o.Sensitive = *f
	}
	if !c.need("value", "value = mapping.NAME.rows_written") {
		return nil, nil
	}
	e := c.attrs["value"].Expr
	v, ok := l.try(c, e)
	if !ok || !l.presentable(c, v, o.Sensitive) {
		return nil, nil
	}
	r := &result{name: o.Name, value: v, sensitive: o.Sensitive, expr: e, of: c.of}
	r.after = !v.IsWhollyKnown() && (l.asksLater(e) || asks(e, "mapping"))
	if r.after {
		r.value = cty.DynamicVal
	}
	if o.Sensitive {
		r.value = r.value.Mark(sensitive)
	}
	o.Evaluate = func(results map[string]Result) (string, diag.List) { return l.answer(r, results) }
	return o, r
}

// asks reports whether an expression refers to a root.
func asks(e hclsyntax.Expression, root string) bool {
	return slices.ContainsFunc(e.Variables(), func(t hcl.Traversal) bool { return t.RootName() == root })
}

// try evaluates an output before anything is known of the mappings, to find what is wrong without them.
func (l *loader) try(c content, e hclsyntax.Expression) (cty.Value, bool) {
	if !l.check(c.of, e, inOutputs()) {
		return cty.NilVal, false
	}
	scope := l.scope.NewChild()
	scope.Variables = map[string]cty.Value{"mapping": cty.DynamicVal}
	v, problems := e.Value(scope)
	if problems.HasErrors() {
		l.evaluation(c.of, e, problems)
		return cty.NilVal, false
	}
	return l.tried(e, v), true
}

// presentable checks that an output's value may be kept and shown.
func (l *loader) presentable(c content, v cty.Value, open bool) bool {
	at := c.at("value")
	switch {
	case marked(v, ephemeral):
		l.fail("ephemeral-value", at, c.of, "Ephemeral value in a place that is stored",
			"The value of this output comes from an ephemeral variable, and outputs are kept in the state. Use another value.")
		return false
	case v.ContainsMarked() && !open:
		l.fail("sensitive-value", at, c.of, "Sensitive value in clear",
			"The value of this output comes from a sensitive variable. Write sensitive = true into the output, or use another value.")
		return false
	case l.caller == nil && holdsCapsule(v):
		l.fail("invalid-value", at, c.of, "Invalid value", "An output of the root folder is written down: a source, a target or a secret cannot be. Only a module can hand them to the folder that calls it.")
		return false
	}
	return true
}

// holdsCapsule reports whether a source, a target or a secret is anywhere in a value.
func holdsCapsule(v cty.Value) bool {
	bare, _ := v.UnmarkDeep()
	found := false
	err := cty.Walk(bare, func(_ cty.Path, v cty.Value) (bool, error) {
		found = found || v.Type().IsCapsuleType()
		return !found, nil
	})
	return found || err != nil
}

// outcome checks mapping.NAME.WHAT, with a key behind the name for every for_each and every mapping of many tables.
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
	if b := l.block("mapping", name); b != nil && b.Body.Attributes["for_each"] != nil {
		before := len(l.diags)
		if l.keyNamed(of, t, at, address); len(l.diags) > before {
			return
		}
		at++
	}
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

// answer is the value of an output as JSON, asked after an apply.
func (l *loader) answer(r *result, results map[string]Result) (string, diag.List) {
	at := place(r.expr.Range())
	v, found := l.told(r, results)
	if found != nil {
		return "", found
	}
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() {
		return "", diag.List{{Code: "evaluation", Summary: "Output without a value", Subject: &at, Object: r.of,
			Detail: "It depends on a variable or local value that has an error."}}
	}
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil || holdsCapsule(v) {
		return "", diag.List{{Code: "evaluation", Summary: "Output without a value", Subject: &at, Object: r.of,
			Detail: "The value cannot be written as JSON. Use texts, numbers, bools, lists and maps of them."}}
	}
	return string(text), nil
}

// told evaluates an output of this folder with what the mappings did.
func (l *loader) told(r *result, results map[string]Result) (cty.Value, diag.List) {
	if !r.after {
		return r.value, nil
	}
	var found diag.List
	scope := l.scope.NewChild()
	scope.Variables = map[string]cty.Value{"mapping": l.outcomesOf(results)}
	if asks(r.expr, "module") {
		modules := make(map[string]cty.Value)
		for _, b := range l.blocks["module"] {
			v, more := l.toldBy(b, results)
			modules[b.Labels[0]] = v
			found.Extend(more)
		}
		scope.Variables["module"] = cty.ObjectVal(modules)
	}
	if found != nil {
		return cty.DynamicVal, found
	}
	v, problems := r.expr.Value(scope)
	if problems.HasErrors() {
		at, detail := place(r.expr.Range()), "Its value cannot be told."
		if !r.sensitive && !l.touchesSensitive(r.expr) {
			detail = problems.Errs()[0].Error()
		}
		return cty.DynamicVal, diag.List{{Code: "evaluation", Summary: "Output without a value", Detail: detail, Subject: &at, Object: r.of}}
	}
	if r.sensitive {
		v = v.Mark(sensitive)
	}
	return v, nil
}

// toldBy is what module.NAME stands for after an apply.
func (l *loader) toldBy(b *hclsyntax.Block, results map[string]Result) (cty.Value, diag.List) {
	var found diag.List
	instances := make(map[string]cty.Value)
	for _, c := range l.calls[b.Labels[0]] {
		instances[c.key] = c.folder.outputValues(func(r *result) cty.Value {
			v, more := c.folder.told(r, results)
			found.Extend(more)
			return v
		})
	}
	if b.Body.Attributes["for_each"] == nil && len(instances) == 1 {
		return instances[""], found
	}
	return cty.ObjectVal(instances), found
}

// outputValues is a module's outputs by name.
func (l *loader) outputValues(value func(*result) cty.Value) cty.Value {
	all := make(map[string]cty.Value, len(l.results))
	for name, r := range l.results {
		all[name] = value(r)
	}
	return cty.ObjectVal(all)
}

// outcomesOf is what `mapping` stands for in this folder: by name, and below that by the key of for_each, and by table
// for a mapping of many tables.
func (l *loader) outcomesOf(results map[string]Result) cty.Value {
	all := make(map[string]cty.Value)
	levels := make(map[string]map[string]map[string]cty.Value)
	for _, b := range l.blocks["mapping"] {
		if name := b.Labels[0]; l.globs["mapping."+name] || b.Body.Attributes["for_each"] != nil {
			levels[name] = make(map[string]map[string]cty.Value)
		}
	}
	for address, r := range results {
		rest, ok := strings.CutPrefix(address, l.prefix+"mapping.")
		if !ok {
			continue
		}
		name, keys := keysOf(rest)
		if levels[name] == nil && len(keys) == 0 {
			all[name] = r.value()
		}
		if levels[name] == nil || len(keys) == 0 {
			continue // what is left of another time, or the sum over all
		}
		if levels[name][keys[0]] == nil {
			levels[name][keys[0]] = make(map[string]cty.Value)
		}
		levels[name][keys[0]][strings.Join(keys[1:], "")] = r.value()
	}
	for name, keys := range levels {
		forEach := l.block("mapping", name).Body.Attributes["for_each"] != nil
		if forEach || len(keys) > 0 {
			all[name] = nested(keys, forEach && l.globs["mapping."+name])
		}
	}
	return cty.ObjectVal(all)
}

// nested makes maps of results, of one level or of two.
func nested(keys map[string]map[string]cty.Value, deep bool) cty.Value {
	if !deep {
		flat := make(map[string]cty.Value, len(keys))
		for key, under := range keys {
			if r, ok := under[""]; ok {
				flat[key] = r
			}
		}
		return mapOf(flat, Result{}.value().Type())
	}
	all := make(map[string]cty.Value, len(keys))
	for key, under := range keys {
		delete(under, "")
		all[key] = mapOf(under, Result{}.value().Type())
	}
	return mapOf(all, cty.Map(Result{}.value().Type()))
}

func mapOf(all map[string]cty.Value, elem cty.Type) cty.Value {
	if len(all) == 0 {
		return cty.MapValEmpty(elem)
	}
	return cty.MapVal(all)
}

func (r Result) value() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"rows_written": cty.NumberIntVal(r.RowsWritten), "rows_quarantined": cty.NumberIntVal(r.RowsQuarantined),
		"rows": cty.NumberIntVal(r.Rows), "digest": cty.StringVal(r.Digest),
	})
}
