package engine

import (
	"context"
	"slices"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// definitions asks every target which of the types and functions it has that the tables of its sources need. Only systems
// of one product can have the same.
func (o *opened) definitions(ctx context.Context, cfg *lang.Config) diag.List {
	wanted := map[string][]string{}
	for _, m := range cfg.Mappings {
		from, to := o.systems[m.From.Source], o.systems[m.To.Target]
		if from == nil || to == nil || from.Product != to.Product {
			continue
		}
		for _, d := range from.Catalog.Definitions {
			if !slices.Contains(wanted[m.To.Target], d.ID()) {
				wanted[m.To.Target] = append(wanted[m.To.Target], d.ID())
			}
		}
	}
	var diags diag.List
	for _, s := range cfg.Systems {
		ids := wanted[s.Address]
		l, ok := providers.As[providers.Library](o.ends[s.Address])
		if len(ids) == 0 || !ok {
			continue
		}
		found, err := l.Definitions(ctx, ids)
		if err != nil {
			diags.Add(systemDiag(s, err))
			continue
		}
		o.systems[s.Address].Definitions = append([]schema.Definition{}, found...)
	}
	return diags
}
