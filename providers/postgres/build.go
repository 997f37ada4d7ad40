package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// addKey builds a key. That of a parted table is put together from those of its partitions, which are built first, each
// in a statement of its own.
func addKey(k *schema.KeyChange, primary bool) ([]providers.Statement, error) {
	var out []providers.Statement
	err := properKey(k.Table, k.Key)
	for _, b := range k.Key.Branches {
		s, branchErr := buildKey(b.Table, b.Key, primary, k.Key.Branches)
		out, err = append(out, s), errors.Join(err, branchErr)
	}
	s, ownErr := buildKey(k.Table, k.Key, primary, k.Key.Branches)
	if err = errors.Join(err, ownErr); err != nil {
		return nil, fmt.Errorf("%s: %w", s.What, err)
	}
	return append(out, s), nil
}

// properKey checks a key that comes without its own words for it: it has to have columns.
func properKey(table schema.Ref, k schema.Key) error {
	if len(k.Columns) == 0 && k.Native == "" && k.Rule == "" {
		return errors.New("a key has no columns")
	}
	return errors.Join(properRef(table), proper(k.Columns...))
}

// buildKey makes one key of one table: an index, and the constraint over it. A parted table gets one without rows, to
// which the pieces below it are attached.
func buildKey(table schema.Ref, k schema.Key, primary bool, pieces []schema.Branch) (providers.Statement, error) {
	name, at := nameOf(table.Name, k, primary), quoteRef(table)
	what, unique := "create index ", ""
	if k.Unique || primary {
		what, unique = "create unique index ", "UNIQUE "
	}
	index := k.Native
	if index == "" {
		index = "(" + quoteAll(k.Columns, "") + ")"
	}
	if k.While != "" {
		index += " WHERE " + quote(k.While) + " IS NULL"
	}
	var sql []string
	switch {
	case isExclusion(k):
		what = "add exclusion constraint "
		sql = append(sql, fmt.Sprintf("ALTER TABLE ONLY %s ADD CONSTRAINT %s %s", at, quote(name), k.Rule))
	case k.Split && (primary || k.Constraint):
		what = "add constraint "
		rule := cmp.Or(k.Rule, kindOf(primary)+" ("+quoteAll(k.Columns, "")+")")
		sql = append(sql, fmt.Sprintf("ALTER TABLE ONLY %s ADD CONSTRAINT %s %s", at, quote(name), rule))
	case k.Split:
		sql = append(sql, fmt.Sprintf("CREATE %sINDEX %s ON ONLY %s %s", unique, quote(name), at, index))
	default:
		sql = append(sql, fmt.Sprintf("CREATE %sINDEX %s ON %s %s", unique, quote(name), at, index))
		if primary || k.Constraint {
			sql = append(sql, strings.TrimSpace(fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s %s", at, quote(name), kindOf(primary), quote(name), k.Deferral)))
		}
	}
	for _, b := range pieces {
		if b.Above == table && b.Under == k.Name && k.Name != "" {
			sql = append(sql, fmt.Sprintf("ALTER INDEX %s.%s ATTACH PARTITION %s.%s", quote(home(table).Schema), quote(name), quote(home(b.Table).Schema), quote(b.Key.Name)))
		}
	}
	for _, use := range k.Uses {
		sql = append(sql, fmt.Sprintf("ALTER TABLE ONLY %s %s %s", at, use, quote(name)))
	}
	sql = append(sql, remarks(table, name, k, primary)...)
	if primary {
		return providers.Statement{SQL: sql, What: "add primary key " + name + " to " + home(table).String()}, proper(name)
	}
	return providers.Statement{SQL: sql, What: what + name + " on " + home(table).String()}, proper(name)
}

func kindOf(primary bool) string {
	if primary {
		return "PRIMARY KEY"
	}
	return "UNIQUE"
}

func isExclusion(k schema.Key) bool { return strings.HasPrefix(k.Rule, "EXCLUDE ") }

// remarks are the comments on a key: on its constraint, on its index, or on both.
func remarks(table schema.Ref, name string, k schema.Key, primary bool) []string {
	index := quote(home(table).Schema) + "." + quote(name)
	var sql []string
	if k.Comment != "" && (primary || k.Constraint) {
		sql = append(sql, fmt.Sprintf("COMMENT ON CONSTRAINT %s ON %s IS %s", quote(name), quoteRef(table), literal(k.Comment)))
	} else if k.Comment != "" {
		sql = append(sql, fmt.Sprintf("COMMENT ON INDEX %s IS %s", index, literal(k.Comment)))
	}
	if k.Remark != "" {
		sql = append(sql, fmt.Sprintf("COMMENT ON INDEX %s IS %s", index, literal(k.Remark)))
	}
	return sql
}

// nameOf is a key's own name, or one made from what it is over.
func nameOf(table string, k schema.Key, primary bool) string {
	if k.Name == "" && primary {
		return primaryName(table)
	}
	return cmp.Or(k.Name, keyName(table, k))
}
