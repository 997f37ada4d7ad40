package plan

import (
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Scope is what the expressions of the definition see.
func (d *Definition) Scope() expr.Scope {
	s := expr.Scope{Columns: d.Read, Place: "Table " + d.SourceTable.String() + " of " + d.Source}
	for _, p := range d.Params {
		s.Params = append(s.Params, expr.Param{Name: p.Name, Type: p.Type})
	}
	for _, k := range d.Keys {
		s.Keys = append(s.Keys, k.Name)
	}
	text := schema.Type{Kind: schema.String}
	for _, l := range d.Lookups {
		s.Lookups = append(s.Lookups, expr.Lookup{Name: l.Name, Key: text, Value: text, Null: l.Default == "null"})
	}
	return s
}

// Range is the place for messages of the checker; what that finds in a plan was found before the plan was made.
func (p Place) Range() diag.Range {
	start := diag.Pos{Line: p.Line, Column: 1}
	return diag.Range{File: p.File, Start: start, End: start}
}
