package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/novumsolvo/migrateiq/engine/mapping"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Inspect describes the tables of one system that a glob fits, all without globs. It changes nothing.
func (e *Engine) Inspect(ctx context.Context, cfg *lang.Config, s *lang.System, globs []string) (*schema.Catalog, diag.List) {
	for _, g := range globs {
		if !doublestar.ValidatePattern(g) {
			return nil, diag.List{{Code: "invalid-value", Summary: "Invalid pattern",
				Detail: fmt.Sprintf("%q is no pattern: * stands for any letters, ? for one, [ab] for one of those, {x,y} for either.", g)}}
		}
	}
	catalog, err := e.catalog(ctx, cfg, s)
	if err != nil {
		return nil, diag.List{systemDiag(s, err)}
	}
	if len(catalog.Tables) == 0 {
		return nil, diag.List{{Code: "no-table-matches", Summary: "No tables", Subject: &s.Range,
			Detail: fmt.Sprintf("%s holds no table that this connection can see. Check where the attributes of the source lead.", s.Address)}}
	}
	if globs == nil {
		return catalog, nil
	}
	return fitting(catalog, s, globs)
}

// fitting cuts a catalog down to what the globs fit, and demands that each fits something.
func fitting(catalog *schema.Catalog, s *lang.System, globs []string) (*schema.Catalog, diag.List) {
	out := &schema.Catalog{Identity: catalog.Identity}
	var diags diag.List
	for _, g := range globs {
		if !slices.ContainsFunc(catalog.Tables, func(t schema.Table) bool { return reads([]string{g}, t.Ref) }) {
			var have []string
			for _, t := range catalog.Tables {
				have = append(have, t.Ref.Name, t.Ref.String())
			}
			diags.Add(diag.Diagnostic{Code: "no-table-matches", Summary: "No table matches", Subject: &s.Range,
				Detail: fmt.Sprintf("%s has %s, and none matches %s.%s", s.Address, plan.Count(int64(len(catalog.Tables)), "table"), g, diag.Suggest(g, have))})
		}
	}
	for _, t := range catalog.Tables {
		if reads(globs, t.Ref) {
			out.Tables = append(out.Tables, t)
		}
	}
	return out, diags
}

func reads(globs []string, r schema.Ref) bool {
	return resolve.Reads(&lang.Mapping{From: lang.From{Tables: globs}}, r)
}

// catalog describes everything that a connection may see.
func (e *Engine) catalog(ctx context.Context, cfg *lang.Config, s *lang.System) (catalog *schema.Catalog, err error) {
	end, err := e.connect(ctx, cfg, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	inspector, ok := providers.As[providers.Inspector](end)
	if !ok {
		return nil, &providers.Error{Op: "inspect", Object: s.Address, Class: providers.Unsupported, Err: errors.New("the system does not describe its tables")}
	}
	return inspector.Inspect(ctx, nil)
}

// Refused says of each type in a source's catalog, by its text, why a target cannot keep its values unchanged. A type that
// it can keep is not in the answer.
func (e *Engine) Refused(ctx context.Context, cfg *lang.Config, source, target *lang.System, catalog *schema.Catalog) (refused map[string]string, diags diag.List) {
	end, err := e.connect(ctx, cfg, target)
	if err != nil {
		return nil, diag.List{systemDiag(target, err)}
	}
	defer func() {
		if err := end.Close(); err != nil {
			diags.Add(systemDiag(target, err))
		}
	}()
	refused = map[string]string{}
	placer, ok := providers.As[providers.Placer](end)
	if !ok {
		return refused, nil
	}
	for _, t := range catalog.Tables {
		for _, c := range t.Columns {
			seen := c.Type
			if source.Kind != target.Kind {
				seen = seen.Portable()
			}
			if why := refusal(placer, seen); why != "" {
				refused[c.Type.String()] = why
			}
		}
	}
	return refused, nil
}

func refusal(placer providers.Placer, t schema.Type) string {
	if t.Kind == schema.Unknown {
		return "" // which is said of the column itself
	}
	placed, err := placer.Place(t)
	if err != nil {
		return err.Error()
	}
	verdict, err := mapping.Judge(t, placed, "")
	switch {
	case err != nil:
		return strings.TrimSuffix(err.Error(), ".")
	case verdict.Verdict == plan.Lossy:
		return strings.TrimSuffix(verdict.Why, ".")
	}
	return ""
}

// Owner gives the address of the mapping that reads a table of a source already, "" for none.
func Owner(cfg *lang.Config, source string, r schema.Ref) string {
	for _, m := range cfg.Mappings {
		if m.From.Source == source && resolve.Reads(m, r) {
			return m.Address
		}
	}
	return ""
}
