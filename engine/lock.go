package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/module"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Lock writes the schemas of all sources, as they are now, and the pins of bundles of rules into the lock file. It
// returns what it wrote, for people.
func (e *Engine) Lock(ctx context.Context, cfg *lang.Config, rules ...module.Bundle) (wrote []string, diags diag.List) {
	lock := module.Lock{Bundles: rules}
	for _, s := range cfg.Systems {
		if s.Role != "source" || !named(cfg, s) {
			continue
		}
		system, more, err := e.inspect(ctx, cfg, s)
		if err != nil {
			diags.Add(systemDiag(s, err))
			continue
		}
		diags.Extend(more)
		catalog := used(cfg, s, system)
		lock.Systems = append(lock.Systems, module.System{Address: s.Address, Catalog: catalog})
		wrote = append(wrote, s.Address+": "+plan.Count(int64(len(catalog.Tables)), "table"))
	}
	for _, b := range rules {
		wrote = append(wrote, "policy "+b.Name+": "+b.Digest)
	}
	if diags.HasErrors() {
		return nil, diags
	}
	if err := module.Write(cfg.Dir, lock); err != nil {
		diags.Add(diag.Diagnostic{Code: "lock", Summary: "Lock file not written", Detail: err.Error() + "."})
		return nil, diags
	}
	return wrote, diags
}

func (e *Engine) inspect(ctx context.Context, cfg *lang.Config, s *lang.System) (system *resolve.System, diags diag.List, err error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	if system, err = describe(ctx, cfg, s, end); err != nil {
		return nil, nil, err
	}
	return system, queries(ctx, cfg, system, end), nil
}

// used is the catalog cut down to the tables that mappings and lookups read.
func used(cfg *lang.Config, s *lang.System, system *resolve.System) schema.Catalog {
	out := schema.Catalog{Identity: system.Catalog.Identity}
	for _, t := range system.Catalog.Tables {
		if slices.ContainsFunc(cfg.Mappings, func(m *lang.Mapping) bool { return m.From.Source == s.Address && resolve.Uses(m, t.Ref) }) ||
			slices.ContainsFunc(cfg.Lookups, func(l *lang.Lookup) bool { return l.Source == s.Address && resolve.Same(l.Table, t.Ref) }) {
			out.Tables = append(out.Tables, t)
		}
	}
	return out
}

// Validate checks the configuration without reaching any system: expressions against the schemas of the lock.
func (e *Engine) Validate(_ context.Context, cfg *lang.Config) diag.List {
	diags := slices.Clone(cfg.NotYet)
	for i := range diags {
		diags[i].Severity = diag.Warning
	}
	lock, more := module.Read(cfg.Dir)
	diags.Extend(more)
	systems := map[string]*resolve.System{}
	var unchecked []string
	for _, s := range cfg.Systems {
		system := &resolve.System{Config: s}
		if s.Role == "source" && named(cfg, s) {
			catalog, ok := lock.Catalog(s.Address)
			if !ok {
				unchecked = append(unchecked, s.Address)
				continue
			}
			system.Catalog = catalog
			unchecked = append(unchecked, notLocked(cfg, s, catalog)...)
		}
		systems[s.Address] = system
	}
	if len(unchecked) > 0 && !diags.HasErrors() {
		diags.Add(diag.Diagnostic{Severity: diag.Warning, Code: "columns-not-checked", Summary: "Columns not checked",
			Detail: fmt.Sprintf("The lock has no schema of %s, so columns and types of its mappings were not checked: run `migrateiq lock`.", strings.Join(unchecked, ", "))})
	}
	_, found := resolve.Mappings(cfg, systems, resolve.Known{})
	diags.Extend(found)
	return diags.Sorted()
}

// lockWarnings says where a source is not as the lock has it.
func (e *Engine) lockWarnings(cfg *lang.Config, mappings []*resolve.Mapping) diag.List {
	lock, diags := module.Read(cfg.Dir)
	seen := map[string]bool{}
	for _, m := range mappings {
		catalog, ok := lock.Catalog(m.Definition.Source)
		key := m.Definition.Source + "\x00" + m.Source.Ref.String()
		if !ok || seen[key] {
			continue
		}
		seen[key] = true
		t, ok := catalog.Table(m.Source.Ref)
		if !ok || !sameColumns(t, m.Source) {
			at, what := m.Config.From.Range, fmt.Sprintf("Table %s", m.Source.Ref)
			if m.Source.Query != "" {
				what = "A query"
			}
			diags.Add(diag.Diagnostic{Severity: diag.Warning, Code: "lock-differs", Summary: "The source differs from the lock", Subject: &at,
				Detail: fmt.Sprintf("%s of %s has other columns than the lock says. `migrateiq lock` takes them over.", what, m.Definition.Source)})
		}
	}
	return diags
}

func sameColumns(a, b *schema.Table) bool {
	return slices.EqualFunc(a.Columns, b.Columns, func(x, y schema.Column) bool { return x.Name == y.Name && x.Type.Equal(y.Type) && x.Null == y.Null })
}
