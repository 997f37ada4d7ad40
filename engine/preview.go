package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/measure"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/planner"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// Preview is a sample of the rows that a plan would write in one mapping. It is for people: it is in no plan, no state, no
// policy input and no log.
type Preview struct {
	Mapping string
	Total   int64 // rows that would be written
	Rows    []PreviewRow
	Why     string // no rows are shown; "" where they are
}

// PreviewRow is one row that would be written, by its key.
type PreviewRow struct {
	Key    string // canonical text, or key# and 12 hex digits where the key is classified; "" without a key
	New    bool   // it does not stand
	Values []PreviewValue
}

// PreviewValue is one value as it stands and as it would be; nil is null. Of a field that is Masked neither is told.
type PreviewValue struct {
	Field         string
	Masked        string // the classes of what it holds or held, or why that is not known; "" for a value that is shown
	Before, After *string
}

// preview samples the rows that a plan would write: of each mapping the n with the least keys, so that the same rows give
// the same sample.
func (e *Engine) preview(ctx context.Context, cfg *lang.Config, snap state.Snapshot, o *opened, env measure.Env, out *Planned, n int) error {
	for i := range out.Plan.Mappings {
		m := &out.Plan.Mappings[i]
		j := slices.IndexFunc(out.Plan.Steps, func(s plan.Step) bool { return s.Work == plan.Copy && s.Mapping == m.Address })
		if m.Definition == nil || j < 0 {
			continue
		}
		if m.Definition.History != nil {
			out.Preview = append(out.Preview, Preview{Mapping: m.Address, Why: "mode history keeps versions of rows, which a preview does not compare"})
			continue
		}
		prior, _ := planner.Prior(snap, cfg.Moved, m.Address)
		s := &sampler{def: m.Definition, limit: n, secret: env.Prior[m.Address].Secret, out: Preview{Mapping: m.Address, Rows: []PreviewRow{}}}
		for at, f := range m.Definition.Fields {
			if slices.Contains(m.Definition.Key, f.Name) {
				s.key = append(s.key, at)
			}
		}
		standing := standingColumns(o, out.Plan, m)
		s.masks = masks(cfg, out, m, prior, standing)
		err := env.Preview(ctx, measure.Look{Mapping: m, Move: out.Plan.Steps[j].Move, Standing: standing, Tell: s.take})
		if err != nil {
			return fmt.Errorf("preview the rows of %s: %w", m.Address, err)
		}
		out.Preview = append(out.Preview, s.out)
	}
	return nil
}

// standingColumns are those of the target as they are before the plan, by the fields of a definition.
func standingColumns(o *opened, p *plan.Plan, m *plan.Mapping) []schema.Column {
	out := make([]schema.Column, len(m.Definition.Fields))
	t, there := o.systems[m.Definition.Target].Catalog.Table(m.Definition.TargetTable)
	if !there {
		return out
	}
	for i, f := range m.Definition.Fields {
		name := f.Name
		for _, s := range p.Steps {
			if s.Mapping == m.Address && s.Change != nil && s.Change.RenameColumn != nil && s.Change.RenameColumn.To == name {
				name = s.Change.RenameColumn.From
			}
		}
		out[i], _ = t.Column(name)
	}
	return out
}

// masks says of each field why its values are not shown, "" where they are. What stands in the target was made by the
// definition of before, so its classes count as well as those of now.
func masks(cfg *lang.Config, out *Planned, m *plan.Mapping, prior *state.Mapping, standing []schema.Column) []string {
	var before *plan.Definition
	if prior != nil {
		before, _ = definitionIn(*prior) // what cannot be read is masked below
	}
	reach := classesIn(out.Input, m.Address)
	all := make([]string, len(m.Definition.Fields))
	for i, f := range m.Definition.Fields {
		classes := slices.Concat(f.Classes, declaredOf(cfg, m.Definition.Target, m.Definition.TargetTable, f.Name))
		unknown := m.Definition.Query != "" || prior != nil && before == nil
		if before != nil {
			held, known := heldBefore(cfg, before, f)
			classes, unknown = append(classes, held...), unknown || !known && standing[i].Name != ""
		}
		if len(classes) == 0 {
			classes = slices.Clone(reach[f.Name])
		}
		slices.Sort(classes)
		all[i] = strings.Join(slices.Compact(classes), ", ")
		if all[i] == "" && unknown {
			all[i] = "of unknown origin"
		}
	}
	return all
}

// heldBefore are the classes of what the definition of before put into the column of a field. They are not known of the
// rows of a query, and of a column that no field made.
func heldBefore(cfg *lang.Config, before *plan.Definition, f plan.Field) ([]string, bool) {
	var classes []string
	known := false
	for _, was := range before.Fields {
		if was.Name != f.Name && was.Canonical != f.Canonical {
			continue
		}
		classes, known = append(classes, was.Classes...), before.Query == ""
		for _, column := range was.Sources {
			table, name := before.Origin(column)
			classes = append(classes, declaredOf(cfg, before.Source, table, name)...)
		}
	}
	return classes, known
}

// declaredOf are the classes that a system's block gives a column of a table.
func declaredOf(cfg *lang.Config, system string, table schema.Ref, column string) []string {
	for _, s := range cfg.Systems {
		if s.Address != system {
			continue
		}
		if t := s.Facts(table); t != nil {
			for _, c := range t.Columns {
				if strings.EqualFold(c.Name, column) {
					return slices.DeleteFunc(slices.Clone(c.Classify), func(class string) bool { return class == lang.NoClass })
				}
			}
		}
	}
	return nil
}

// sampler keeps the rows with the least keys.
type sampler struct {
	def    *plan.Definition
	key    []int
	masks  []string
	secret []byte
	limit  int
	out    Preview
	order  []string // of each row kept
}

func (s *sampler) take(row *batch.Batch, i int, stands *batch.Batch, at int) {
	s.out.Total++
	shown := PreviewRow{New: at < 0}
	for f, mask := range s.masks {
		now, was := valueOf(row, f, i), (*string)(nil)
		if at >= 0 {
			if was = valueOf(stands, f, at); same(was, now) {
				continue
			}
		}
		v := PreviewValue{Field: s.def.Fields[f].Name, Masked: mask}
		if mask == "" {
			v.Before, v.After = was, now
		}
		shown.Values = append(shown.Values, v)
	}
	shown.Key = s.called(row, i)
	s.keep(shown)
}

// called is the name of a row: its key, hashed where any part of it is masked.
func (s *sampler) called(row *batch.Batch, i int) string {
	if len(s.key) == 0 {
		return ""
	}
	masked := slices.ContainsFunc(s.key, func(f int) bool { return s.masks[f] != "" })
	return transform.ShowKey(row, i, s.key, s.secret, masked)
}

// keep has the rows stay in the order of their names, numbers by their size; rows without one go by what is shown of them.
func (s *sampler) keep(row PreviewRow) {
	by := row.Key
	if by == "" || by == "key#" {
		for _, v := range row.Values {
			by += keyPart(v.Before) + keyPart(v.After)
		}
	}
	place, _ := slices.BinarySearchFunc(s.order, by, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	if place >= s.limit {
		return
	}
	s.order, s.out.Rows = slices.Insert(s.order, place, by), slices.Insert(s.out.Rows, place, row)
	if len(s.order) > s.limit {
		s.order, s.out.Rows = s.order[:s.limit], s.out.Rows[:s.limit]
	}
}
