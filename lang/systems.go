package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// laterSystems are kinds of systems that the language's texts name.
func laterSystems() []string {
	return []string{"mysql", "mariadb", "sqlserver", "oracle", "parquet", "jsonl", "excel"}
}

// register notes every address before anything refers to one.
func (l *loader) register() {
	for _, role := range []string{"source", "target"} {
		l.blocks[role] = slices.DeleteFunc(l.blocks[role], func(b *hclsyntax.Block) bool {
			return !l.named(b, 1) || !l.claim(role+"."+b.Labels[0]+"."+b.Labels[1], b)
		})
	}
	for _, kind := range []string{"lookup", "mapping", "module", "output", "key", "exemption"} {
		l.blocks[kind] = slices.DeleteFunc(l.blocks[kind], func(b *hclsyntax.Block) bool {
			return !l.named(b, 0) || !l.claim(kind+"."+b.Labels[0], b)
		})
	}
	for _, b := range l.blocks["mapping"] {
		for _, inner := range b.Body.Blocks {
			if inner.Type == "from" && inner.Body.Attributes["tables"] != nil {
				l.globs["mapping."+b.Labels[0]] = true
			}
		}
	}
}

// known lists the addresses that begin with prefix.
func (l *loader) known(prefix string) []string {
	var all []string
	for a := range l.addresses {
		if len(a) > len(prefix) && a[:len(prefix)] == prefix {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	return all
}

// systems reads the sources, then the targets.
func (l *loader) systems() {
	for _, role := range []string{"source", "target"} {
		for _, b := range l.blocks[role] {
			local := role + "." + b.Labels[0] + "." + b.Labels[1]
			l.forEach(local, b, func(suffix string) {
				if s := l.system(b, role, local+suffix); s != nil {
					l.cfg.Systems = append(l.cfg.Systems, s)
				}
			})
		}
	}
}

// targetsLast puts the sources of all modules before the targets.
func (r *reading) targetsLast() {
	slices.SortStableFunc(r.cfg.Systems, func(a, b *System) int { return strings.Compare(a.Role, b.Role) })
}

// system reads one source or target; nil where it has no meaning.
func (l *loader) system(b *hclsyntax.Block, role, address string) *System {
	kind := b.Labels[0]
	p, ok := l.set.Provider(kind)
	if !ok {
		l.unknownSystem(b, kind)
		return nil
	}
	cfg := p.NewConfig()
	fields := fieldsOf(cfg)
	f := systemForm
	f.later = maps.Clone(systemForm.later)
	f.attrs = slices.Clone(systemForm.attrs)
	for _, field := range fields {
		f.attrs = append(f.attrs, field.name)
		delete(f.later, field.name)
	}
	c := l.open(b, object(b), f)
	s := &System{Role: role, Kind: kind, Name: b.Labels[1], Address: l.prefix + address, Config: cfg,
		Range: place(c.header), Fields: make(map[string]diag.Range)}
	for name := range c.attrs {
		s.Fields[name] = place(c.at(name))
	}
	s.Declared = c.facts(slices.DeleteFunc(systemFacts(), func(f fact) bool {
		return slices.ContainsFunc(fields, func(own field) bool { return own.name == f.attribute() })
	}))
	whole := c.fill(cfg, fields)
	for _, inner := range c.blocks["table"] {
		if t := l.table(inner, s); t != nil {
			s.Tables = append(s.Tables, t)
		}
	}
	if r, ok := cfg.(providers.Rooted); ok {
		r.Root(l.absolute("."))
	}
	l.declare(c, s)
	if whole {
		l.findings(c, cfg.Validate())
	}
	return s
}

func (l *loader) unknownSystem(b *hclsyntax.Block, kind string) {
	names := l.set.Names()
	if slices.Contains(laterSystems(), kind) {
		r := place(b.LabelRanges[0])
		l.diags.Add(diag.Diagnostic{Code: "not-in-this-version", Summary: "Not in this version", Subject: &r, Object: object(b),
			Detail: fmt.Sprintf("This version of migrateiq does not reach systems of the kind %q. It reaches %s.", kind, every(names))})
		return
	}
	detail := fmt.Sprintf("There is no kind of system %q.", kind)
	if s := diag.Suggest(kind, names); s != "" {
		detail += s
	} else {
		detail += " The kinds are " + every(names) + "."
	}
	l.fail("unknown-provider", b.LabelRanges[0], object(b), "Unknown kind of system", detail)
}

// findings gives what a provider found its places.
func (l *loader) findings(c content, found []providers.FieldError) {
	for _, f := range found {
		l.fail("provider-config", c.at(f.Field), c.of, "Invalid connection", f.Message)
	}
}

// declare hands the declared columns to a provider that takes them. A type that none would take is an error: it would
// be passed over.
func (l *loader) declare(c content, s *System) {
	d, takes := s.Config.(providers.Declarer)
	var all []providers.Declaration
	for _, t := range s.Tables {
		one := providers.Declaration{Table: t.Name, Key: t.Key}
		for _, col := range t.Columns {
			if col.Type != nil {
				one.Columns = append(one.Columns, schema.Column{Name: col.Name, Type: *col.Type})
			}
		}
		if takes && s.Role == "source" && (len(one.Columns) > 0 || len(one.Key) > 0) {
			all = append(all, one)
		}
		if !takes || s.Role != "source" {
			l.refuseTypes(c, s, t)
		}
	}
	if len(all) == 0 {
		return
	}
	for _, f := range d.Declare(all) {
		l.fail("provider-config", l.declared(c, f.Field), c.of, "Invalid declaration", f.Message)
	}
}

func (l *loader) refuseTypes(c content, s *System, t *TableFacts) {
	for _, col := range t.Columns {
		if col.Type == nil {
			continue
		}
		detail := fmt.Sprintf("%s knows the types of its columns itself. Remove the type; a field's own type stands in the field block.", s.Address)
		if s.Role == "target" {
			detail = "The columns of a target get their types from the mapping. Remove the type, or put it into the field block."
		}
		at := col.Range
		l.diags.Add(diag.Diagnostic{Code: "type-not-declarable", Summary: "Type in the wrong place", Detail: detail, Subject: &at, Object: c.of})
	}
}
