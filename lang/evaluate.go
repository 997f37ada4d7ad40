package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// sensitive marks values that come from a sensitive variable, through every function and template.
const sensitive = mark("sensitive")

type mark string

// ephemeral marks values that nothing may store, in addition to sensitive.
const ephemeral = mark("ephemeral")

// sight is what an expression may refer to.
type sight struct {
	roots   []string // of references
	secret  bool     // secret() is allowed
	static  bool     // what modules give is not known yet
	outputs bool     // what mappings did is known
}

func everywhere() sight    { return sight{roots: []string{"var", "local", "path", "module"}} }
func inVariables() sight   { return sight{} }
func inValidations() sight { return sight{roots: []string{"var"}} }
func inOutputs() sight {
	return sight{roots: append(inReferences().roots, "mapping"), outputs: true}
}
func inConnections() sight { return sight{roots: everywhere().roots, secret: true} }

// inReferences may name sources and targets: they can be handed on.
func inReferences() sight { return sight{roots: append(everywhere().roots, "source", "target")} }
func inArguments() sight  { return sight{roots: inReferences().roots, secret: true} }

// inKeys is for_each; inPaths the source of a module. Both are settled before any module is read.
func inKeys() sight {
	return sight{roots: []string{"var", "local", "path", "source", "target"}, static: true}
}
func inPaths() sight { return sight{roots: []string{"var", "local", "path"}, static: true} }

// eval gives the value of an expression, with marks; it may be unknown where something it refers to had an error.
func (l *loader) eval(of string, e hclsyntax.Expression, s sight) (cty.Value, bool) {
	if !l.check(of, e, s) {
		return cty.DynamicVal, false
	}
	v, problems := e.Value(l.scope)
	if problems.HasErrors() {
		l.evaluation(of, e, problems)
		return cty.DynamicVal, false
	}
	if huge(v) {
		l.fail("invalid-value", e.Range(), of, "Number out of bounds", "The value has a number of more than 1000 digits.")
		return cty.DynamicVal, false
	}
	if !s.outputs && !v.IsWhollyKnown() && l.asksLater(e) {
		l.fail("invalid-reference", e.Range(), of, "Value that is not known yet", afterApply)
		return cty.DynamicVal, false
	}
	return l.tried(e, v), true
}

const afterApply = "What a module says of its mappings is known after an apply: only outputs can use it."

// huge reports whether a value holds a number of far more than 1000 digits: writing 1e999999999 out would take for ever.
func huge(v cty.Value) bool {
	bare, _ := v.UnmarkDeep()
	found := false
	err := cty.Walk(bare, func(_ cty.Path, v cty.Value) (bool, error) {
		if v.Type() == cty.Number && v.IsKnown() && !v.IsNull() {
			f := v.AsBigFloat()
			exp := f.MantExp(nil)
			found = found || f.IsInf() || exp > 4096 || exp < -4096
		}
		return !found, nil
	})
	return found || err != nil
}

// evaluation reports why HCL could not evaluate. Its words may quote the values it met, so they are left out where one
// of them is sensitive.
func (l *loader) evaluation(of string, e hclsyntax.Expression, problems hcl.Diagnostics) {
	if l.touchesSensitive(e) {
		l.fail("evaluation", e.Range(), of, "Expression without a value",
			"The expression cannot be evaluated. What went wrong is not shown, because the words could give a sensitive value away.")
		return
	}
	for _, p := range problems {
		if p.Severity != hcl.DiagError {
			continue
		}
		at := e.Range()
		if p.Subject != nil {
			at = *p.Subject
		}
		l.fail("evaluation", at, of, p.Summary, p.Detail)
	}
}

func (l *loader) touchesSensitive(e hclsyntax.Expression) bool { return len(l.marksOf(e)) > 0 }

// marksOf are the marks of everything that an expression refers to.
func (l *loader) marksOf(e hclsyntax.Expression) cty.ValueMarks {
	all := make(cty.ValueMarks)
	for _, t := range e.Variables() {
		v := l.scope.Variables[t.RootName()]
		if v == cty.NilVal || !slices.Contains([]string{"var", "local", "module", "each"}, t.RootName()) {
			continue
		}
		if name, ok := step(t, 1); ok && v.Type().IsObjectType() && v.Type().HasAttribute(name) {
			v = v.GetAttr(name)
		}
		_, marks := v.UnmarkDeep()
		maps.Copy(all, marks)
	}
	return all
}

// tried keeps a mark on what try() and can() give: whether a value can be had tells something about it.
func (l *loader) tried(e hclsyntax.Expression, v cty.Value) cty.Value {
	found := false
	hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		f, ok := n.(*hclsyntax.FunctionCallExpr)
		found = found || ok && (f.Name == "try" || f.Name == "can")
		return nil
	})
	if !found {
		return v
	}
	return v.WithMarks(l.marksOf(e))
}

// check looks at everything an expression refers to before it is evaluated, for messages that say what to do.
func (l *loader) check(of string, e hclsyntax.Expression, s sight) bool {
	before := len(l.diags)
	later := len(l.cfg.NotYet)
	for _, t := range e.Variables() {
		l.reference(of, t, s)
	}
	hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.FunctionCallExpr:
			l.call(of, n, s)
		case *hclsyntax.ObjectConsExpr:
			l.repeated(of, n)
		case *hclsyntax.LiteralValueExpr:
			if huge(n.Val) {
				l.fail("invalid-value", n.SrcRange, of, "Number out of bounds", "A number here has at most 1000 digits.")
			}
		}
		return nil
	})
	return len(l.diags) == before && len(l.cfg.NotYet) == later
}

func (l *loader) reference(of string, t hcl.Traversal, s sight) {
	root := t.RootName()
	at := t.SourceRange()
	switch {
	case root == "each":
		l.eachOf(of, t)
	case slices.Contains(s.roots, root):
		l.member(of, t, s)
	case s.static && (root == "module" || root == "mapping"):
		l.fail("invalid-reference", at, of, "Reference in the wrong place",
			fmt.Sprintf("%s cannot be used here: for_each and the source of a module are settled before any module is read. They see var, local and path.", written(t)))
	case slices.Contains([]string{"source", "target", "mapping", "lookup"}, root):
		l.fail("invalid-reference", at, of, "Reference in the wrong place",
			fmt.Sprintf("%s cannot be used here. %s", written(t), useOf(root)))
	case slices.Contains(everywhere().roots, root):
		l.fail("invalid-reference", at, of, "Reference in the wrong place",
			fmt.Sprintf("%s cannot be used here: a variable's default is a plain value, and its validation sees var only.", written(t)))
	default:
		detail := fmt.Sprintf("%q is nothing that an expression can refer to here.", root)
		if n := diag.Nearest(root, s.roots); n != "" {
			detail += fmt.Sprintf(" Did you mean %q?", n)
		} else {
			detail += " A text stands in quotes; a variable is written var.NAME, a local value local.NAME."
		}
		l.fail("invalid-reference", at, of, "Unknown reference", detail)
	}
}

// eachOf checks each.key and each.value.
func (l *loader) eachOf(of string, t hcl.Traversal) {
	if l.current == nil {
		l.fail("invalid-reference", t.SourceRange(), of, "Reference in the wrong place",
			fmt.Sprintf("%s cannot be used here: each.key and each.value belong into a block that has for_each, below it.", written(t)))
		return
	}
	if name, _ := step(t, 1); name != "key" && name != "value" {
		l.fail("invalid-reference", t.SourceRange(), of, "Unknown reference", "For each instance there are each.key and each.value.")
	}
}

func useOf(root string) string {
	switch root {
	case "source":
		return `It belongs into "source" in the from block of a mapping, or is handed to a module.`
	case "target":
		return `It belongs into "target" in the to block of a mapping, or is handed to a module.`
	case "lookup":
		return `It belongs into CEL: cel = "lookup.NAME[src.COLUMN]".`
	}
	return "What a mapping did is known after an apply: only outputs can use it."
}

// member checks the name behind the root of a reference.
func (l *loader) member(of string, t hcl.Traversal, s sight) {
	switch t.RootName() {
	case "source", "target":
		l.endpointNamed(of, t)
		return
	case "module":
		l.outputNamed(of, t, s)
		return
	}
	name, ok := step(t, 1)
	if !ok {
		return
	}
	switch t.RootName() {
	case "var":
		if l.vars[name] == nil {
			l.unknownName(of, t, "unknown-variable", "variable", name, slices.Sorted(maps.Keys(l.vars)))
		}
	case "local":
		if all := l.scope.Variables["local"]; !all.Type().HasAttribute(name) {
			l.unknownName(of, t, "unknown-local", "local value", name, slices.Sorted(maps.Keys(all.Type().AttributeTypes())))
		} else if s.static && l.dynamic[name] {
			l.fail("invalid-reference", t.SourceRange(), of, "Reference in the wrong place",
				fmt.Sprintf("%s takes something from a module: for_each and the source of a module are settled before any module is read.", written(t)))
		}
	case "path":
		if name != "root" && name != "module" {
			l.unknownName(of, t, "invalid-reference", "path", name, []string{"root", "module"})
		}
	case "mapping":
		l.outcome(of, t, name)
	}
}

func (l *loader) unknownName(of string, t hcl.Traversal, code, what, name string, have []string) {
	detail := fmt.Sprintf("There is no %s %q.", what, name)
	if s := diag.Suggest(name, have); s != "" {
		detail += s
	} else if what == "variable" {
		detail += fmt.Sprintf(" Declare it: variable %q { }.", name)
	} else if what == "module" {
		detail += fmt.Sprintf(" Declare it: module %q { source = \"./...\" }.", name)
	} else if len(have) > 0 && len(have) <= 8 {
		detail += " There is " + every(have) + "."
	}
	l.fail(code, t.SourceRange(), of, "Unknown "+what, detail)
}

// call checks the name of a function.
func (l *loader) call(of string, f *hclsyntax.FunctionCallExpr, s sight) {
	if f.Name == "secret" && !s.secret {
		l.fail("secret-misplaced", f.Range(), of, "Secret in the wrong place",
			"secret() can stand only in an attribute of a source or target that takes a secret, such as a password or url.")
		return
	}
	if _, known := l.scope.Functions[f.Name]; known {
		return
	}
	detail := fmt.Sprintf("There is no function %s.", f.Name)
	if more := missing(f.Name); more != "" {
		detail += more
	} else {
		detail += diag.Suggest(f.Name, slices.Sorted(maps.Keys(l.scope.Functions)))
	}
	l.fail("unknown-function", f.NameRange, of, "Unknown function", detail)
}

// repeated reports a key that an object in braces has twice: HCL itself would let the last one win in silence.
func (l *loader) repeated(of string, o *hclsyntax.ObjectConsExpr) {
	seen := make(map[string]hcl.Range)
	for _, item := range o.Items {
		key, ok := literalKey(item.KeyExpr)
		if !ok {
			continue
		}
		if first, twice := seen[key]; twice {
			l.fail("duplicate-key", item.KeyExpr.Range(), of, "Key written twice",
				fmt.Sprintf("%q stands at line %d already. Remove one of the two.", key, first.Start.Line))
			continue
		}
		seen[key] = item.KeyExpr.Range()
	}
}

// literalKey is a key of an object that is written out.
func literalKey(e hclsyntax.Expression) (string, bool) {
	if len(e.Variables()) > 0 {
		return "", false
	}
	if key := hcl.ExprAsKeyword(e); key != "" {
		return key, true
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		e = k.Wrapped
	}
	switch e.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.LiteralValueExpr:
		v, problems := e.Value(nil)
		if problems.HasErrors() || v.IsNull() || !v.IsKnown() || huge(v) {
			return "", false
		}
		switch v.Type() {
		case cty.String:
			return v.AsString(), true
		case cty.Number:
			return v.AsBigFloat().Text('f', -1), true
		}
	}
	return "", false
}

// step is the name at one place of a reference: of .name or ["name"].
func step(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	switch s := t[i].(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

// written is a reference as people write it.
func written(t hcl.Traversal) string {
	var s strings.Builder
	for _, part := range t {
		switch p := part.(type) {
		case hcl.TraverseRoot:
			s.WriteString(p.Name)
		case hcl.TraverseAttr:
			s.WriteString("." + p.Name)
		case hcl.TraverseIndex:
			if p.Key.Type() == cty.String {
				fmt.Fprintf(&s, "[%q]", p.Key.AsString())
			} else {
				s.WriteString("[...]")
			}
		default:
			s.WriteString("[*]")
		}
	}
	return s.String()
}
