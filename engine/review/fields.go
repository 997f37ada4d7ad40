package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// builder fills datasets, fields and their index, mapping by mapping.
type builder struct {
	plan *plan.Plan
	in   *policy.Input
	rows map[string]int64 // by dataset, where the plan counted them
}

// dataset is the id of a table in the document: target.postgres.scr.table["clinical.patient"].
func dataset(system string, table fmt.Stringer) string {
	return fmt.Sprintf("%s.table[%q]", system, table.String())
}

func counted(p *plan.Plan) map[string]int64 {
	out := map[string]int64{}
	for _, o := range p.Inputs.Objects {
		if o.Rows != nil {
			out[dataset(o.System, o.Table)] = *o.Rows
		}
	}
	return out
}

func (b *builder) dataset(system string, table fmt.Stringer) string {
	id := dataset(system, table)
	d := policy.Dataset{System: system, Name: table.String()}
	if n, ok := b.rows[id]; ok {
		d.Rows = &n
	}
	b.in.Datasets[id] = d
	return id
}

func (b *builder) mapping(m *plan.Mapping) {
	d := m.Definition
	source, target := b.dataset(d.Source, d.SourceTable), b.dataset(d.Target, d.TargetTable)
	for _, j := range d.Joins {
		b.dataset(d.Source, j.Table)
	}
	for _, l := range d.Lookups {
		if l.Table != nil {
			b.dataset(l.Source, *l.Table)
		}
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		id := m.Address + ".field." + f.Name
		b.in.Fields[id] = field(d, f, source, target)
		b.index(id, target, f.Classes)
	}
}

func (b *builder) index(id, target string, classes []string) {
	x := &b.in.Index
	x.ByDataset[target] = append(x.ByDataset[target], id)
	if len(classes) == 0 {
		x.Unclassified = append(x.Unclassified, id)
	}
	for _, c := range classes {
		x.ByClass[c] = append(x.ByClass[c], id)
	}
}

// field takes the classes of the plan as the effective ones: they are those of the field and of all columns it reads,
// and nothing in this version protects a value, so none is taken away.
func field(d *plan.Definition, f *plan.Field, source, target string) policy.Field {
	t := f.Column.Type
	out := policy.Field{Dataset: target, Column: f.Column.Name, Type: typed(string(t.Kind), t.Precision, t.Scale, t.Length),
		Sources: []policy.Column{}, Lineage: lineage(d, f), ClassSet: map[string]bool{},
		Classification: policy.Classification{Declared: append([]string{}, f.Classes...)}}
	for _, c := range f.Sources {
		from, name := source, c
		if table, column := d.Origin(c); table != d.SourceTable || column != c {
			from, name = dataset(d.Source, table), column
		}
		out.Sources = append(out.Sources, policy.Column{Dataset: from, Column: name, Type: read(d, c)})
	}
	for _, l := range d.Lookups {
		if l.Table != nil && slices.Contains(f.Lookups, l.Name) {
			out.Sources = append(out.Sources, policy.Column{Dataset: dataset(l.Source, *l.Table), Column: l.Value, Type: typed("", 0, 0, 0)})
		}
	}
	for _, c := range f.Classes {
		out.ClassSet[c] = true
	}
	if len(f.Classes) > 0 {
		out.Classification.Decision = slices.Clone(f.Classes)
	}
	return out
}

func read(d *plan.Definition, column string) policy.Type {
	for _, c := range d.Read {
		if t := c.Type; c.Name == column {
			return typed(string(t.Kind), t.Precision, t.Scale, t.Length)
		}
	}
	return typed("", 0, 0, 0)
}

// lineage is deterministic: expressions have neither a clock nor chance, and name the columns they read. It is opaque
// where those are the columns of a query, as nobody knows what they come from.
func lineage(d *plan.Definition, f *plan.Field) policy.Lineage {
	sum := sha256.Sum256([]byte(f.Canonical))
	out := policy.Lineage{Expr: f.CEL, ExprHash: "sha256:" + hex.EncodeToString(sum[:]), Functions: append([]string{}, f.Functions...), Deterministic: true, Opaque: d.Query != ""}
	out.Loss, out.LossAck = loss(f)
	return out
}

// loss is what the way into the column does to values, and what the author wrote to allow it. A value that a check
// refuses is an error of its row and no loss, unless the field says that null takes its place.
func loss(f *plan.Field) (string, *string) {
	switch v := f.Fidelity; {
	case v.Verdict == plan.Lossy && (v.Allow == "round" || v.Allow == "truncate"):
		return v.Allow, known(v.Allow)
	case v.Verdict == plan.Lossy && v.Allow != "":
		return "coerce", known(v.Allow)
	case v.Verdict != plan.Exact && v.Verdict != plan.Checked:
		return "unknown", nil
	case f.OnRowError == "null" && !(v.Verdict == plan.Exact && f.Plain != "" && f.Expect == ""):
		return "coerce", known("null")
	}
	return "none", nil
}

// typed leaves null what the kind does not have.
func typed(kind string, precision, scale, length int) policy.Type {
	out := policy.Type{Base: kind}
	switch kind {
	case "":
		out.Base = "unknown"
	case "decimal":
		if precision > 0 {
			out.Precision, out.Scale = &precision, &scale
		}
	case "time", "timestamp", "timestamptz":
		out.Precision = &precision
	case "string":
		if length > 0 {
			out.Length = &length
		}
	}
	return out
}
