package review

import (
	"cmp"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/lineage"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// Edges are the ways that data goes by, from a source to a target: of rows, and of lookups in tables.
func Edges(p *plan.Plan) map[[2]string][]string {
	out := map[[2]string][]string{}
	for _, m := range p.All() {
		if m.Definition == nil {
			continue
		}
		from := []string{m.Definition.Source}
		for _, l := range m.Definition.Lookups {
			if l.Source != "" && !slices.Contains(from, l.Source) {
				from = append(from, l.Source)
			}
		}
		for _, f := range from {
			e := [2]string{f, m.Definition.Target}
			out[e] = append(out[e], m.Address)
		}
	}
	return out
}

// transfers are the edges with what is declared of them. Two systems in one country need no mechanism.
func (b *builder) transfers() error {
	edges := slices.SortedFunc(maps.Keys(Edges(b.plan)), func(x, y [2]string) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	for _, e := range edges {
		t := policy.Transfer{ID: e[0] + " -> " + e[1], From: e[0], To: e[1], FromCountry: b.in.Systems[e[0]].Country, ToCountry: b.in.Systems[e[1]].Country}
		if t.FromCountry != nil && t.ToCountry != nil && *t.FromCountry == *t.ToCountry {
			domestic := "domestic"
			t.Mechanism = &domestic
		}
		if err := fill(&t, b.facts.Transfers[e]); err != nil {
			return err
		}
		b.in.Transfers = append(b.in.Transfers, t)
		for c := range b.carried[e] {
			b.in.Index.EdgesByClass[c] = append(b.in.Index.EdgesByClass[c], t.ID)
		}
	}
	return nil
}

// carry notes the classes that travel from the source: of every column that is read, before anything hides it.
func (b *builder) carry(m *plan.Mapping) {
	d := m.Definition
	note := func(source string, classes []string) {
		e := [2]string{source, d.Target}
		if b.carried[e] == nil {
			if b.carried == nil {
				b.carried = map[[2]string]map[string]bool{}
			}
			b.carried[e] = map[string]bool{}
		}
		for _, class := range classes {
			for _, c := range lineage.Implied(class) {
				b.carried[e][c] = true
			}
		}
	}
	for _, c := range d.Read {
		table, name := d.Origin(c.Name)
		note(d.Source, b.classes(lineage.Column{System: d.Source, Table: table, Name: name}))
	}
	for _, l := range d.Lookups {
		if l.Table != nil {
			note(l.Source, b.classes(lineage.Column{System: l.Source, Table: *l.Table, Name: l.Key}))
			note(l.Source, b.classes(lineage.Column{System: l.Source, Table: *l.Table, Name: l.Value}))
		}
	}
}
