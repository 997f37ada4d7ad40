package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/module"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Bench is where expressions of rows are tried out: one table, one row of it, and what its mapping gives them. It is safe for
// one caller at a time.
type Bench struct {
	e       *Engine
	cfg     *lang.Config
	mapping *lang.Mapping // nil: no row
	source  *lang.System
	table   *schema.Table
	content map[string]map[string]string
	row     *batch.Batch // of Given or of the source; nil: not read yet
	given   map[string]bool
	number  int
	joins   []plan.Join
}

// Bench prepares expressions over rows of a mapping, or with address "" over no row. Without connect the recorded schema is
// enough where there is one.
func (e *Engine) Bench(ctx context.Context, cfg *lang.Config, address string, connect bool) (*Bench, diag.List) {
	b := &Bench{e: e, cfg: cfg, content: map[string]map[string]string{}, number: 1}
	if address == "" {
		return b, nil
	}
	i := slices.IndexFunc(cfg.Mappings, func(m *lang.Mapping) bool { return m.Address == address })
	if i < 0 {
		i = slices.IndexFunc(cfg.Mappings, func(m *lang.Mapping) bool { return m.From.Tables != nil && strings.HasPrefix(address, m.Address+"[") })
	}
	if i < 0 {
		return nil, unknownMapping(cfg, address)
	}
	b.mapping = cfg.Mappings[i]
	s := slices.IndexFunc(cfg.Systems, func(s *lang.System) bool { return s.Address == b.mapping.From.Source })
	if s < 0 {
		return nil, diag.List{{Code: "invalid-reference", Summary: "No source", Detail: fmt.Sprintf("The source of %s has an error.", b.mapping.Address)}}
	}
	b.source = cfg.Systems[s]
	catalog, found := b.schema(ctx, connect)
	if found.HasErrors() {
		return nil, found
	}
	return b, b.find(catalog, address)
}

func unknownMapping(cfg *lang.Config, address string) diag.List {
	var have []string
	for _, m := range cfg.Mappings {
		have = append(have, m.Address)
	}
	detail := fmt.Sprintf("The configuration has no %s.%s", address, diag.Suggest(address, have))
	if len(have) > 0 && len(have) <= 8 {
		detail += " It has " + strings.Join(have, ", ") + "."
	}
	return diag.List{{Code: "unknown-mapping", Summary: "Unknown mapping", Detail: detail}}
}

// schema is what is known of the source: as it is now, or without a connection as it was recorded.
func (b *Bench) schema(ctx context.Context, connect bool) (*schema.Catalog, diag.List) {
	if !connect {
		lock, _ := module.Read(b.cfg.Dir) // a damaged one is validate's to report; here the source itself is asked
		if catalog, ok := lock.Catalog(b.source.Address); ok {
			return catalog, nil
		}
	}
	if b.mapping.From.Query != "" {
		system, found, err := b.e.inspect(ctx, b.cfg, b.source)
		if err != nil {
			return nil, diag.List{systemDiag(b.source, err)}
		}
		return system.Catalog, found
	}
	catalog, err := b.e.catalog(ctx, b.cfg, b.source)
	if err != nil {
		return nil, diag.List{systemDiag(b.source, err)}
	}
	return catalog, nil
}

// lookup reads a lookup, from a source that is opened for it.
func (b *Bench) lookup(ctx context.Context, l *lang.Lookup) (content map[string]string, err error) {
	var open []providers.Endpoint
	defer func() {
		for _, end := range open {
			err = errors.Join(err, end.Close())
		}
	}()
	return b.e.lookup(ctx, l, func(ctx context.Context, address string) (providers.Endpoint, error) {
		i := slices.IndexFunc(b.cfg.Systems, func(s *lang.System) bool { return s.Address == address })
		if i < 0 {
			return nil, fmt.Errorf("the configuration has no %s", address)
		}
		end, err := b.e.connect(ctx, b.cfg, b.cfg.Systems[i])
		if err == nil {
			open = append(open, end)
		}
		return end, err
	})
}

// find takes the mapping's table out of the catalog.
func (b *Bench) find(catalog *schema.Catalog, address string) diag.List {
	name := b.mapping.From.Table
	if b.mapping.From.Query != "" {
		name = resolve.QueryRef(b.mapping.From).Name
	}
	if b.mapping.From.Tables != nil {
		text := strings.TrimSuffix(strings.TrimPrefix(address, b.mapping.Address+"["), "]")
		var err error
		if name, err = strconv.Unquote(text); err != nil {
			return diag.List{{Code: "unknown-mapping", Summary: "Table not named",
				Detail: fmt.Sprintf(`%s is a mapping of many tables: name one, as in %s["TABLE"].`, b.mapping.Address, b.mapping.Address)}}
		}
	}
	t, ok := catalog.Table(resolve.ParseRef(name))
	if !ok || !resolve.Reads(b.mapping, t.Ref) {
		var have []string
		for _, t := range catalog.Tables {
			if resolve.Reads(b.mapping, t.Ref) {
				have = append(have, t.Ref.Name, t.Ref.String())
			}
		}
		return diag.List{{Code: "unknown-table", Summary: "Unknown table", Detail: fmt.Sprintf("%s reads no table %q of %s.%s", b.mapping.Address, name, b.source.Address, diag.Suggest(name, have))}}
	}
	b.joins = resolve.Joins(b.mapping, catalog)
	b.table = resolve.Widened(t, b.joins, catalog)
	return nil
}

// Columns are those that expressions see, in the order of the table.
func (b *Bench) Columns() []schema.Column {
	if b.table == nil {
		return nil
	}
	return b.table.Columns
}

// Params are what the mapping hands to its expressions.
func (b *Bench) Params() []lang.Param {
	if b.mapping == nil {
		return nil
	}
	return b.mapping.Params
}

// Lookups are those that stand in the mapping's module.
func (b *Bench) Lookups() []*lang.Lookup {
	in := ""
	if b.mapping != nil {
		in = b.mapping.Module
	}
	return slices.DeleteFunc(slices.Clone(b.cfg.Lookups), func(l *lang.Lookup) bool { return l.Module != in })
}

// Place is what messages call the table.
func (b *Bench) Place() string {
	if b.table == nil {
		return "A console without --mapping"
	}
	return fmt.Sprintf("Table %s of %s", b.table.Ref, b.source.Address)
}

// Classified reports whether a column's values may not be shown: the source's table block or a field that reads it has a class
// for it.
func (b *Bench) Classified(column string) bool {
	of := plan.Definition{SourceTable: b.table.Ref, Joins: b.joins}
	table, name := of.Origin(column)
	if facts := b.source.Facts(table); facts != nil {
		for _, c := range facts.Columns {
			if c.Name == name && c.Classified() {
				return true
			}
		}
	}
	for _, f := range b.mapping.Fields {
		if f.Classified() && (f.From == column || f.CEL != nil && strings.Contains(f.CEL.Text, column)) {
			return true
		}
	}
	return false
}

// Number chooses the row of the source that expressions see, counted from 1 as the source gives them.
func (b *Bench) Number(n int) { b.number, b.row, b.given = n, nil, nil }

// Row is the values that expressions see, as canonical texts in the order of Columns, nil for null; false where a row given by
// Given lacks the column, or this version has no value for it.
func (b *Bench) Row(ctx context.Context) ([]*string, []bool, error) {
	if err := b.read(ctx); err != nil {
		return nil, nil, err
	}
	texts, has := make([]*string, len(b.table.Columns)), make([]bool, len(b.table.Columns))
	for i, c := range b.table.Columns {
		at := slices.IndexFunc(b.row.Columns, func(o schema.Column) bool { return o.Name == c.Name })
		if at < 0 || b.given != nil && !b.given[c.Name] {
			continue
		}
		has[i] = true
		if !b.row.Vectors[at].Null(0) {
			text := string(batch.AppendText(nil, c.Type, &b.row.Vectors[at], 0))
			texts[i] = &text
		}
	}
	return texts, has, nil
}

// Run evaluates a checked expression on the row: its result has the type kind, it reads these columns and lookups, and uses these keys. It gives
// the canonical text, and false for null.
func (b *Bench) Run(ctx context.Context, text string, kind schema.Type, columns, lookups, used []string) (string, bool, error) {
	const field = "value"
	d := &plan.Definition{
		Source: "console", SourceTable: schema.Ref{Name: "row"}, Mode: "append",
		Fields: []plan.Field{{Name: field, CEL: text, Column: schema.Column{Name: field, Type: kind, Null: true}, Value: kind, Fidelity: plan.Fidelity{Verdict: plan.Exact}}},
	}
	in, err := b.input(ctx, columns)
	if err != nil {
		return "", false, err
	}
	d.Read = in.Columns
	if b.mapping != nil {
		for _, p := range b.mapping.Params {
			d.Params = append(d.Params, plan.Param(p))
		}
	}
	spec := transform.Spec{Definition: d, Lookups: map[string]map[string]string{}}
	for _, l := range b.Lookups() {
		if !slices.Contains(lookups, l.Name) {
			continue
		}
		if b.content[l.Name] == nil {
			if b.content[l.Name], err = b.lookup(ctx, l); err != nil {
				return "", false, err
			}
		}
		spec.Lookups[l.Name] = b.content[l.Name]
		d.Lookups = append(d.Lookups, plan.Lookup{Name: l.Name, Default: l.Default, Or: l.Or})
	}
	if err := b.keys(d, &spec, used); err != nil {
		return "", false, err
	}
	t, err := transform.Compile(spec)
	if err != nil {
		return "", false, err
	}
	out, err := t.Run(in)
	var bad *transform.RowError
	if errors.As(err, &bad) {
		return "", false, errors.New(bad.Reason)
	}
	if err != nil {
		return "", false, err
	}
	v := &out.Out.Vectors[0]
	if v.Null(0) {
		return "", false, nil
	}
	return string(batch.AppendText(nil, kind, v, 0)), true, nil
}

// input is the row cut down to some columns. An expression of no column has a row of its own.
func (b *Bench) input(ctx context.Context, columns []string) (*batch.Batch, error) {
	if len(columns) == 0 {
		one := batch.New([]schema.Column{{Name: "row", Type: schema.Type{Kind: schema.Bool}}}, 0)
		one.Vectors[0].AppendBool(true)
		return one, nil
	}
	if err := b.read(ctx); err != nil {
		return nil, err
	}
	var kept []schema.Column
	for _, c := range b.row.Columns {
		if slices.Contains(columns, c.Name) {
			kept = append(kept, c)
		}
	}
	out := batch.New(kept, 0)
	for i, c := range kept {
		if b.given != nil && !b.given[c.Name] {
			return nil, fmt.Errorf("the row that was given has no %q, which the expression reads", c.Name)
		}
		at := slices.IndexFunc(b.row.Columns, func(o schema.Column) bool { return o.Name == c.Name })
		out.Vectors[i].AppendFrom(&b.row.Vectors[at], 0)
	}
	return out, nil
}

// movable are the columns whose values this version knows.
func movable(t *schema.Table) []schema.Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c schema.Column) bool { return c.Type.Kind == schema.Unknown })
}

// Given makes the row of a JSON object: a member for each column, texts as the canonical form writes them.
func (b *Bench) Given(row []byte) error {
	d := json.NewDecoder(bytes.NewReader(row))
	d.UseNumber()
	var members map[string]json.RawMessage
	if err := d.Decode(&members); err != nil {
		return errors.New(`the row is no JSON object: write it as {"COLUMN": "value", "OTHER": 1}`)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("behind the JSON object of the row stands something else")
	}
	columns := movable(b.table)
	out, given := batch.New(columns, 0), map[string]bool{}
	for i, c := range columns {
		raw, ok := members[c.Name]
		delete(members, c.Name)
		if given[c.Name] = ok; !ok {
			out.Vectors[i].AppendNull()
			continue
		}
		if err := appendJSON(&out.Vectors[i], c, raw); err != nil {
			return err
		}
	}
	for name := range members {
		return fmt.Errorf("table %s has no column %q that can be given.%s", b.table.Ref, name, diag.Suggest(name, b.table.Names()))
	}
	b.row, b.given = out, given
	return nil
}

// appendJSON reads one member of a row.
func appendJSON(v *batch.Vector, c schema.Column, raw json.RawMessage) error {
	raw = bytes.TrimSpace(raw)
	text := raw
	switch {
	case bytes.Equal(raw, []byte("null")) && (c.Null || c.Type.Kind != schema.JSON):
		if !c.Null {
			return fmt.Errorf("column %q is never null in the source, and the row gives it null", c.Name)
		}
		v.AppendNull()
		return nil
	case c.Type.Kind == schema.JSON:
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return fmt.Errorf("column %q: the text is no JSON", c.Name)
		}
		text = []byte(s)
	case raw[0] == '[' && c.Type.Kind == schema.Array:
	case raw[0] == '[' || raw[0] == '{':
		return fmt.Errorf("column %q is %s, and the row gives it a list or an object", c.Name, c.Type)
	case c.Type.Kind == schema.String || c.Type.Kind == schema.Enum || c.Type.Kind == schema.Native:
		return fmt.Errorf("column %q is %s: its value stands in quotes", c.Name, c.Type)
	}
	if err := batch.Parse(v, c.Type, text); err != nil {
		return fmt.Errorf("column %q: the value that the row gives is not of type %s", c.Name, c.Type)
	}
	return nil
}

// read takes the row from the source unless there is one.
func (b *Bench) read(ctx context.Context) (err error) {
	if b.row != nil {
		return nil
	}
	if b.table == nil {
		return errors.New("there is no row here")
	}
	end, err := b.e.connect(ctx, b.cfg, b.source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	source, ok := providers.As[providers.Source](end)
	if !ok {
		return fmt.Errorf("%s gives no rows", b.source.Address)
	}
	columns := movable(b.table)
	of := plan.Definition{SourceTable: b.table.Ref, Query: b.table.Query, Joins: b.joins, Read: columns}
	reader, err := source.Read(ctx, of.Reading())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	in := batch.New(columns, 0)
	for seen := 0; ; seen += in.Len() {
		err := reader.Next(ctx, in)
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("table %s has %s, and row %d was asked for", b.table.Ref, plan.Rows(int64(seen)), b.number)
		}
		if err != nil {
			return err
		}
		if at := b.number - seen - 1; at < in.Len() {
			row := batch.New(columns, 0)
			for i := range columns {
				row.Vectors[i].AppendFrom(&in.Vectors[i], at)
			}
			b.row = row
			return nil
		}
	}
}
