package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var _ providers.Joiner = (*endpoint)(nil)

// Equality is by the collation of the column of the table read, which SQLite prefers to the joined one's.
func (e *endpoint) Equality(ctx context.Context, base schema.Ref, j providers.Join) (_ []string, err error) {
	defer func() { err = failed("join", base.String(), err) }()
	c, err := e.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer e.release(c)
	var sides [2]*shape
	for i, r := range []schema.Ref{base, j.Table} {
		name, err := tableName("join", r)
		if err != nil {
			return nil, err
		}
		if sides[i], err = c.describe(ctx, name); err != nil {
			return nil, err
		}
		if sides[i] == nil {
			return nil, notFound("join", name)
		}
	}
	var out []string
	for _, pair := range j.On {
		var numeric [2]bool
		collation := ""
		for i, name := range pair {
			col, ok := sides[i].column(name)
			if !ok {
				return nil, absent(sides[i].name, name)
			}
			a := affinityOf(col.declared)
			numeric[i] = a == asInteger || a == asReal || a == asNumeric
			if i == 0 {
				collation = strings.ToUpper(col.collation)
			}
		}
		if numeric[0] && numeric[1] {
			collation = ""
		} else if collation == "" {
			collation = "BINARY"
		}
		out = append(out, collation)
	}
	return out, nil
}

func absent(table, column string) error {
	return &providers.Error{Op: "join", Object: table, Column: column, Class: providers.NotFound, Err: errors.New("the table has no such column")}
}

// named is a column as it stands in statements, which may join others that have the same name.
func (t *shape) named(column string) string { return t.prefix + quote(column) }

func (t *shape) list(columns []string) string {
	out := make([]string, len(columns))
	for i, n := range columns {
		out[i] = t.named(n)
	}
	return strings.Join(out, ", ")
}

// joined is the part of a SELECT behind the columns, with a group for each row of the table that is read, so that matches
// can be counted: a row of two matches is then one row whose count is 2, in whatever order SQLite works.
func (r *reader) joined(ctx context.Context, s *shape) (from, group string, err error) {
	from = " FROM " + quote(s.name) + " AS t"
	for i, j := range r.joins {
		name, err := tableName("read", j.Table)
		if err != nil {
			return "", "", err
		}
		other, err := r.c.describe(ctx, name)
		if err != nil {
			return "", "", err
		}
		if other == nil {
			return "", "", notFound("read", name)
		}
		other.prefix = fmt.Sprintf("j%d.", i)
		r.others = append(r.others, other)
		var on []string
		for _, pair := range j.On {
			if _, ok := s.column(pair[0]); !ok {
				return "", "", absent(s.name, pair[0])
			}
			if _, ok := other.column(pair[1]); !ok {
				return "", "", absent(name, pair[1])
			}
			on = append(on, s.named(pair[0])+" = "+other.named(pair[1]))
		}
		if len(on) == 0 {
			return "", "", unsupported("read", name, "the join names no columns that have to be equal")
		}
		from += fmt.Sprintf(" LEFT JOIN %s AS j%d ON %s", quote(name), i, strings.Join(on, " AND "))
	}
	switch key := s.primary(); {
	case s.rowid != "":
		group = s.rowid
	case s.bare:
		names := make([]string, len(key))
		for i, c := range key {
			names[i] = c.name
		}
		group = s.list(names)
	default:
		return "", "", unsupported("read", s.name, "its columns take all names of the row's number, by which matches of a join are counted")
	}
	return from, " GROUP BY " + group, nil
}

// member finds a column of a joined table.
func (r *reader) member(name string) (string, bool) {
	for i, j := range r.joins {
		if of, ok := j.Column(name); ok && i < len(r.others) {
			if _, ok := r.others[i].column(of); ok {
				return r.others[i].named(of), true
			}
		}
	}
	return "", false
}

// single refuses a row with more than one match.
func (r *reader) single() error {
	if r.matches < 0 || r.s.int(r.matches) <= 1 {
		return nil
	}
	names := make([]string, len(r.joins))
	for i, j := range r.joins {
		names[i] = j.Name
	}
	return &providers.Error{
		Op: "read", Object: r.table, Row: r.position(), Class: providers.BadValue,
		Err:    fmt.Errorf("more than one row matches it in the join %s", strings.Join(names, " or ")),
		Remedy: "A join finds one row or none: join on columns that are unique together, or write a query.",
	}
}
