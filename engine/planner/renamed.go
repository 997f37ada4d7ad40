package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// order puts the fields into the order that their columns have once those of them that are renamed have their names: the
// digest of a row goes by it, and later plans read the table in that order.
func (c *difference) order(d *decision) {
	t := d.m.Standing
	at := func(f plan.Field) int {
		name := f.Name
		for _, change := range c.alters {
			if r := change.RenameColumn; r != nil && r.To == name {
				name = r.From
			}
		}
		i := slices.IndexFunc(t.Columns, func(column schema.Column) bool { return column.Name == name })
		if i < 0 {
			return len(t.Columns)
		}
		return i
	}
	if len(c.renamed) > 0 {
		slices.SortStableFunc(d.m.Definition.Fields, func(a, b plan.Field) int { return at(a) - at(b) })
	}
}

// renamedFrom gives the one field that is gone and was made as this new one is, "" for none or several, and where the column
// cannot follow: it is gone, or another one has the name already.
func (w *worker) renamedFrom(d *decision, old plan.Fingerprints, name string) string {
	gone, anew := d.twinFields(old, name)
	if len(gone) != 1 || len(anew) != 1 {
		d.noteTwinFields(gone, anew)
		return ""
	}
	_, there := d.m.Standing.Column(gone[0])
	if _, taken := d.m.Standing.Column(name); taken || !there {
		return ""
	}
	return gone[0]
}

// twinFields are the fields that are gone and those that are new whose values are made as those of the one named.
func (d *decision) twinFields(old plan.Fingerprints, name string) (gone, anew []string) {
	now := d.hashes
	for n, h := range old.Fields {
		if _, stays := now.Fields[n]; !stays && h == now.Fields[name] {
			gone = append(gone, n)
		}
	}
	for n, h := range now.Fields {
		if _, was := old.Fields[n]; !was && h == now.Fields[name] {
			anew = append(anew, n)
		}
	}
	slices.Sort(gone)
	slices.Sort(anew)
	return gone, anew
}

// noteTwinFields says why none of several fields takes over a column.
func (d *decision) noteTwinFields(gone, anew []string) {
	if len(gone) == 0 {
		return
	}
	note := fmt.Sprintf("Of %s, gone, and %s, new, all make the same values. Which one is another under a new name cannot be told, so no column is renamed: the old ones stay, and the new ones are filled. To rename a column, change one field at a time.",
		"field "+strings.Join(gone, ", "), "field "+strings.Join(anew, ", "))
	if !slices.Contains(d.out.Notes, note) {
		d.out.Notes = append(d.out.Notes, note)
	}
}

// follows reports whether a column goes along with a field under another name. A table that is built anew has the columns
// of now.
func (d *decision) follows(from, to string) bool {
	return d.beside || slices.ContainsFunc(d.alters, func(c schema.Change) bool {
		return c.RenameColumn != nil && c.RenameColumn.From == from && c.RenameColumn.To == to
	})
}
