package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// RowsReport is how what a mapping makes of the source differs from what stands in its target. It is for people, and
// stored nowhere.
type RowsReport struct {
	Mapping                 string
	Looked, Lacking, Differ int64       // rows that the mapping makes, those that do not stand, and those that stand otherwise
	Rows                    []RowChange // the first few
}

// RowChange is one row, by its key.
type RowChange struct {
	Key    string // canonical text, or key# and 12 hex digits where the key is classified
	New    bool   // it does not stand
	Values []ValueChange
}

// ValueChange is one value that stands and that the mapping makes; nil is null. Of a classified field neither is told.
type ValueChange struct {
	Field         string
	Classified    bool
	Before, After *string
}

// Rows holds what a mapping makes of the source now against what stands in the target, by key. It writes nothing, and
// holds no more than limit rows and two batches.
func (e *Engine) Rows(ctx context.Context, cfg *lang.Config, address string, limit int) (report *RowsReport, diags diag.List, err error) {
	planned, diags, err := e.Plan(ctx, cfg, PlanOptions{Target: []string{address}, Refresh: true})
	if err != nil || diags.HasErrors() {
		return nil, diags, err
	}
	if open := planned.OpenRun; open != nil {
		return nil, nil, &OtherRun{ID: open.ID, Opened: open.Opened, Why: "Finish it with `migrateiq apply` before its rows can be compared."}
	}
	m := planned.Plan.Mapping(address)
	if m == nil || m.Definition == nil {
		return nil, nil, fmt.Errorf("%s is not the address of one mapping", address)
	}
	if len(m.Definition.Key) == 0 {
		return nil, nil, fmt.Errorf("%s has no key, so its rows cannot be told apart", address)
	}
	o, diags := e.open(ctx, cfg)
	defer func() { err = errors.Join(err, o.close()) }()
	if diags.HasErrors() {
		return nil, diags, nil
	}
	c, err := e.rowComparison(ctx, cfg, m.Definition, o)
	if err != nil {
		return nil, nil, err
	}
	c.report, c.limit = &RowsReport{Mapping: address, Rows: []RowChange{}}, limit
	if err := providers.Each(ctx, c.source, m.Definition.Reading(), func(b *batch.Batch) error { return c.compare(ctx, b) }); err != nil {
		return nil, nil, err
	}
	return c.report, nil, nil
}

type rowComparison struct {
	def            *plan.Definition
	source, target providers.Source
	through        *transform.Transformer
	secret         []byte
	standing       []schema.Column // of the target, those that fields write
	fields         []int           // of each of these, the place of its field
	key            []int           // places among the fields
	limit          int
	holding        *schema.Predicate // of the target's rows, those that hold now
	report         *RowsReport
}

func (e *Engine) rowComparison(ctx context.Context, cfg *lang.Config, d *plan.Definition, o *opened) (*rowComparison, error) {
	c := &rowComparison{def: d.Current(), holding: d.Holding()}
	d = c.def
	var ok1, ok2 bool
	c.source, ok1 = providers.As[providers.Source](o.ends[d.Source])
	c.target, ok2 = providers.As[providers.Source](o.ends[d.Target])
	if !ok1 || !ok2 {
		return nil, &providers.Error{Op: "compare", Object: d.TargetTable.String(), Class: providers.Unsupported, Err: errors.New("one of the systems gives no rows")}
	}
	if h, ok := providers.As[providers.History](o.ends[d.Target]); ok {
		meta, err := h.Meta(ctx)
		if err != nil {
			return nil, err
		}
		c.secret = meta.Secret
	}
	content, err := e.contentOf(ctx, cfg, d, o.end)
	if err != nil {
		return nil, err
	}
	keys, err := e.keysOf(cfg, toCompare, d)
	if err != nil {
		return nil, err
	}
	quiet := *d // a row that fails would not be written, and is not shown
	quiet.Fields = slices.Clone(d.Fields)
	for i := range quiet.Fields {
		if quiet.Fields[i].OnRowError == "fail" || quiet.Fields[i].OnRowError == "" {
			quiet.Fields[i].OnRowError = "quarantine"
		}
	}
	if c.through, err = transform.Compile(transform.Spec{Definition: &quiet, Lookups: content, Keys: keys, SecretKey: c.secret}); err != nil {
		return nil, err
	}
	t, there := o.systems[d.Target].Catalog.Table(d.TargetTable)
	for i, f := range d.Fields {
		if slices.Contains(d.Key, f.Name) {
			c.key = append(c.key, i)
		}
		if !there {
			continue
		}
		if column, ok := t.Column(f.Name); ok {
			c.standing, c.fields = append(c.standing, column), append(c.fields, i)
		} else if slices.Contains(d.Key, f.Name) {
			return nil, fmt.Errorf("table %s has no column %s, which the key is made of: its rows cannot be told apart", d.TargetTable, f.Name)
		}
	}
	return c, nil
}

func (c *rowComparison) compare(ctx context.Context, b *batch.Batch) error {
	r, err := c.through.Run(b)
	if err != nil {
		return err
	}
	made := r.Out
	stands, err := c.stands(ctx, made)
	if err != nil {
		return err
	}
	for i := range made.Len() {
		c.report.Looked++
		values, there := stands[c.keyText(made, i)]
		var changed []ValueChange
		for f := range c.def.Fields {
			now := valueOf(made, f, i)
			if was, known := values[f]; !there || !known && now != nil || known && !same(was, now) {
				changed = append(changed, c.value(f, values[f], now))
			}
		}
		if there && len(changed) == 0 {
			continue
		}
		if there {
			c.report.Differ++
		} else {
			c.report.Lacking++
		}
		if len(c.report.Rows) < c.limit {
			c.report.Rows = append(c.report.Rows, RowChange{Key: transform.ShowKey(made, i, c.key, c.secret, c.def.Classified()), New: !there, Values: changed})
		}
	}
	return nil
}

// stands reads the rows of the target that have the keys of made: the values by the places of their fields.
func (c *rowComparison) stands(ctx context.Context, made *batch.Batch) (map[string]map[int]*string, error) {
	out := map[string]map[int]*string{}
	if len(c.standing) == 0 || made.Len() == 0 {
		return out, nil
	}
	columns := make([]schema.Column, len(c.key))
	for i, at := range c.key {
		columns[i] = made.Columns[at]
	}
	keys := batch.New(columns, 0)
	for i, at := range c.key {
		keys.Vectors[i].AppendAll(&made.Vectors[at])
	}
	err := providers.Each(ctx, c.target, providers.ReadSpec{Table: c.def.TargetTable, Columns: c.standing, Keys: keys, Predicate: c.holding}, func(b *batch.Batch) error {
		for i := range b.Len() {
			values := make(map[int]*string, len(c.fields))
			for n, f := range c.fields {
				values[f] = valueOf(b, n, i)
			}
			key := ""
			for _, at := range c.key {
				key += keyPart(values[at])
			}
			out[key] = values
		}
		return nil
	})
	return out, err
}

func (c *rowComparison) keyText(b *batch.Batch, i int) string {
	key := ""
	for _, at := range c.key {
		key += keyPart(valueOf(b, at, i))
	}
	return key
}

func keyPart(v *string) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%d:%s", len(*v), *v)
}

func valueOf(b *batch.Batch, column, row int) *string {
	if b.Vectors[column].Null(row) {
		return nil
	}
	text := string(batch.AppendText(nil, b.Columns[column].Type, &b.Vectors[column], row))
	return &text
}

func same(a, b *string) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (c *rowComparison) value(f int, was, now *string) ValueChange {
	field := c.def.Fields[f]
	if len(field.Classes) > 0 {
		return ValueChange{Field: field.Name, Classified: true}
	}
	return ValueChange{Field: field.Name, Before: was, After: now}
}
