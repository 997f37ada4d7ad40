package sqlite

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// bounds is the text of a chunk: rows above After up to and with UpTo in the order of Key, or those with a null in Nulls,
// or all. By rowid the key is empty and Rowid is set.
type bounds struct {
	Key   []string `json:"key,omitempty"`
	After []value  `json:"after,omitempty"`
	UpTo  []value  `json:"up_to,omitempty"`
	Full  []string `json:"full,omitempty"` // columns of the key that a range holds no nulls of
	Nulls []string `json:"nulls,omitempty"`
	Rowid bool     `json:"rowid,omitempty"`
}

// value is a stored value with its storage class, such as i:5, f:0x1p+0, t:text, x: and b: with bytes in base64 for a text
// that is not UTF-8 and a blob.
type value string

func newValue(x any) value {
	switch x := x.(type) {
	case int64:
		return value("i:" + strconv.FormatInt(x, 10))
	case float64:
		return value("f:" + strconv.FormatFloat(x, 'x', -1, 64))
	case string:
		if utf8.ValidString(x) {
			return value("t:" + x)
		}
		return value("x:" + base64.StdEncoding.EncodeToString([]byte(x)))
	case []byte:
		return value("b:" + base64.StdEncoding.EncodeToString(x))
	}
	return "n:"
}

func (v value) argument() (any, error) {
	kind, text, _ := strings.Cut(string(v), ":")
	switch kind {
	case "i":
		return strconv.ParseInt(text, 10, 64)
	case "f":
		return strconv.ParseFloat(text, 64)
	case "t":
		return text, nil
	case "x":
		raw, err := base64.StdEncoding.DecodeString(text)
		return string(raw), err
	case "b":
		return base64.StdEncoding.DecodeString(text)
	}
	return nil, fmt.Errorf("%q is no kind of value", kind)
}

// chunkCondition is what a chunk means in SQL; empty for all rows.
func chunkCondition(c providers.Chunk, s *shape) (string, []any, error) {
	var b bounds
	if err := json.Unmarshal([]byte(c.Bounds), &b); err != nil {
		return "", nil, fmt.Errorf("read the bounds of chunk %d: %w", c.N, err)
	}
	if len(b.Nulls) > 0 {
		parts := make([]string, len(b.Nulls))
		for i, n := range b.Nulls {
			parts[i] = s.named(n) + " IS NULL"
		}
		return "(" + strings.Join(parts, " OR ") + ")", nil, nil
	}
	key := "(" + s.list(b.Key) + ")"
	if b.Rowid {
		if s.rowid == "" {
			return "", nil, errors.New("the table has no rowid any more")
		}
		key = "(" + s.rowid + ")"
	}
	var where []string
	var args []any
	for _, end := range []struct {
		op     string
		values []value
	}{{">", b.After}, {"<=", b.UpTo}} {
		if end.values == nil {
			continue
		}
		where = append(where, key+" "+end.op+" (?"+strings.Repeat(", ?", len(end.values)-1)+")")
		for _, v := range end.values {
			a, err := v.argument()
			if err != nil {
				return "", nil, fmt.Errorf("read the bounds of chunk %d: %w", c.N, err)
			}
			args = append(args, a)
		}
	}
	for _, n := range b.Full { // a row of values can be compared although a part of it is null
		where = append(where, s.named(n)+" IS NOT NULL")
	}
	return strings.Join(where, " AND "), args, nil
}

// cut takes the boundaries from the table itself: every so many rows the key that stands there.
func cut(ctx context.Context, from lender, t schema.Table, size int64, positional bool) (_ []providers.Chunk, err error) {
	defer func() { err = failed("chunk", t.Ref.String(), err) }()
	name, err := tableName("chunk", t.Ref)
	if err != nil {
		return nil, err
	}
	c, err := from.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer from.release(c)
	s, err := c.describe(ctx, name)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, notFound("chunk", name)
	}
	key := s.chunkKey(t)
	b := bounds{Key: key}
	if key == nil {
		if !positional || s.rowid == "" {
			n, err := c.number(ctx, "SELECT count(*) FROM "+quote(name))
			return []providers.Chunk{list(bounds{}, n)}, err
		}
		b.Rowid = true
	}
	perRow, err := c.rowSize(ctx, s, key)
	if err != nil {
		return nil, err
	}
	chunks, err := c.walk(ctx, s, b, max(1, size/perRow))
	if err != nil {
		return nil, err
	}
	for i := range chunks {
		chunks[i].N, chunks[i].Positional = i, b.Rowid
	}
	return chunks, nil
}

func list(b bounds, rows int64) providers.Chunk {
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // strings only
	}
	return providers.Chunk{Bounds: string(text), Rows: rows}
}

// chunkKey is the primary key, or else a unique key without nulls.
func (s *shape) chunkKey(t schema.Table) []string {
	if key := s.primary(); key != nil {
		names := make([]string, len(key))
		for i, c := range key {
			names[i] = c.name
		}
		return names
	}
	for _, k := range t.Keys {
		if k.Unique && !slices.ContainsFunc(k.Columns, func(n string) bool { c, ok := s.column(n); return !ok || s.holdsNull(c) }) {
			return k.Columns
		}
	}
	return nil
}

// rowSize estimates the bytes of a row from some at either end of the table.
func (c *conn) rowSize(ctx context.Context, s *shape, key []string) (int64, error) {
	var parts []string
	for _, col := range s.columns {
		parts = append(parts, "8 + coalesce(octet_length("+quote(col.name)+"), 0)")
	}
	order := quoted(key)
	if s.rowid != "" {
		order = s.rowid
	}
	one := "SELECT " + strings.Join(parts, " + ") + " AS n FROM " + quote(s.name) + " ORDER BY "
	sql := "SELECT avg(n) FROM (SELECT n FROM (" + one + order + " LIMIT 500) UNION ALL SELECT n FROM (" +
		one + strings.ReplaceAll(order, ", ", " DESC, ") + " DESC LIMIT 500))"
	n, err := c.number(ctx, sql)
	return max(1, n), err
}

// walk steps through the key and lists chunks of so many rows, the first open below, the last open above, and one for
// nulls where the key can hold them.
func (c *conn) walk(ctx context.Context, s *shape, b bounds, rows int64) ([]providers.Chunk, error) {
	for _, n := range b.Key {
		if col, _ := s.column(n); s.holdsNull(col) {
			b.Full = append(b.Full, n)
		}
	}
	var chunks []providers.Chunk
	for {
		edge, err := c.edge(ctx, s, b, rows)
		if err != nil {
			return nil, err
		}
		if edge == nil { // the rest is one chunk
			n, err := c.inChunk(ctx, s, list(b, 0))
			if err != nil {
				return nil, err
			}
			chunks = append(chunks, list(b, n))
			break
		}
		b.UpTo = edge
		chunks = append(chunks, list(b, rows))
		b.After, b.UpTo = edge, nil
	}
	if b.Full != nil {
		chunks = append(chunks, list(bounds{Nulls: b.Full}, 0))
	}
	return chunks, nil
}

// edge is the key that stands so many rows further on, nil where no row comes after it.
func (c *conn) edge(ctx context.Context, s *shape, b bounds, rows int64) ([]value, error) {
	names := quoted(b.Key)
	if b.Rowid {
		names = s.rowid
	}
	where, args, err := chunkCondition(list(b, 0), s)
	if err != nil {
		return nil, err
	}
	if where != "" {
		where = " WHERE " + where
	}
	sql := "SELECT " + names + " FROM " + quote(s.name) + where + " ORDER BY " + names + " LIMIT 2 OFFSET " + strconv.FormatInt(rows-1, 10)
	var edge []value
	found := 0
	err = c.each(ctx, sql, func(st *stmt) error {
		if found++; found == 1 {
			for i := range st.width() {
				edge = append(edge, newValue(st.value(i)))
			}
		}
		return nil
	}, args...)
	if found < 2 {
		edge = nil
	}
	return edge, err
}

// inChunk counts the rows of a chunk.
func (c *conn) inChunk(ctx context.Context, s *shape, chunk providers.Chunk) (int64, error) {
	where, args, err := chunkCondition(chunk, s)
	if err != nil {
		return 0, err
	}
	if where != "" {
		where = " WHERE " + where
	}
	return c.number(ctx, "SELECT count(*) FROM "+quote(s.name)+where, args...)
}
