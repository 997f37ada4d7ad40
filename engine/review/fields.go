package review

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// builder fills datasets, fields and their index, mapping by mapping.
type builder struct {
	plan    *plan.Plan
	facts   Facts
	in      *policy.Input
	rows    map[string]int64 // by dataset, where the plan counted them
	carried map[[2]string]map[string]bool
	held    map[string][]string // by dataset, the classes of its data; sorted
}

// dataset is the id of a table in the document: target.postgres.scr.table["clinical.patient"].
func dataset(system string, table fmt.Stringer) string { return Dataset(system, table.String()) }

// Dataset is the id of a table in the document.
func Dataset(system, table string) string { return fmt.Sprintf("%s.table[%q]", system, table) }

func counted(p *plan.Plan) map[string]int64 {
	out := map[string]int64{}
	for _, o := range p.Inputs.Objects {
		if o.Rows != nil {
			out[dataset(o.System, o.Table)] = *o.Rows
		}
	}
	return out
}

func (b *builder) dataset(system string, table fmt.Stringer) (string, error) {
	id := dataset(system, table)
	d := policy.Dataset{System: system, Name: table.String()}
	if n, ok := b.rows[id]; ok {
		d.Rows = &n
	}
	err := fill(&d, b.facts.Tables[id])
	b.in.Datasets[id] = d
	return id, err
}

func (b *builder) mapping(m *plan.Mapping) error {
	d := m.Definition
	_, err := b.dataset(d.Source, d.SourceTable)
	target, err2 := b.dataset(d.Target, d.TargetTable)
	errs := []error{err, err2}
	for _, j := range d.Joins {
		_, err := b.dataset(d.Source, j.Table)
		errs = append(errs, err)
	}
	for _, l := range d.Lookups {
		if l.Table != nil {
			_, err := b.dataset(l.Source, *l.Table)
			errs = append(errs, err)
		}
	}
	b.carry(m)
	own := func(name string) Field {
		if b.facts.Fields == nil {
			return Field{}
		}
		return b.facts.Fields(m.Address, name)
	}
	lines, err := lineage.Of(d, lineage.Declared{Column: b.classes, Field: func(name string) []string { return own(name).Classes }})
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	for i := range d.Fields {
		id := m.Address + ".field." + d.Fields[i].Name
		f, err := b.field(d, &d.Fields[i], lines[i], own(d.Fields[i].Name))
		errs = append(errs, err)
		b.in.Fields[id] = f
		b.index(id, target, f)
		b.hold(target, slices.Sorted(maps.Keys(f.ClassSet))...)
	}
	b.subject(m, target)
	return errors.Join(errs...)
}

// subject names the field of a target whose column says whose record it is.
func (b *builder) subject(m *plan.Mapping, target string) {
	set := b.in.Datasets[target]
	if set.SubjectKey == nil {
		return
	}
	for _, f := range m.Definition.Fields {
		if f.Column.Name == *set.SubjectKey {
			id := m.Address + ".field." + f.Name
			set.SubjectKey = &id
			b.in.Datasets[target] = set
			return
		}
	}
}

// classes are those declared of a column.
func (b *builder) classes(c lineage.Column) []string { return b.facts.Columns[c].Classes }

func (b *builder) index(id, target string, f policy.Field) {
	x := &b.in.Index
	x.ByDataset[target] = append(x.ByDataset[target], id)
	if f.Classification.Decision == nil {
		x.Unclassified = append(x.Unclassified, id)
	}
	for c := range f.ClassSet {
		x.ByClass[c] = append(x.ByClass[c], id)
		if f.Protection.Method == "none" || f.Protection.Method == "hash" {
			x.UnprotectedByClass[c] = append(x.UnprotectedByClass[c], id)
		}
	}
}

func (b *builder) field(d *plan.Definition, f *plan.Field, line lineage.Field, own Field) (policy.Field, error) {
	t := f.Column.Type
	hidden, err := b.protection(d, line.Protection)
	if err != nil {
		return policy.Field{}, err
	}
	out := policy.Field{Dataset: dataset(d.Target, d.TargetTable), Column: f.Column.Name, Type: typed(string(t.Kind), t.Precision, t.Scale, t.Length),
		Sources: []policy.Column{}, Lineage: lineageOf(f, line), ClassSet: map[string]bool{}, Protection: hidden,
		RequiredFor: append([]string{}, f.Purpose...), Justification: known(own.Justification), Validators: validators(f, line)}
	out.Classification = policy.Classification{Declared: slices.Clone(own.Classes), Inherited: line.Inherited}
	if out.Classification.Declared == nil {
		out.Classification.Declared = []string{}
	}
	for _, s := range line.Sources {
		out.Sources = append(out.Sources, policy.Column{Dataset: dataset(s.System, s.Table), Column: s.Name,
			Type: typed(string(s.Type.Kind), s.Type.Precision, s.Type.Scale, s.Type.Length)})
	}
	for _, c := range line.Effective {
		out.ClassSet[c] = true
	}
	out.Classification.Decision = b.decision(line, own)
	b.ofSource(&out, line)
	return out, fill(&out, own.Declared)
}

// decision is the effective classes where anybody decided about the field or all of its sources: a class, or "none".
func (b *builder) decision(line lineage.Field, own Field) []string {
	decided := len(own.Classes) > 0 || len(line.Inherited) > 0
	if !decided && len(line.Sources) > 0 {
		decided = !slices.ContainsFunc(line.Sources, func(s lineage.Source) bool { return len(b.classes(s.Column)) == 0 })
	}
	switch {
	case !decided:
		return nil
	case len(line.Effective) == 0:
		return []string{lineage.None}
	}
	return slices.Clone(line.Effective)
}

// ofSource takes over what is declared of a field's only source, unless the field says it itself.
func (b *builder) ofSource(f *policy.Field, line lineage.Field) {
	if len(line.Sources) != 1 {
		return
	}
	c := b.facts.Columns[line.Sources[0].Column]
	f.Unit.Source = known(c.Unit)
	f.Classification.ReviewedBy = known(c.ReviewedBy)
	if f.Justification == nil {
		f.Justification = known(c.Justification)
	}
}

// lineageOf is deterministic: expressions have neither a clock nor chance. It is opaque where the columns are those of a
// query, as nobody knows what they come from.
func lineageOf(f *plan.Field, line lineage.Field) policy.Lineage {
	sum := sha256.Sum256([]byte(f.Canonical))
	out := policy.Lineage{Expr: f.CEL, ExprHash: "sha256:" + hex.EncodeToString(sum[:]), Functions: append([]string{}, f.Functions...), Deterministic: true, Opaque: line.Opaque}
	out.Loss, out.LossAck = loss(f)
	return out
}

// protection is what hides the field's values. A pseudonym can be made again by who has the key, and by nobody turned
// back.
func (b *builder) protection(d *plan.Definition, p lineage.Protection) (policy.Protection, error) {
	out := policy.Protection{Method: p.Method, Keyed: p.Keyed, SaltScope: "none", Params: policy.ProtectionParams{Band: known(p.Band)}}
	if p.Method == "truncate" {
		first, last := 0, p.KeepLast
		out.Params.KeepFirst, out.Params.KeepLast = &first, &last
	}
	for _, k := range d.Keys {
		if p.Key == "" || k.Name != p.Key {
			continue
		}
		facts := b.facts.Keys[k.ID()]
		out.SaltScope = "project"
		out.Key = policy.ProtectionKey{ID: known(k.Print)}
		if facts.Bits > 0 {
			out.Key.Bits = &facts.Bits
		}
		if err := fill(&out.Key, facts.Declared); err != nil {
			return out, err
		}
	}
	return out, nil
}

// validators are the tests that a field's `expect` makes: by the names that policies know, and any other as "expect".
func validators(f *plan.Field, line lineage.Field) []policy.Validator {
	out := []policy.Validator{}
	if f.Expect == "" {
		return out
	}
	fails := map[string]string{"fail": "abort", "": "abort", "quarantine": "quarantine", "null": "null"}[f.OnRowError]
	names := append([]string{"expect"}, line.Tests...)
	for _, name := range names {
		out = append(out, policy.Validator{Name: name, OnFail: known(fails)})
	}
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
