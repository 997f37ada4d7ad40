package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Checked is what a connection of one system is good for. Where it could not be opened, that is in the findings.
type Checked struct {
	Address string
	Opened  bool
	Health  providers.Health
	Notes   []string // what was not looked at
}

// Check opens every system of the configuration and compares the rights of its role with what the mappings need. It
// reads no rows and changes nothing.
func (e *Engine) Check(ctx context.Context, cfg *lang.Config) (out []Checked, diags diag.List, err error) {
	o, diags := e.openAll(ctx, cfg)
	defer func() { err = errors.Join(err, o.close()) }()
	needs, more := needsOf(cfg, o)
	diags.Extend(more)
	for _, s := range cfg.Systems {
		end := o.ends[s.Address]
		one := Checked{Address: s.Address, Opened: end != nil, Notes: unseen(cfg, s)}
		if checker, ok := providers.As[providers.Checker](end); ok {
			if one.Health, err = checker.Check(ctx, needs[s.Address]); err != nil {
				diags.Add(systemDiag(s, err))
			}
		} else if end != nil {
			one.Notes = append(one.Notes, "This kind of system does not tell what a role may do.")
		}
		out = append(out, one)
	}
	return out, diags, nil
}

// Grants writes what an administrator of a system runs for a role that has the rights for this configuration and no
// others.
func (e *Engine) Grants(ctx context.Context, cfg *lang.Config, address, role string) (out []string, diags diag.List, err error) {
	at := slices.IndexFunc(cfg.Systems, func(s *lang.System) bool { return s.Address == address })
	if at < 0 {
		var have []string
		for _, s := range cfg.Systems {
			have = append(have, s.Address)
		}
		return nil, nil, fmt.Errorf("the configuration has no %s.%s", address, diag.Suggest(address, have))
	}
	o, diags := e.openAll(ctx, cfg)
	defer func() { err = errors.Join(err, o.close()) }()
	needs, more := needsOf(cfg, o)
	if diags.Extend(more); diags.HasErrors() {
		return nil, diags, nil
	}
	granter, ok := providers.As[providers.Granter](o.ends[address])
	if !ok {
		return nil, diags, fmt.Errorf("%s has no roles; `migrateiq check` says what of its files can be read and written", address)
	}
	out, err = granter.Grants(ctx, role, needs[address])
	return out, diags, err
}

// openAll opens the systems that no mapping names too.
func (e *Engine) openAll(ctx context.Context, cfg *lang.Config) (*opened, diag.List) {
	o, diags := e.open(ctx, cfg)
	for _, s := range cfg.Systems {
		if named(cfg, s) {
			continue
		}
		if _, err := o.connect(ctx, e, cfg, s); err != nil {
			diags.Add(systemDiag(s, err))
		}
	}
	diags.Extend(o.notes)
	return o, diags
}

// unseen says of which queries the tables are not known.
func unseen(cfg *lang.Config, s *lang.System) []string {
	var out []string
	for _, m := range cfg.Mappings {
		if m.From.Source == s.Address && m.From.Query != "" {
			out = append(out, fmt.Sprintf("The tables of the query of %s were not looked at: it names them itself.", m.Address))
		}
	}
	return out
}

// needsOf collects what each system is asked for, a table once.
func needsOf(cfg *lang.Config, o *opened) (map[string]providers.Needs, diag.List) {
	mappings, diags := resolve.Mappings(cfg, o.systems, resolve.Known{})
	out := map[string]providers.Needs{}
	for _, s := range cfg.Systems {
		out[s.Address] = providers.Needs{Target: s.Role == "target"}
	}
	need := func(address string, n providers.Need) {
		all := out[address]
		all.Tables = merged(all.Tables, n)
		out[address] = all
	}
	for _, m := range mappings {
		for _, n := range readNeeds(m) {
			need(m.Definition.Source, n)
		}
		for _, n := range writeNeeds(m) {
			need(m.Definition.Target, n)
		}
		made := func(r schema.Ref) bool {
			return slices.ContainsFunc(mappings, func(o *resolve.Mapping) bool {
				return o.Definition.Target == m.Definition.Target && o.Definition.TargetTable == r && o.Standing == nil
			})
		}
		for _, fk := range m.Table.Foreign {
			if m.Standing == nil && !made(fk.Parent) {
				need(m.Definition.Target, providers.Need{Table: fk.Parent, Rights: []providers.Right{providers.Refer}})
			}
		}
	}
	for _, l := range cfg.Lookups {
		if l.Source != "" {
			need(l.Source, providers.Need{Table: standing(o, l), Columns: []string{l.Key, l.Value}, Rights: []providers.Right{providers.Select}})
		}
	}
	return out, diags
}

// standing is a lookup's table by its full name.
func standing(o *opened, l *lang.Lookup) schema.Ref {
	ref := resolve.ParseRef(l.Table)
	if s := o.systems[l.Source]; s != nil && s.Catalog != nil {
		if t, ok := s.Catalog.Table(ref); ok {
			return t.Ref
		}
	}
	return ref
}

// merged adds a need to those of the same table.
func merged(all []providers.Need, n providers.Need) []providers.Need {
	i := slices.IndexFunc(all, func(o providers.Need) bool { return o.Table == n.Table })
	if i < 0 {
		return append(all, n)
	}
	for _, r := range n.Rights {
		if !slices.Contains(all[i].Rights, r) {
			all[i].Rights = append(all[i].Rights, r)
		}
	}
	for _, c := range n.Columns {
		if !slices.Contains(all[i].Columns, c) {
			all[i].Columns = append(all[i].Columns, c)
		}
	}
	return all
}

// readNeeds are the tables of the source.
func readNeeds(m *resolve.Mapping) []providers.Need {
	if m.Definition.Query != "" {
		return nil
	}
	base := providers.Need{Table: m.Definition.SourceTable, Rights: []providers.Right{providers.Select}}
	joined := make([]providers.Need, len(m.Definition.Joins))
	for i, j := range m.Definition.Joins {
		joined[i] = providers.Need{Table: j.Table, Rights: base.Rights}
		for _, on := range j.On {
			base.Columns, joined[i].Columns = append(base.Columns, on[0]), append(joined[i].Columns, on[1])
		}
	}
	for _, c := range m.Definition.Read {
		of := &base
		name := c.Name
		for i, j := range m.Definition.Joins {
			if own, ok := (providers.Join{Name: j.Name}).Column(c.Name); ok {
				of, name = &joined[i], own
			}
		}
		of.Columns = append(of.Columns, name)
	}
	return append([]providers.Need{base}, joined...)
}

// writeNeeds are the table of the target, and where it is made its partitions and what it needs, in schemas of their own.
func writeNeeds(m *resolve.Mapping) []providers.Need {
	out := []providers.Need{writeNeed(m)}
	if m.Standing != nil && m.Definition.Mode != "replace" {
		return out
	}
	made := map[string]bool{m.Definition.TargetTable.Schema: true}
	add := func(r schema.Ref) {
		if r.Schema != "" && !made[r.Schema] {
			made[r.Schema] = true
			out = append(out, providers.Need{Table: r, Rights: []providers.Right{providers.Create}})
		}
	}
	for _, p := range m.Table.Partitions {
		add(p.Ref)
	}
	for _, d := range m.Definitions {
		add(schema.Ref{Schema: d.Schema, Name: d.Name})
	}
	return out
}

// writeNeed is the table of the target: made, replaced, or filled as it stands.
func writeNeed(m *resolve.Mapping) providers.Need {
	n := providers.Need{Table: m.Definition.TargetTable}
	if m.Standing == nil {
		n.Rights = []providers.Right{providers.Create}
		return n
	}
	n.Rights = []providers.Right{providers.Select, providers.Add, providers.Change, providers.Remove, providers.Truncate}
	if m.Definition.Mode == "append" {
		n.Rights = []providers.Right{providers.Select, providers.Add, providers.Truncate}
	}
	if m.Definition.Mode == "replace" {
		n.Rights = append(n.Rights, providers.Replace)
	}
	if slices.ContainsFunc(m.Standing.Columns, func(c schema.Column) bool { return c.Identity }) {
		n.Rights = append(n.Rights, providers.Advance)
	}
	return n
}
