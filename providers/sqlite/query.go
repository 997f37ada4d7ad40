package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var _ providers.Describer = (*endpoint)(nil)

// Describe types the columns of a query. A column of a table has its declared type, or that of the configuration; an
// expression has none in SQLite, so that it is typed by a CAST around all of it, with a name behind AS.
func (e *endpoint) Describe(ctx context.Context, query string) (schema.Table, error) {
	c, err := e.reader(ctx)
	if err != nil {
		return schema.Table{}, err
	}
	defer e.release(c)
	s, err := c.selecting(query)
	if err != nil {
		return schema.Table{}, failed("describe", "query", err)
	}
	defer s.close()
	t := schema.Table{Rows: -1, Bytes: -1}
	casts := castsOf(query)
	for i := range s.width() {
		col, err := e.result(s, i, casts)
		if err != nil {
			return schema.Table{}, err
		}
		if _, twice := t.Column(col.Name); twice {
			return schema.Table{}, misnamed(col.Name, "two columns have this name; give one of them another with AS")
		}
		t.Columns = append(t.Columns, col)
	}
	return t, nil
}

func misnamed(column, why string) error {
	return &providers.Error{Op: "describe", Object: "query", Column: column, Class: providers.Unsupported, Err: errors.New(why)}
}

// result is one column of a statement's answer.
func (e *endpoint) result(s *stmt, i int, casts map[string]string) (schema.Column, error) {
	col := schema.Column{Name: s.name(i), Declared: s.declared(i), Null: true}
	if col.Name == "" {
		return col, misnamed(fmt.Sprint(i+1), "the column has no name; give it one with AS")
	}
	table, origin := s.origin(i)
	if t, ok := e.typed(table, origin); ok {
		col.Type = t
		return col, nil
	}
	if col.Declared != "" {
		col.Type = typeOf(col.Declared)
		return col, nil
	}
	if table != "" {
		return col, nil // a column declared without a type: Unknown
	}
	cast, ok := casts[col.Name]
	if !ok {
		return col, misnamed(col.Name, "an expression has no type in SQLite; write CAST(... AS INTEGER) AS name around all of it, with INTEGER, REAL, TEXT, BLOB, BOOLEAN or DECIMAL(p,s)")
	}
	col.Declared, col.Type = cast, typeOf(cast)
	if col.Type.Kind == schema.Unknown || !keeps(cast, col.Type) {
		return col, misnamed(col.Name, fmt.Sprintf("CAST(... AS %s) does not give values of one certain type in SQLite; cast to TEXT, and read it in the field's expression", cast))
	}
	return col, nil
}

// keeps reports whether a cast to a declared type gives values in the stored form of the canonical one: SQLite makes
// numbers of all texts that are cast to a name it does not know, dates too, and drops digits beyond those of a REAL.
func keeps(declared string, t schema.Type) bool {
	switch a := affinityOf(declared); t.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return a == asInteger
	case schema.Float32, schema.Float64:
		return a == asReal
	case schema.Bytes:
		return a == asGiven
	case schema.Bool:
		return a == asNumeric
	case schema.Decimal:
		return a == asText || a == asNumeric && t.Precision > 0 && t.Precision <= exactDigits
	default:
		return a == asText
	}
}

// typed is what the configuration says of a table's column.
func (e *endpoint) typed(table, column string) (schema.Type, bool) {
	for _, name := range []string{table, "main." + table} {
		for _, col := range e.declared[name].Columns {
			if table != "" && col.Name == column {
				return col.Type, true
			}
		}
	}
	return schema.Type{}, false
}

// selecting prepares a query: one statement, a SELECT, that writes nothing and has no parameters.
func (c *conn) selecting(query string) (*stmt, error) {
	first := words(query)
	if len(first) == 0 || !slices.Contains([]string{"SELECT", "WITH", "VALUES"}, first[0]) {
		return nil, unsupported("describe", "query", "a query begins with SELECT or WITH")
	}
	if strings.ContainsRune(query, 0) {
		return nil, unsupported("describe", "query", "it holds the character U+0000")
	}
	s, rest, err := c.prepareFirst(query)
	if err != nil {
		return nil, err
	}
	if len(tokens(rest)) > 0 {
		s.close()
		return nil, unsupported("describe", "query", "it is more than one statement")
	}
	if sqlite3.Xsqlite3_stmt_readonly(c.tls, s.p) == 0 || sqlite3.Xsqlite3_stmt_isexplain(c.tls, s.p) != 0 || s.width() == 0 {
		s.close()
		return nil, unsupported("describe", "query", "it is no SELECT: a query only reads")
	}
	if sqlite3.Xsqlite3_bind_parameter_count(c.tls, s.p) > 0 {
		s.close()
		return nil, unsupported("describe", "query", "it has parameters, and nothing gives them values")
	}
	return s, nil
}

func (s *stmt) name(i int) string {
	return libc.GoString(sqlite3.Xsqlite3_column_name(s.c.tls, s.p, int32(i)))
}

func (s *stmt) declared(i int) string {
	return libc.GoString(sqlite3.Xsqlite3_column_decltype(s.c.tls, s.p, int32(i)))
}

// origin is the table and column that a column of the answer is, "" for an expression.
func (s *stmt) origin(i int) (table, column string) {
	return libc.GoString(sqlite3.Xsqlite3_column_table_name(s.c.tls, s.p, int32(i))),
		libc.GoString(sqlite3.Xsqlite3_column_origin_name(s.c.tls, s.p, int32(i)))
}

// asked prepares a reader of a query's columns.
func (r *reader) asked(spec providers.ReadSpec) error {
	if spec.Chunk != nil || spec.Cursor != nil || len(spec.Joins) > 0 {
		return unsupported("read", "query", "the result of a query has no chunks, cursors and joins")
	}
	s, err := r.c.selecting(spec.Query)
	if err != nil {
		return err
	}
	r.s = s
	at := map[string]int{}
	t := &schema.Table{Ref: spec.Table, Columns: spec.Columns}
	for i := range s.width() {
		at[s.name(i)] = i
	}
	if r.filter, err = newFilter(spec, t); err != nil {
		return err
	}
	return r.decode(slices.Concat(spec.Columns, r.filter.extra), func(name string) (int, bool) { i, ok := at[name]; return i, ok })
}
