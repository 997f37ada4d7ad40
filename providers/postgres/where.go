package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
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
	forms   map[string]*form
	query   string
	pieces  string          // of large objects, in SQL; "" for all else
	columns []schema.Column // of a query
	joins   []joint
	role    string   // that reads
	denied  []string // columns that it may not read
	located bool     // it may read the whole table, and with it where rows stand
	hidden  bool     // row security would leave rows out
	forced  bool     // row security holds for the table's owner, too
	always  []string // identity columns that no UPDATE may set
	loose   []string // columns whose collation holds different texts equal
}

// find looks a table up. What it says of the types is compared with what a plan says: a stream read as another type
// would give wrong values without an error.
func find(ctx context.Context, t *tx, r schema.Ref) (*relation, error) {
	r = home(r)
	if isLarge(r) {
		return findLarge(ctx, t, r)
	}
	rel := &relation{ref: r}
	rows, err := t.conn.Query(ctx, `SELECT c.relkind::text, current_user::text, has_table_privilege(c.oid, 'SELECT'),
			c.relrowsecurity AND row_security_active(c.oid), c.relforcerowsecurity,
			a.attname::text, a.atttypid, a.atttypmod, coalesce(has_column_privilege(c.oid, a.attnum, 'SELECT'), true),
			coalesce(a.attidentity = 'a', false), EXISTS (SELECT FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic)
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`, r.Schema, r.Name)
	if err != nil {
		return nil, err
	}
	var name *string
	var oid *uint32
	var mod *int32
	var may, always, loose bool
	found := map[string]kindred{}
	_, err = pgx.ForEachRow(rows, []any{&rel.kind, &rel.role, &rel.located, &rel.hidden, &rel.forced, &name, &oid, &mod, &may, &always, &loose}, func() error {
		if name != nil {
			found[*name] = kindred{*oid, *mod}
		}
		if !may {
			rel.denied = append(rel.denied, *name)
		}
		if always {
			rel.always = append(rel.always, *name)
		}
		if loose {
			rel.loose = append(rel.loose, *name)
		}
		return nil
	})
	if err == nil {
		err = rel.understand(ctx, t, found)
	}
	if err == nil && rel.kind == "" {
		err = &providers.Error{Op: "find", Object: r.String(), Class: providers.NotFound, Err: errors.New("there is no such table")}
	}
	return rel, err
}

// understand looks the columns' types up.
func (rel *relation) understand(ctx context.Context, t *tx, columns map[string]kindred) error {
	found, err := forms(ctx, t, slices.Collect(maps.Values(columns)))
	rel.types, rel.forms = map[string]schema.Type{}, map[string]*form{}
	for name, k := range columns {
		if f := found[k]; f != nil {
			rel.types[name], rel.forms[name] = f.typ, f
		}
	}
	return err
}

// exact reports whether values of a column that are equal have one form.
func (rel *relation) exact(column string) bool {
	return rel.forms[column].exact() && !slices.Contains(rel.loose, column)
}

// of gives the columns' forms; check has seen that they are there.
func (rel *relation) of(columns []schema.Column) []*form {
	out := make([]*form, len(columns))
	for i, c := range columns {
		out[i] = rel.forms[c.Name]
	}
	return out
}

// foreign reports whether statements of users are behind the relation, which expect the role's own search path.
func (rel *relation) foreign() bool {
	return rel.query != "" || rel.kind == "v" || slices.ContainsFunc(rel.joins, func(x joint) bool { return x.kind == "v" })
}

// path sets the search path for a statement that reads the relation.
func (rel *relation) path(ctx context.Context, t *tx) error {
	if rel.foreign() {
		return t.unpin(ctx)
	}
	return t.pin(ctx)
}

// same reports whether a column is of the type it was planned as: of an enum in its labels too. A type that was planned
// by its name alone, before it was there, is the one of that name.
func same(f *form, planned schema.Type) bool {
	if f.typ.Equal(planned) {
		return true
	}
	if planned.Kind != schema.Native || planned.Native != f.name && lower(planned.Native) != f.plain {
		return false
	}
	return f.typ.Kind == schema.String || f.typ.Kind == schema.Enum || f.typ.Kind == schema.JSON
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
		case rel.foreign() && rel.forms[c.Name].bound():
			bad.Class, bad.Err = providers.Unsupported, errors.New("a value that names an object has no schema in it where a query or view is read")
			bad.Remedy = "Select it as text."
		case now.Kind == schema.Enum && now.Native == c.Type.Native && !same(rel.forms[c.Name], c.Type):
			bad.Class, bad.Err = providers.Unsupported, fmt.Errorf("the labels of %s are others now than those it was to be moved with", now)
		case !same(rel.forms[c.Name], c.Type):
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
	if rel.pieces != "" {
		return rel.pieces
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
		func() (string, error) { return bounds(rel, s.Chunk) },
		func() (string, error) { return e.cursor(rel, s.Cursor) },
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
		join, err := e.keys(rel, s.Keys)
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

func bounds(rel *relation, c *providers.Chunk) (string, error) {
	if c == nil {
		return "", nil
	}
	var l limits
	if err := json.Unmarshal([]byte(c.Bounds), &l); err != nil {
		return "", fmt.Errorf("read the bounds of chunk %d: %w", c.N, err)
	}
	var where []string
	for _, side := range []struct {
		sign   string
		values []string
	}{{">", l.After}, {"<=", l.UpTo}} {
		if side.values == nil {
			continue
		}
		cond, err := rel.beyond(l.Key, side.sign, side.values)
		if err != nil {
			return "", fmt.Errorf("read the bounds of chunk %d: %w", c.N, err)
		}
		where = append(where, cond)
	}
	if l.From > 0 {
		where = append(where, fmt.Sprintf("t.ctid >= '(%d,0)'", l.From))
	}
	if l.To > 0 {
		where = append(where, fmt.Sprintf("t.ctid < '(%d,0)'", l.To))
	}
	return strings.Join(where, " AND "), nil
}

// beyond compares a key with values as rows are compared. Where operators lie outside of pg_catalog, which a comparison of
// rows has no way to name, it is written out.
func (rel *relation) beyond(key []string, sign string, values []string) (string, error) {
	if len(key) != len(values) {
		return "", errors.New("the bounds do not fit the key")
	}
	texts, plain := make([]string, len(values)), true
	for i, v := range values {
		texts[i] = literal(v)
		f := rel.forms[key[i]]
		if f == nil {
			return "", fmt.Errorf("there is no column %s", key[i])
		}
		if r := f.root(); !r.plainly() {
			texts[i] += "::" + r.sql()
			plain = plain && r.ops == "pg_catalog"
		}
	}
	if plain {
		return fmt.Sprintf("(%s) %s (%s)", quoteAll(key, "t."), sign, strings.Join(texts, ", ")), nil
	}
	last := len(key) - 1
	cond := fmt.Sprintf("t.%s %s %s", quote(key[last]), rel.forms[key[last]].op(sign), texts[last])
	for i := last - 1; i >= 0; i-- {
		f, name := rel.forms[key[i]], "t."+quote(key[i])
		cond = fmt.Sprintf("(%s %s %s OR %s %s %s AND %s)", name, f.op(sign[:1]), texts[i], name, f.op("="), texts[i], cond)
	}
	return cond, nil
}

// cursor is a range of a column, and the rows beside it that an earlier read could not see.
func (e *endpoint) cursor(rel *relation, c *providers.CursorRange) (string, error) {
	if c != nil && c.Seen != "" {
		return e.before(rel, *c)
	}
	if c == nil || c.Unseen == "" {
		return e.spanned(rel, c)
	}
	cond, err := unseen(c.Unseen)
	if err != nil {
		return "", err
	}
	above, upTo := *c, *c
	above.UpTo, upTo.After = "", ""
	if c.After != "" {
		more, err := e.spanned(rel, &above)
		if err != nil {
			return "", err
		}
		cond = "(" + more + " OR " + cond + ")"
	}
	if c.UpTo == "" {
		return cond, nil
	}
	end, err := e.spanned(rel, &upTo)
	return cond + " AND " + end, err
}

// before is a range of rows that an earlier read saw.
func (e *endpoint) before(rel *relation, c providers.CursorRange) (string, error) {
	cond, err := unseen(c.Seen)
	if err != nil {
		return "", err
	}
	c.Seen = ""
	within, err := e.cursor(rel, &c)
	if err != nil || within == "" {
		return "NOT " + cond, err
	}
	return within + " AND NOT " + cond, nil
}

func (e *endpoint) spanned(rel *relation, c *providers.CursorRange) (string, error) {
	if c == nil || c.After == "" && c.UpTo == "" {
		return "", nil
	}
	name := "t." + quote(c.Column.Name)
	f := rel.forms[c.Column.Name]
	if f == nil {
		return "", fmt.Errorf("there is no column %s", c.Column.Name)
	}
	var where []string
	for _, side := range [][2]string{{">", c.After}, {"<=", c.UpTo}} {
		if side[1] == "" {
			continue
		}
		value, err := e.constant(f, side[1])
		if err != nil {
			return "", fmt.Errorf("read the cursor's bound: %w", err)
		}
		where = append(where, name+" "+f.op(side[0])+" "+value)
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
		cond, err := e.compare(rel.forms[c.Column], c)
		if err != nil {
			return "", &providers.Error{Op: "compare", Object: rel.ref.String(), Column: c.Column, Class: providers.Unsupported, Err: err}
		}
		where = append(where, cond)
	}
	return strings.Join(where, " AND "), nil
}

// compare answers as the engine would: texts by their bytes, NaN unequal to and not in order with anything.
func (e *endpoint) compare(f *form, c schema.Compare) (string, error) {
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
	if f == nil || f.typ.Native != "" || !f.plainly() {
		return "", errors.New("its type is not compared by the server as by us")
	}
	t := f.typ
	value, err := e.constant(f, c.Value)
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
func (e *endpoint) keys(rel *relation, b *batch.Batch) (string, error) {
	names, on := make([]string, len(b.Columns)), make([]string, len(b.Columns))
	forms, plain := rel.of(b.Columns), true
	for i, c := range b.Columns {
		f := forms[i]
		if f == nil || f.ops == "" {
			return "", &providers.Error{Op: "read", Object: rel.ref.String(), Column: c.Name, Class: providers.Unsupported, Err: errors.New("values of its type have no equality")}
		}
		plain = plain && f.root().plainly()
		names[i] = fmt.Sprintf("k%d", i)
		on[i] = fmt.Sprintf("t.%s %s k.k%d", quote(c.Name), f.op("="), i)
		if f.root().plainly() && c.Type.Kind == schema.String {
			on[i] += fmt.Sprintf(` AND t.%s COLLATE "C" = k.k%d COLLATE "C"`, quote(c.Name), i)
		}
	}
	list, err := e.list(forms, b, plain)
	if err != nil || list == "" {
		return " JOIN (SELECT) AS k ON false", err
	}
	return fmt.Sprintf(" JOIN (SELECT DISTINCT * FROM %s AS u(%s)) AS k ON %s", list, strings.Join(names, ", "), strings.Join(on, " AND ")), nil
}

// list is the rows of a batch as something to select from: arrays side by side, which the server reads fastest, or values
// one by one; "" for none.
func (e *endpoint) list(forms []*form, b *batch.Batch, plain bool) (string, error) {
	if !plain {
		rows, err := e.tuples(forms, b)
		if rows == "" {
			return "", err
		}
		return "(VALUES " + rows + ")", err
	}
	arrays := make([]string, len(b.Columns))
	for i, c := range b.Columns {
		if c.Type.Kind == schema.String && strings.ContainsRune(string(b.Vectors[i].Blobs), 0) {
			return "", errors.New("a key holds the character U+0000, which PostgreSQL cannot keep")
		}
		var err error
		if arrays[i], err = array(forms[i].root().typ, &b.Vectors[i]); err != nil {
			return "", err
		}
	}
	return "unnest(" + strings.Join(arrays, ", ") + ")", nil
}
