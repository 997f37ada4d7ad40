package delta

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
)

// Before is the recorded definition cut down to what a comparison asks of it: the key and the fields that are to be
// written. A row that fails in it is one that it did not make.
func Before(old, now *plan.Definition, set []string) *plan.Definition {
	out := *old
	fields := old.Fields
	for _, f := range old.Former {
		if with, ok := out.With(f); ok && wanted(now, f.Field.Name) {
			out, fields = *with, append(slices.Clone(fields), f.Field)
		}
	}
	out.Fields, out.Mode = nil, "append"
	for _, f := range fields {
		if !slices.Contains(old.Key, f.Name) && !(wanted(now, f.Name) && (set == nil || slices.Contains(set, f.Name))) {
			continue
		}
		f.OnRowError = "quarantine"
		out.Fields = append(out.Fields, f)
	}
	return &out
}

func wanted(d *plan.Definition, name string) bool {
	return slices.ContainsFunc(d.Fields, func(f plan.Field) bool { return f.Name == name })
}

// Lookups are the contents of the lookups of the recorded definition: its own values, and for a file or table the content
// of now, which Unknown has found to be the same.
func Lookups(old *plan.Definition, content map[string]map[string]string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, l := range old.Lookups {
		if l.File != "" || l.Table != nil {
			out[l.ID()] = content[l.ID()]
			continue
		}
		values := make(map[string]string, len(l.Values))
		for _, v := range l.Values {
			values[v[0]] = v[1]
		}
		out[l.ID()] = values
	}
	return out
}

// Formerly prepares the recorded definition for a comparison.
func Formerly(old *plan.Definition, spec transform.Spec) (*transform.Transformer, error) {
	spec.Definition, spec.Lookups = old, Lookups(old, spec.Lookups)
	t, err := transform.Compile(spec)
	if err != nil {
		return nil, fmt.Errorf("work out what %s held before: %w", old.TargetTable, err)
	}
	return t, nil
}
