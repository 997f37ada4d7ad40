package transform

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/common/types/ref"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

func compile(s Spec) (*shared, error) {
	d := s.Definition
	if len(d.Fields) == 0 {
		return nil, fmt.Errorf("compile the mapping of %s: it has no fields", d.SourceTable)
	}
	sh := &shared{spec: s}
	consts, err := constants(d, s)
	if err != nil {
		return nil, fmt.Errorf("compile the mapping of %s: %w", d.SourceTable, err)
	}
	sh.consts = consts
	scope := d.Scope()
	if err := sh.conditions(d, scope); err != nil {
		return nil, err
	}
	for _, f := range d.Fields {
		c, err := compileField(f, scope, slices.Contains(d.Key, f.Column.Name))
		if err != nil {
			return nil, fmt.Errorf("compile field %s of %s: %w", f.Name, d.SourceTable, err)
		}
		sh.fields = append(sh.fields, c)
		sh.columns = append(sh.columns, f.Column)
	}
	for _, name := range d.Key {
		i := slices.IndexFunc(d.Fields, func(f plan.Field) bool { return f.Column.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("compile the mapping of %s: no field makes the key column %s", d.SourceTable, name)
		}
		sh.key = append(sh.key, i)
	}
	sh.naming()
	return sh, nil
}

func condition(text string, place plan.Place, scope expr.Scope) (*program, error) {
	e, found := expr.Condition(text, place.Range(), scope)
	if found.HasErrors() {
		return nil, found.Err()
	}
	return newProgram(e, true)
}

func compileField(f plan.Field, scope expr.Scope, key bool) (compiled, error) {
	c := compiled{Field: f, key: key}
	switch f.OnRowError {
	case "", "fail", "quarantine":
	case "null":
		if !f.Column.Null || key {
			return c, fmt.Errorf(`on_row_error = "null" needs a column that may be null and is not part of the key`)
		}
	default:
		return c, fmt.Errorf("on_row_error cannot be %q", f.OnRowError)
	}
	err := c.computed(f, scope)
	if err != nil {
		return c, err
	}
	if c.cast, err = castOf(f.Value, f.Column.Type, f.Fidelity.Allow); err != nil {
		return c, err
	}
	if f.Expect != "" {
		scope.Out = &expr.Value{Type: f.Column.Type, Null: f.Column.Null}
		if c.expect, err = condition(f.Expect, f.At, scope); err != nil {
			return c, fmt.Errorf("expect: %w", err)
		}
	}
	return c, nil
}

// computed prepares what makes the field's values.
func (c *compiled) computed(f plan.Field, scope expr.Scope) (err error) {
	if f.Ref != nil {
		c.ref, err = newReference(*f.Ref, scope)
		return err
	}
	e, found := expr.Check(f.CEL, f.At.Range(), scope)
	if found.HasErrors() {
		return found.Err()
	}
	if c.value, err = newProgram(e, false); err != nil {
		return err
	}
	if !e.Type().Equal(f.Value) && !e.Type().Portable().Equal(f.Value) { // between systems of two products names mean nothing
		return fmt.Errorf("the expression is of type %s, the plan says %s", e.Type(), f.Value)
	}
	return nil
}

// constants are the values of all names that do not change from row to row.
func constants(d *plan.Definition, s Spec) (map[string]any, error) {
	consts := map[string]any{}
	members := map[string]map[string]ref.Val{"param": {}, "lookup": {}, expr.KeyObject: {}}
	for _, k := range d.Keys {
		value, ok := s.Keys[k.ID()]
		if !ok || value.Reveal() == "" {
			return nil, fmt.Errorf("the key %s was not given", k.Name)
		}
		members[expr.KeyObject][k.Name] = library.NewKey([]byte(value.Reveal()))
	}
	for _, p := range d.Params {
		v, err := paramValue(p)
		if err != nil {
			return nil, err
		}
		consts["param."+p.Name], members["param"][p.Name] = v, v
	}
	for _, l := range d.Lookups {
		table, ok := s.Lookups[l.ID()]
		if !ok {
			return nil, fmt.Errorf("the content of lookup %s was not given", l.Name)
		}
		v := newCodes(l, table)
		consts["lookup."+l.Name], members["lookup"][l.Name] = v, v
	}
	for name, of := range members {
		consts[name] = &index{member: func(member string) (ref.Val, bool) { v, ok := of[member]; return v, ok }}
	}
	return consts, nil
}

func paramValue(p plan.Param) (ref.Val, error) {
	v := batch.NewVector(p.Type)
	if err := batch.Parse(&v, p.Type, []byte(p.Text)); err != nil {
		return nil, fmt.Errorf("param %s is not of type %s: %w", p.Name, p.Type, err)
	}
	return value(p.Type, &v, 0), nil
}
