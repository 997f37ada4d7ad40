package lang

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// table reads a `table` block of a source or target.
func (l *loader) table(b *hclsyntax.Block, s *System) *TableFacts {
	of := s.object()
	if !l.labels(b, "table") {
		return nil
	}
	c := l.open(b, of, tableForm)
	t := &TableFacts{Name: b.Labels[0], Range: place(c.header)}
	for _, other := range s.Tables {
		if other.Name == t.Name {
			l.fail("duplicate-name", c.header, of, "Name used twice",
				fmt.Sprintf("The table %q stands at line %d already. Put both blocks into one.", t.Name, other.Range.Start.Line))
			return nil
		}
	}
	t.Key = c.needTexts("key")
	t.Cursor, t.Contract = c.cursor(s.Role), c.contract(s.Role)
	t.Declared = c.facts(tableFacts())
	for _, inner := range c.blocks["column"] {
		if col := l.column(inner, of, t); col != nil {
			t.Columns = append(t.Columns, col)
		}
	}
	return t
}

func (l *loader) column(b *hclsyntax.Block, of string, t *TableFacts) *ColumnFacts {
	if !l.labels(b, "column") {
		return nil
	}
	c := l.open(b, of, columnForm)
	col := &ColumnFacts{Name: b.Labels[0], Range: place(c.header)}
	if slices.ContainsFunc(t.Columns, func(o *ColumnFacts) bool { return o.Name == col.Name }) {
		l.fail("duplicate-name", c.header, of, "Name used twice",
			fmt.Sprintf("The column %q of table %q is written twice. Put both blocks into one.", col.Name, t.Name))
		return nil
	}
	col.Type = c.typed()
	col.Classify = c.needTexts("classify")
	col.Declared = c.facts(columnFacts())
	return col
}

// object names a system for messages.
func (s *System) object() string { return fmt.Sprintf("%s %q %q", s.Role, s.Kind, s.Name) }

// declared is the place of what a Declarer's finding names: a table, `table.column`, or an attribute.
func (l *loader) declared(c content, field string) hcl.Range {
	for _, t := range c.blocks["table"] {
		if len(t.Labels) != 1 {
			continue
		}
		if field == t.Labels[0] {
			return header(t)
		}
		for _, col := range t.Body.Blocks {
			if col.Type == "column" && len(col.Labels) == 1 && field == t.Labels[0]+"."+col.Labels[0] {
				return header(col)
			}
		}
	}
	return c.at(field)
}
