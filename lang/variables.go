package lang

import (
	"encoding/base64"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/crypto/argon2"
)

// variable is a declaration while its value is looked for.
type variable struct {
	content
	name      string
	block     *hclsyntax.Block
	kind      cty.Type // DynamicPseudoType where no type was written
	defaults  *typeexpr.Defaults
	fallback  cty.Value // NilVal where no default was written
	role      string    // of a variable of type source or target
	sensitive bool
	ephemeral bool
	nullable  bool
	broken    bool // an error was reported, so that a missing value is none
	value     cty.Value
}

// variables reads the declarations, gives each its value, and asks the validations.
func (l *loader) variables(names []string) {
	l.scope = &hcl.EvalContext{Functions: functions(l.secret), Variables: map[string]cty.Value{
		"var": cty.EmptyObjectVal, "local": cty.EmptyObjectVal,
		"path": cty.ObjectVal(map[string]cty.Value{"root": cty.StringVal("."), "module": cty.StringVal(l.relative(l.dir))}),
	}}
	var order []*variable
	for _, b := range l.blocks["variable"] {
		v := l.variable(b)
		if l.named(b, 0) && l.claim("var."+v.name, b) {
			l.vars[v.name] = v
			order = append(order, v)
		}
	}
	if l.caller == nil {
		l.assign(names)
	} else {
		l.take()
	}
	values := make(map[string]cty.Value, len(order))
	for _, v := range order {
		l.settle(v)
		values[v.name] = v.value
		if v.sensitive {
			values[v.name] = v.value.Mark(sensitive)
		}
		if v.ephemeral {
			values[v.name] = v.value.WithMarks(cty.NewValueMarks(sensitive, ephemeral))
		}
	}
	l.scope.Variables["var"] = cty.ObjectVal(values)
	for _, v := range order {
		l.validate(v)
		if l.caller == nil && !v.ephemeral {
			l.cfg.Variables = append(l.cfg.Variables, v.export())
		}
	}
}

func (l *loader) variable(b *hclsyntax.Block) *variable {
	v := &variable{content: l.open(b, object(b), variableForm), name: b.Labels[0], block: b,
		kind: cty.DynamicPseudoType, nullable: true}
	v.kinds()
	if f := v.constant("sensitive", cty.Bool, "true or false"); f != cty.NilVal {
		v.sensitive = f.True()
	}
	if f := v.constant("ephemeral", cty.Bool, "true or false"); f != cty.NilVal {
		v.ephemeral = f.True()
		v.sensitive = v.sensitive || v.ephemeral
	}
	if f := v.constant("nullable", cty.Bool, "true or false"); f != cty.NilVal {
		v.nullable = f.True()
	}
	v.constant("description", cty.String, "a text in quotes")
	if v.has("default") {
		v.standard()
	}
	return v
}

// standard evaluates the default.
func (v *variable) standard() {
	d, ok := v.l.eval(v.of, v.attrs["default"].Expr, inVariables())
	if !ok {
		v.broken = true
		return
	}
	if v.fallback = v.convert(d); v.fallback != cty.NilVal {
		return
	}
	v.broken = true
	at := v.at("default")
	if v.sensitive {
		at = v.header // the line of the value would be printed
	}
	v.l.fail("invalid-value", at, v.of, "Invalid value", fmt.Sprintf("The default is not of the type %s.", v.typeName()))
}

// kinds reads the type.
func (v *variable) kinds() {
	if !v.has("type") {
		return
	}
	e := v.attrs["type"].Expr
	if name := hcl.ExprAsKeyword(e); name == "source" || name == "target" {
		v.endpoint(name, e.Range())
		return
	}
	kind, defaults, problems := typeexpr.TypeConstraintWithDefaults(e)
	if problems.HasErrors() {
		v.broken = true
		v.l.fail("invalid-type", e.Range(), v.of, "Invalid type",
			"A variable's type is string, number, bool, any, or list(...), set(...), map(...), object({...}) or tuple([...]) of those.")
		return
	}
	v.kind, v.defaults = kind, defaults
}

// endpoint is for a variable that a source or target is handed in by.
func (v *variable) endpoint(role string, at hcl.Range) {
	v.kind, v.role = v.l.reading.endpoint, role
	if v.l.caller == nil {
		v.broken = true
		v.l.fail("invalid-type", at, v.of, "Invalid type",
			fmt.Sprintf("A %s is handed to a module by the folder that calls it, and nobody calls the root. Name the %s in the mapping itself.", role, role))
	}
}

// typeName is the type as a file writes it.
func (v *variable) typeName() string {
	if v.role != "" {
		return v.role
	}
	return typeexpr.TypeString(v.kind)
}

// constant is an attribute of the declaration itself, which can refer to nothing.
func (v *variable) constant(name string, want cty.Type, kind string) cty.Value {
	if !v.has(name) {
		return cty.NilVal
	}
	val, ok := v.l.eval(v.of, v.attrs[name].Expr, inVariables())
	if !ok {
		return cty.NilVal
	}
	val, err := convert.Convert(val, want)
	if err != nil || val.IsNull() || !val.IsKnown() {
		v.wrong(name, fmt.Sprintf("%q takes %s.", name, kind))
		return cty.NilVal
	}
	return val
}

// convert makes a value of the variable's type, NilVal where it cannot be one.
func (v *variable) convert(val cty.Value) cty.Value {
	if huge(val) {
		return cty.NilVal
	}
	if v.defaults != nil && !val.IsNull() {
		val = v.defaults.Apply(val)
	}
	if end, ok := v.l.endpointOf(val); v.role != "" && (!ok || end.role != v.role) {
		return cty.NilVal
	}
	val, err := convert.Convert(val, v.kind)
	if err != nil || !val.IsWhollyKnown() || huge(val) {
		return cty.NilVal
	}
	return val
}

// settle chooses between the value that was given and the default.
func (l *loader) settle(v *variable) {
	given := v.value != cty.NilVal
	switch {
	case given && v.value.IsNull() && !v.nullable:
		if v.value = v.fallback; v.fallback == cty.NilVal {
			l.fail("invalid-value", v.header, v.of, "Invalid value", fmt.Sprintf("The variable %q cannot be null. Give it a value.", v.name))
		}
	case given:
	case v.fallback != cty.NilVal:
		v.value = v.fallback
	case !v.broken && l.caller != nil:
		l.caller.missing(v)
	case !v.broken:
		l.fail("missing-variable", v.header, v.of, "Variable without a value",
			fmt.Sprintf("The variable %q has no default and no value was given. Give one with --var '%s=...', "+
				"with a line %s = ... in a file named by --var-file (or in a *.auto.miqvars.hcl of this folder), "+
				"or in the environment variable MIGRATEIQ_VAR_%s.", v.name, v.name, v.name, v.name))
	}
	if v.value == cty.NilVal {
		v.value = cty.DynamicVal
		v.broken = true
	}
}

// validate asks every validation block of a variable that has a value.
func (l *loader) validate(v *variable) {
	for _, b := range v.blocks["validation"] {
		c := l.open(b, v.of, validationForm)
		if !c.need("condition", `condition = contains(["test", "prod"], var.`+v.name+`)`) ||
			!c.need("error_message", `error_message = "..."`) {
			continue
		}
		result, ok := l.eval(v.of, c.attrs["condition"].Expr, inValidations())
		text, readable := l.eval(v.of, c.attrs["error_message"].Expr, inValidations())
		if !ok || !readable {
			continue
		}
		result, _ = result.Unmark()
		result, err := convert.Convert(result, cty.Bool)
		switch {
		case err != nil || result.IsKnown() && result.IsNull():
			c.wrong("condition", "A condition has to be true or false.")
		case result.IsKnown() && result.False():
			l.fail("invalid-variable", v.header, v.of, "Value refused by a validation",
				fmt.Sprintf("%s This was checked by the validation at line %d.", c.refusal(text), c.header.Start.Line))
		}
	}
}

// refusal is the error_message of a validation, without it where it would show a sensitive value.
func (c content) refusal(text cty.Value) string {
	const unsaid = "The value of the variable is not a valid one."
	if text.ContainsMarked() || !text.IsWhollyKnown() || text.IsNull() {
		return unsaid
	}
	s, err := convert.Convert(text, cty.String)
	if err != nil || s.AsString() == "" {
		return unsaid
	}
	return s.AsString()
}

// export is the variable as others see it: of a sensitive one only what a salt makes of it.
func (v *variable) export() *Variable {
	out := &Variable{Name: v.name, Sensitive: v.sensitive, Range: place(v.header)}
	if v.broken || !v.value.IsWhollyKnown() {
		return out
	}
	text, err := ctyjson.Marshal(v.value, v.value.Type())
	if err != nil {
		v.wrong("type", "The value of this variable cannot be written down.")
		return out
	}
	if !v.sensitive {
		out.Value = string(text)
		return out
	}
	out.Salted = func(salt []byte) string {
		return base64.StdEncoding.EncodeToString(argon2.IDKey(text, salt, 3, 64<<10, 4, 32))
	}
	return out
}
