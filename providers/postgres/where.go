package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// relation is a table as it stands at the moment of a read.
type relation struct {
	ref     schema.Ref
	kind    string // pg_class.relkind; "" for a query
	types   map[string]schema.Type
	query   string
	columns []schema.Column // of a query
	joins   []joint
}

// find looks a table up. What it says of the types is compared with what a plan says: a stream read as another type
// would give wrong values without an error.
func find(ctx context.Context, t *tx, r schema.Ref) (*relation, error) {
	r = home(r)
	rel := &relation{ref: r, types: map[string]schema.Type{}}
	rows, err := t.conn.Query(ctx, `SELECT c.relkind::text, a.attname::text, a.atttypid, a.atttypmod
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`, r.Schema, r.Name)
	if err != nil {
		return nil, err
	}
	var name *string
	var oid *uint32
	var mod *int32
	_, err = pgx.ForEachRow(rows, []any{&rel.kind, &name, &oid, &mod}, func() error {
		if name != nil {
			rel.types[*name] = canonical(*oid, *mod)
		}
		return nil
	})
	if err == nil && rel.kind == "" {
		err = &providers.Error{Op: "find", Object: r.String(), Class: providers.NotFound, Err: errors.New("there is no such table")}
	}
	return rel, err
}

// check compares the columns with what the server has now.
func (rel *relation) check(op string, columns []schema.Column) error {
	for _, c := range columns {
		now, ok := rel.types[c.Name]
		bad := &providers.Error{Op: op, Object: rel.ref.String(), Column: c.Name}
		switch {
		case !ok:
			bad.Class, bad.Err = providers.NotFound, errors.New("there is no such column")
		case now.Kind == schema.Unknown:
			bad.Class, bad.Err = providers.Unsupported, errors.New("the column is of a type that this version cannot move")
		case !now.Equal(c.Type):
			bad.Class, bad.Err = providers.Unsupported, fmt.Errorf("the column is %s now, and was to be moved as %s", now, c.Type)
		default:
			continue
		}
		return bad
	}
	return nil
}

// only is the table without tables that inherit from it, which are tables of their own. Partitions belong to theirs.
func (rel *relation) only() string {
	if rel.query != "" {
		return "(\n" + rel.query + "\n)"
	}
	if rel.kind == "r" {
		return "ONLY " + quoteRef(rel.ref)
	}
	return quoteRef(rel.ref)
}

// rows is the part of a SELECT behind the list of columns. The table's alias is t.
func (e *endpoint) rows(rel *relation, s providers.ReadSpec) (string, error) {
	from := "FROM " + rel.only() + " AS t"
	for n := range rel.joins {
		from += rel.joins[n].from(n)
	}
	var where []string
	for _, part := range []func() (string, error){
		func() (string, error) { return bounds(s.Chunk) },
		func() (string, error) { return cursor(rel, s.Cursor) },
		func() (string, error) { return e.predicate(rel, s.Predicate) },
	} {
		cond, err := part()
		if err != nil {
			return "", err
		}
		if cond != "" {
			where = append(where, cond)
		}
	}
	if s.Keys != nil {
		join, err := keys(s.Keys)
		if err != nil {
			return "", err
		}
		from += join
	}
	if len(where) > 0 {
		from += " WHERE " + strings.Join(where, " AND ")
	}
	return from, nil
}

// limits are a chunk's bounds: rows with After < key <= UpTo, or pages From <= page < To; both open where left out.
// The texts are the server's own and are compared by the server only.
type limits struct {
	Key   []string `json:"key,omitempty"`
	After []string `json:"after,omitempty"`
	UpTo  []string `json:"upto,omitempty"`
	From  int64    `json:"from,omitempty"`
	To    int64    `json:"to,omitempty"`
}

func (l limits) text() (string, error) {
	b, err := json.Marshal(l)
	return string(b), err
}

func bounds(c *providers.Chunk) (string, error) {
	if c == nil {
		return "", nil
	}
	var l limits
	if err := json.Unmarshal([]byte(c.Bounds), &l); err != nil {
		return "", fmt.Errorf("read the bounds of chunk %d: %w", c.N, err)
	}
	var where []string
	side := func(op string, values []string) {
		if values == nil {
			return
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = literal(v)
		}
		where = append(where, fmt.Sprintf("(%s) %s (%s)", quoteAll(l.Key, "t."), op, strings.Join(texts, ", ")))
	}
	side(">", l.After)
	side("<=", l.UpTo)
	if l.From > 0 {
		where = append(where, fmt.Sprintf("t.ctid >= '(%d,0)'", l.From))
	}
	if l.To > 0 {
		where = append(where, fmt.Sprintf("t.ctid < '(%d,0)'", l.To))
	}
	return strings.Join(where, " AND "), nil
}

func cursor(rel *relation, c *providers.CursorRange) (string, error) {
	if c == nil || c.After == "" && c.UpTo == "" {
		return "", nil
	}
	name := "t." + quote(c.Column.Name)
	t := rel.types[c.Column.Name]
	var where []string
	for _, side := range [][2]string{{">", c.After}, {"<=", c.UpTo}} {
		if side[1] == "" {
			continue
		}
		value, err := constant(t, side[1])
		if err != nil {
			return "", fmt.Errorf("read the cursor's bound: %w", err)
		}
		where = append(where, name+" "+side[0]+" "+value)
	}
	if c.After == "" {
		return "(" + where[0] + " OR " + name + " IS NULL)", nil
	}
	return strings.Join(where, " AND "), nil
}

func (e *endpoint) predicate(rel *relation, p *schema.Predicate) (string, error) {
	if p == nil {
		return "", nil
	}
	var where []string
	for _, c := range p.And {
		cond, err := e.compare(rel.types[c.Column], c)
		if err != nil {
			return "", &providers.Error{Op: "compare", Object: rel.ref.String(), Column: c.Column, Class: providers.Unsupported, Err: err}
		}
		where = append(where, cond)
	}
	return strings.Join(where, " AND "), nil
}

// compare answers as the engine would: texts by their bytes, NaN unequal to and not in order with anything.
func (e *endpoint) compare(t schema.Type, c schema.Compare) (string, error) {
	name := "t." + quote(c.Column)
	switch c.Op {
	case "null":
		return name + " IS NULL", nil
	case "notnull":
		return name + " IS NOT NULL", nil
	case "=", "<", "<=", ">", ">=":
	default:
		return "", fmt.Errorf("there is no comparison %q", c.Op)
	}
	value, err := constant(t, c.Value)
	if err != nil {
		return "", err
	}
	plain := name + " " + c.Op + " " + value
	bytewise := name + ` COLLATE "C" ` + c.Op + " " + value
	switch t.Kind {
	case schema.Unknown, schema.JSON, schema.Interval:
		return "", fmt.Errorf("%s is not compared by the server as by us", t)
	case schema.Float32, schema.Float64, schema.Decimal:
		if c.Value == "NaN" {
			return "false", nil
		}
		return "(" + plain + " AND " + name + " <> 'NaN')", nil
	case schema.String:
		switch {
		case strings.ContainsRune(c.Value, 0) && c.Op == "=":
			return "false", nil
		case strings.ContainsRune(c.Value, 0) || !e.utf8 && c.Op != "=":
			return "", errors.New("the server does not order these texts by their UTF-8 bytes")
		case c.Op == "=":
			return "(" + plain + " AND " + bytewise + ")", nil // plain can use an index
		}
		return bytewise, nil
	}
	return plain, nil
}

// keys joins the rows whose columns equal one row of the batch. Rows of the batch that are there twice count once.
func keys(b *batch.Batch) (string, error) {
	arrays, names := make([]string, len(b.Columns)), make([]string, len(b.Columns))
	on := make([]string, len(b.Columns))
	for i, c := range b.Columns {
		if c.Type.Kind == schema.String && strings.ContainsRune(string(b.Vectors[i].Blobs), 0) {
			return "", errors.New("a key holds the character U+0000, which PostgreSQL cannot keep")
		}
		a, err := array(c.Type, &b.Vectors[i])
		if err != nil {
			return "", err
		}
		arrays[i], names[i] = a, fmt.Sprintf("k%d", i)
		on[i] = fmt.Sprintf("t.%s = k.k%d", quote(c.Name), i)
		if c.Type.Kind == schema.String {
			on[i] += fmt.Sprintf(` AND t.%s COLLATE "C" = k.k%d COLLATE "C"`, quote(c.Name), i)
		}
	}
	return fmt.Sprintf(" JOIN (SELECT DISTINCT * FROM unnest(%s) AS u(%s)) AS k ON %s",
		strings.Join(arrays, ", "), strings.Join(names, ", "), strings.Join(on, " AND ")), nil
}
