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
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// opened are the systems of a configuration while a command works.
type opened struct {
	ends    map[string]providers.Endpoint
	systems map[string]*resolve.System
	notes   diag.List // warnings of the connections
}

func (o *opened) close() error {
	var errs []error
	for _, e := range o.ends {
		errs = append(errs, e.Close())
	}
	return errors.Join(errs...)
}

// end finds an open system.
func (o *opened) end(_ context.Context, address string) (providers.Endpoint, error) {
	if end := o.ends[address]; end != nil {
		return end, nil
	}
	return nil, fmt.Errorf("%s is not open", address)
}

// open opens every system that a mapping or a lookup names, and describes its tables.
func (e *Engine) open(ctx context.Context, cfg *lang.Config) (*opened, diag.List) {
	o := &opened{ends: map[string]providers.Endpoint{}, systems: map[string]*resolve.System{}}
	var diags diag.List
	for _, s := range cfg.Systems {
		if !named(cfg, s) {
			continue
		}
		end, err := o.connect(ctx, e, cfg, s)
		if err != nil {
			diags.Add(systemDiag(s, err))
			continue
		}
		system, err := describe(ctx, cfg, s, end)
		if err != nil {
			diags.Add(systemDiag(s, err))
			continue
		}
		o.systems[s.Address] = system
		diags.Extend(queries(ctx, cfg, system, end))
	}
	diags.Extend(o.oneFile(cfg))
	diags.Extend(o.definitions(ctx, cfg))
	return o, diags
}

// connect opens one system more.
func (o *opened) connect(ctx context.Context, e *Engine, cfg *lang.Config, s *lang.System) (providers.Endpoint, error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return nil, err
	}
	o.ends[s.Address] = end
	o.notes.Extend(notes(s, end.Info()))
	return end, nil
}

// notes are what an endpoint wants people to know of its connection.
func notes(s *lang.System, info providers.Info) diag.List {
	var diags diag.List
	for _, n := range info.Notes {
		at, ok := s.Fields[n.Field]
		if !ok {
			at = s.Range
		}
		diags.Add(diag.Diagnostic{Severity: diag.Warning, Code: "connection-note", Summary: "Connection not as safe as it can be", Subject: &at,
			Object: fmt.Sprintf("%s %q %q", s.Role, s.Kind, s.Name), Detail: n.Message})
	}
	return diags
}

// oneFile refuses a mapping from and to one place, where its rows cannot be written while they are read.
func (o *opened) oneFile(cfg *lang.Config) diag.List {
	var diags diag.List
	for _, m := range cfg.Mappings {
		from, to := o.ends[m.From.Source], o.ends[m.To.Target]
		if from == nil || to == nil || !to.Info().Alone || from.Info().Product != to.Info().Product || from.Info().Place != to.Info().Place {
			continue
		}
		at := m.To.TargetRange
		diags.Add(diag.Diagnostic{Code: "one-place", Summary: "Source and target are the same", Subject: &at, Object: fmt.Sprintf("mapping %q", m.Name),
			Detail: fmt.Sprintf("%s and %s are one file, %s, and its rows cannot be written while they are read. Write to another file.", m.From.Source, m.To.Target, to.Info().Place)})
	}
	return diags
}

func named(cfg *lang.Config, s *lang.System) bool {
	return purges(cfg, s) || slices.ContainsFunc(cfg.Lookups, func(l *lang.Lookup) bool { return l.Source == s.Address }) ||
		slices.ContainsFunc(cfg.Mappings, func(m *lang.Mapping) bool { return m.From.Source == s.Address || m.To.Target == s.Address })
}

// purges reports whether rows may be deleted in a system whose mapping is gone: which one it was the state knows.
func purges(cfg *lang.Config, s *lang.System) bool {
	return s.Role == "target" && slices.ContainsFunc(cfg.Removed, func(r lang.Removed) bool { return r.Purge })
}

func (e *Engine) connect(ctx context.Context, cfg *lang.Config, s *lang.System) (providers.Endpoint, error) {
	p, ok := e.Providers.Provider(s.Kind)
	if !ok {
		return nil, fmt.Errorf("there is no provider %q", s.Kind)
	}
	resolver := e.Secrets
	resolver.Dir = cfg.Dir
	if err := resolver.Fill(s.Config); err != nil {
		return nil, err
	}
	return p.Open(ctx, s.Config)
}

// describe inspects the tables that mappings name, all where a glob has to choose.
func describe(ctx context.Context, cfg *lang.Config, s *lang.System, end providers.Endpoint) (*resolve.System, error) {
	out := &resolve.System{Config: s, Product: end.Info().Product, Modes: end.Info().Modes}
	if d, ok := providers.As[providers.Definer](end); ok {
		out.Order = d.Order()
	}
	if p, ok := providers.As[providers.Placer](end); ok {
		out.Place = p.Place
	}
	inspector, ok := providers.As[providers.Inspector](end)
	if !ok {
		return nil, &providers.Error{Op: "inspect", Object: s.Address, Class: providers.Unsupported, Err: errors.New("the system does not describe its tables")}
	}
	catalog, err := inspector.Inspect(ctx, only(cfg, s))
	if err != nil {
		return nil, err
	}
	out.Catalog = catalog
	return out, nil
}

// only lists the tables to look at, nil for all. A name without a schema may stand anywhere, so it asks for all too.
func only(cfg *lang.Config, s *lang.System) []schema.Ref {
	out := []schema.Ref{}
	if purges(cfg, s) {
		return nil // every table may point to the one that is emptied
	}
	for _, l := range cfg.Lookups {
		if l.Source != s.Address {
			continue
		}
		ref := resolve.ParseRef(l.Table)
		if ref.Schema == "" {
			return nil
		}
		out = append(out, ref)
	}
	for _, m := range cfg.Mappings {
		name := ""
		switch s.Address {
		case m.From.Source:
			name = m.From.Table
		case m.To.Target:
			name = m.To.Table
		default:
			continue
		}
		if name == "" && s.Address == m.From.Source && m.From.Query != "" {
			continue
		}
		wanted := []string{name}
		for _, j := range m.From.Joins {
			if s.Address == m.From.Source {
				wanted = append(wanted, j.Table)
			}
		}
		for _, name := range wanted {
			ref := resolve.ParseRef(name)
			if name == "" || ref.Schema == "" {
				return nil
			}
			out = append(out, ref)
		}
	}
	return out
}

// systemDiag puts an error of a system where its block stands.
func systemDiag(s *lang.System, err error) diag.Diagnostic {
	var field providers.FieldError
	d := diag.Diagnostic{Code: "system", Summary: "System cannot be used", Detail: fmt.Sprintf("%s: %s", s.Address, text(err)), Subject: &s.Range, Object: fmt.Sprintf("%s %q %q", s.Role, s.Kind, s.Name)}
	switch {
	case errors.As(err, &field):
		d.Code, d.Summary = "provider-config", "Invalid connection"
		if at, ok := s.Fields[field.Field]; ok {
			d.Subject = &at
		}
	case errors.Is(err, secret.ErrNotSet):
		d.Code, d.Summary = "secret-not-set", "Secret not set"
	case providers.ClassOf(err) == providers.Unreachable:
		d.Code, d.Summary = "unreachable", "Server not reached"
	case providers.ClassOf(err) == providers.Denied:
		d.Code, d.Summary = "denied", "Permission denied"
	case providers.ClassOf(err) == providers.NotFound:
		d.Code, d.Summary = "not-found", "Not found"
	case providers.ClassOf(err) == providers.BadValue:
		d.Code, d.Summary = "bad-value", "Value cannot be read"
	}
	return d
}

// text is an error with its remedy.
func text(err error) string {
	var pe *providers.Error
	if errors.As(err, &pe) && pe.Remedy != "" {
		return err.Error() + ". " + pe.Remedy
	}
	return err.Error() + "."
}
