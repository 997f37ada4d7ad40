package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var _ providers.Joiner = (*endpoint)(nil)

// Equality is by the collation that both columns of a pair have.
func (e *endpoint) Equality(ctx context.Context, base schema.Ref, j providers.Join) (out []string, err error) {
	t, err := e.pool.begin(ctx, asking)
	if err != nil {
		return nil, e.fail("join", base.String(), err)
	}
	defer t.end()
	rel, err := find(ctx, t, base)
	if err != nil {
		return nil, e.fail("join", base.String(), err)
	}
	if err := e.join(ctx, t, rel, providers.ReadSpec{Table: base, Joins: []providers.Join{j}}); err != nil {
		return nil, e.fail("join", j.Table.String(), err)
	}
	for _, pair := range j.On {
		var names [2]string
		for i, side := range []struct {
			ref    schema.Ref
			column string
		}{{rel.ref, pair[0]}, {rel.joins[0].ref, pair[1]}} {
			if names[i], err = collation(ctx, t, side.ref, side.column); err != nil {
				return nil, e.fail("join", side.ref.String(), err)
			}
		}
		if names[0] != names[1] {
			return nil, &providers.Error{Op: "join", Object: j.Table.String(), Column: pair[1], Class: providers.Unsupported,
				Err:    fmt.Errorf("column %s of %s has the collation %s and this one %s, and the server compares no texts of two collations", pair[0], rel.ref, names[0], names[1]),
				Remedy: "Use a query with COLLATE."}
		}
		out = append(out, names[0])
	}
	return out, nil
}

// collation names a column's collation, "" for a type that has none. The database's own is named by what it stands for.
func collation(ctx context.Context, t *tx, r schema.Ref, column string) (name string, err error) {
	err = t.row(ctx, `SELECT coalesce(CASE WHEN l.collname = 'default' THEN 'default (' || (SELECT datcollate FROM pg_catalog.pg_database WHERE datname = current_database()) || ')'
			ELSE l.collname::text END, '')
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
		WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3`, r.Schema, r.Name, column).Scan(&name)
	return name, err
}

// joint is a table that is joined to the one read.
type joint struct {
	providers.Join
	*relation
	unique bool     // the server keeps the joined columns unique, so that there is no second match
	names  []string // the columns taken from it; the i-th is c<i> in statements
}

// join looks up the joined tables. Columns of one kind are compared by one operator that sees two values as equal wherever
// a third one equals both: only so are all matches of a row a group of the joined table, which is counted there.
func (e *endpoint) join(ctx context.Context, t *tx, rel *relation, spec providers.ReadSpec) error {
	for _, j := range spec.Joins {
		other, err := find(ctx, t, j.Table)
		if err != nil {
			return err
		}
		x := joint{Join: j, relation: other}
		for _, pair := range j.On {
			a, ok1 := rel.forms[pair[0]]
			b, ok2 := other.forms[pair[1]]
			switch {
			case !ok1:
				return &providers.Error{Op: "join", Object: rel.ref.String(), Column: pair[0], Class: providers.NotFound, Err: errors.New("there is no such column")}
			case !ok2:
				return &providers.Error{Op: "join", Object: other.ref.String(), Column: pair[1], Class: providers.NotFound, Err: errors.New("there is no such column")}
			case !alike(a, b):
				return &providers.Error{Op: "join", Object: other.ref.String(), Column: pair[1], Class: providers.Unsupported,
					Err:    fmt.Errorf("it is %s and column %s of %s is %s, and only columns of one kind that has an equality are joined", b.typ, pair[0], rel.ref, a.typ),
					Remedy: "Use a query with a CAST."}
			}
			x.take(pair[1])
		}
		if len(j.On) == 0 {
			return &providers.Error{Op: "join", Object: other.ref.String(), Class: providers.Unsupported, Err: errors.New("the join names no columns that have to be equal")}
		}
		if x.unique, err = unique(ctx, t, other.ref, x.names); err != nil {
			return err
		}
		for _, c := range spec.Columns {
			if name, ok := j.Column(c.Name); ok && !rel.has(c.Name) {
				x.take(name)
				if now, ok := other.types[name]; ok {
					rel.types[c.Name], rel.forms[c.Name] = now, other.forms[name]
				}
			}
		}
		rel.joins = append(rel.joins, x)
	}
	return nil
}

func (rel *relation) has(column string) bool { _, ok := rel.types[column]; return ok }

func alike(a, b *form) bool {
	a, b = a.root(), b.root()
	switch {
	case a.ops == "" || b.ops == "":
		return false
	case !a.plainly() || !b.plainly():
		return a.oid == b.oid
	}
	return a.typ.Kind == b.typ.Kind || a.typ.IsInteger() && b.typ.IsInteger()
}

func (x *joint) take(name string) {
	if !slices.Contains(x.names, name) {
		x.names = append(x.names, name)
	}
}

// unique reports whether an index keeps some of the columns unique, by their own equality.
func unique(ctx context.Context, t *tx, r schema.Ref, columns []string) (found bool, err error) {
	r = home(r)
	err = t.row(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_index i
		JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
		AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) k JOIN pg_catalog.pg_opclass p ON p.oid = k WHERE NOT p.opcdefault)
		AND NOT EXISTS (SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1], i.indcollation::oid[]) AS k(num, coll)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
			WHERE a.attname <> ALL ($3::text[]) OR a.attcollation <> k.coll))`, r.Schema, r.Name, columns).Scan(&found)
	return found, err
}

// index is the place of a column among those taken.
func (x *joint) index(name string) int { return slices.Index(x.names, name) }

// from is the joined table as it stands behind the one read.
func (x *joint) from(n int) string {
	parts := make([]string, len(x.names))
	for i, name := range x.names {
		parts[i] = fmt.Sprintf("j.%s AS c%d", quote(name), i)
	}
	var keys, on []string
	for _, pair := range x.On {
		keys = append(keys, "j."+quote(pair[1]))
		on = append(on, fmt.Sprintf("t.%s %s j%d.c%d", quote(pair[0]), x.forms[pair[1]].op("="), n, x.index(pair[1])))
	}
	if !x.unique {
		parts = append(parts, fmt.Sprintf("count(*) OVER (PARTITION BY %s) AS n", strings.Join(keys, ", ")))
	}
	return fmt.Sprintf(" LEFT JOIN (SELECT %s FROM %s AS j) AS j%d ON %s", strings.Join(parts, ", "), x.only(), n, strings.Join(on, " AND "))
}

// selected is a column of the table read, or of one joined to it.
func (rel *relation) selected(name string) string {
	if rel.pieces != "" && name == "data" {
		return pieceContent()
	}
	for n := range rel.joins {
		x := &rel.joins[n]
		if of, ok := x.Column(name); ok && x.index(of) >= 0 {
			return fmt.Sprintf("j%d.c%d", n, x.index(of))
		}
	}
	return "t." + quote(name)
}

// counted are columns behind those asked for: how many matches a row has, and where it stands; none where the server
// keeps every match single.
func (rel *relation) counted() []string {
	var counts []string
	for n, x := range rel.joins {
		if !x.unique {
			counts = append(counts, fmt.Sprintf("j%d.n", n))
		}
	}
	if counts == nil {
		return nil
	}
	place := "''"
	if rel.located && (rel.kind == "r" || rel.kind == "m") {
		place = "'row with ctid ' || t.ctid::text"
	}
	return []string{"greatest(" + strings.Join(counts, ", ") + ")::bigint", place + "::text"}
}

// matched refuses a row of more than one match; x is what stands in the stream behind the columns asked for.
func (r *rows) matched(x []byte) error {
	var parts [2][]byte
	for i := range parts {
		n := int(int32(binary.BigEndian.Uint32(x)))
		x = x[4:]
		if n >= 0 {
			parts[i], x = x[:n], x[n:]
		}
	}
	if len(parts[0]) != 8 || int64(binary.BigEndian.Uint64(parts[0])) <= 1 {
		return nil
	}
	return &providers.Error{
		Op: "read", Object: "row", Row: string(parts[1]), Class: providers.BadValue,
		Err:    errors.New("more than one row matches it in a join"),
		Remedy: "A join finds one row or none: join on columns that are unique together, or write a query.",
	}
}
