package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// readable refuses a read of which the role would not see all rows and all of these columns, and names what it lacks.
func (rel *relation) readable(op string, columns []schema.Column) error {
	if err := rel.open(op, rel.denies(columns)); err != nil {
		return err
	}
	for i := range rel.joins {
		x := &rel.joins[i]
		var lacks []string
		for _, name := range x.names {
			if slices.Contains(x.denied, name) {
				lacks = append(lacks, name)
			}
		}
		if err := x.open(op, lacks); err != nil {
			return err
		}
	}
	return nil
}

// denies are those of the columns that are of this table and that the role may not read.
func (rel *relation) denies(columns []schema.Column) []string {
	var out []string
	for _, c := range columns {
		if slices.Contains(rel.denied, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// open is an error where row security hides rows from the role, or where it lacks rights on columns.
func (rel *relation) open(op string, lacks []string) error {
	failed := &providers.Error{Op: op, Object: rel.ref.String(), Class: providers.Denied}
	switch {
	case rel.hidden:
		failed.Err = fmt.Errorf("row security would hide rows of the table from the role %s", quote(rel.role))
		failed.Remedy = fmt.Sprintf("Read as the table's owner or as a role with BYPASSRLS (ALTER ROLE %s BYPASSRLS), or run: ALTER TABLE %s DISABLE ROW LEVEL SECURITY.", quote(rel.role), quoteRef(rel.ref))
		if rel.forced {
			failed.Remedy = fmt.Sprintf("Read as a role with BYPASSRLS (ALTER ROLE %s BYPASSRLS), or as the table's owner after: ALTER TABLE %s NO FORCE ROW LEVEL SECURITY.", quote(rel.role), quoteRef(rel.ref))
		}
	case len(lacks) > 0 && len(rel.denied) == len(rel.types):
		failed.Err = fmt.Errorf("the role %s may not read the table", quote(rel.role))
		failed.Remedy = fmt.Sprintf("Run: GRANT SELECT ON %s TO %s (and USAGE on its schema).", quoteRef(rel.ref), quote(rel.role))
	case len(lacks) == 1:
		failed.Column = lacks[0]
		failed.Err = fmt.Errorf("the role %s may not read it", quote(rel.role))
	case len(lacks) > 0:
		failed.Err = errors.New("the role " + quote(rel.role) + " may not read the columns " + strings.Join(lacks, ", "))
	default:
		return nil
	}
	if failed.Remedy == "" {
		failed.Remedy = fmt.Sprintf("Run: GRANT SELECT (%s) ON %s TO %s (and USAGE on its schema), or leave the columns out.", quoteAll(lacks, ""), quoteRef(rel.ref), quote(rel.role))
	}
	return failed
}
