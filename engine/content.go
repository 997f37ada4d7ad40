package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
)

// content reads the lookups of a plan, and demands that they hold what they held when the plan was made.
func (e *Engine) content(ctx context.Context, cfg *lang.Config, p *plan.Plan, find finder) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for _, m := range p.Mappings {
		if m.Definition == nil {
			continue
		}
		got, err := e.contentOf(ctx, cfg, m.Definition, find)
		if err != nil {
			return nil, err
		}
		for name, values := range got {
			out[name] = values
		}
	}
	return out, nil
}

func (e *Engine) contentOf(ctx context.Context, cfg *lang.Config, d *plan.Definition, find finder) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for _, l := range d.Lookups {
		block := &lang.Lookup{Name: l.Name, Address: "lookup." + l.Name, Key: l.Key, Value: l.Value}
		if l.File != "" {
			block.File = filepath.Join(cfg.Dir, filepath.FromSlash(l.File))
		}
		if l.Source != "" && l.Table != nil {
			block.Source, block.Table = l.Source, l.Table.String()
		}
		for _, pair := range l.Values {
			block.Values = append(block.Values, lang.Pair{Key: pair[0], Value: pair[1]})
		}
		values, err := e.lookup(ctx, block, find)
		if err != nil {
			return nil, fmt.Errorf("read lookup %s: %w", l.Name, err)
		}
		if got := contentDigest(values); got != l.Digest {
			return nil, &Stale{Reasons: []StaleReason{{Code: "CONFIG", Text: fmt.Sprintf("lookup %s holds other values than in the plan", l.Name)}}}
		}
		out[l.ID()] = values
	}
	return out, nil
}

// targets lists the addresses of the targets that mappings write to, in order.
func targets(cfg *lang.Config) []*lang.System {
	return slices.DeleteFunc(slices.Clone(cfg.Systems), func(s *lang.System) bool { return s.Role != "target" })
}
