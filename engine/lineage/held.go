package lineage

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/expr"
)

// Held is a column that every row of a mapping has one text in, since its condition takes no other.
type Held struct {
	Column
	Text string
}

// HeldBy are the columns that a definition's condition holds to one text. Behind a query it is not known what a column is.
func HeldBy(d *plan.Definition) ([]Held, error) {
	if d.Where == "" || d.Query != "" {
		return nil, nil
	}
	e, found := expr.Condition(d.Where, plan.Place{}.Range(), d.Scope())
	if found.HasErrors() {
		return nil, fmt.Errorf("follow the condition of %s: %w", d.TargetTable, found.Err())
	}
	var out []Held
	for _, h := range e.Held() {
		table, name := d.Origin(h[0])
		out = append(out, Held{Column{System: d.Source, Table: table, Name: name}, h[1]})
	}
	return out, nil
}
