package engine

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/review"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// united are the leaves whose lists the mappings of a plan may each add to.
func united() []string {
	return []string{"project.jurisdictions", "project.frameworks", "processing.purposes", "processing.source_purposes", "processing.data_subjects",
		"processing.recipients", "anonymity.qi", "clinical.exclusions"}
}

// ofAction reports whether a leaf is about destructive actions, each by its own mapping.
func ofAction(leaf string) bool {
	return strings.HasPrefix(leaf, "backup.") || leaf == "approval_ref" || leaf == "certificate_ref"
}

// govern gives what governance blocks declare for a plan. Its mappings may differ in lists, which are united, and in what is
// about single actions and transfers; the document has one place for everything else.
func govern(cfg *lang.Config, p *plan.Plan, facts *review.Facts) error {
	var first *plan.Mapping
	facts.Backups = map[string][]review.Declared{"": actionFacts(cfg.Governance)}
	var common []lang.Fact
	if cfg.Governance != nil {
		common = cfg.Governance.Facts
	}
	var diags diag.List
	for _, m := range p.All() {
		if m.Definition == nil {
			continue
		}
		g := governanceOf(cfg, m.Address)
		facts.Backups[m.Address] = actionFacts(g)
		if first == nil {
			first, common = m, nil
			if g != nil {
				common = slices.Clone(g.Facts)
			}
			continue
		}
		var more diag.List
		common, more = joined(common, g, first, m)
		diags.Extend(more)
	}
	diags.Extend(transfers(cfg, p, facts))
	for _, f := range common {
		if !ofAction(f.Leaf) {
			facts.Project = append(facts.Project, review.Declared{Leaf: f.Leaf, Value: f.Value})
		}
	}
	if diags.HasErrors() {
		return &Diagnosed{diags}
	}
	return nil
}

func actionFacts(g *lang.Governance) []review.Declared {
	var out []review.Declared
	if g == nil {
		return out
	}
	for _, f := range g.Facts {
		if ofAction(f.Leaf) {
			out = append(out, review.Declared{Leaf: f.Leaf, Value: f.Value})
		}
	}
	return out
}

// joined brings the facts of two mappings together, and finds where they cannot be.
func joined(common []lang.Fact, g *lang.Governance, first, m *plan.Mapping) ([]lang.Fact, diag.List) {
	var diags diag.List
	var own []lang.Fact
	if g != nil {
		own = g.Facts
	}
	find := func(all []lang.Fact, leaf string) (lang.Fact, bool) {
		i := slices.IndexFunc(all, func(f lang.Fact) bool { return f.Leaf == leaf })
		if i < 0 {
			return lang.Fact{}, false
		}
		return all[i], true
	}
	out := slices.Clone(common)
	for i, f := range out {
		o, there := find(own, f.Leaf)
		switch {
		case ofAction(f.Leaf):
		case slices.Contains(united(), f.Leaf):
			out[i].Value = union(f.Value, o.Value)
		case !there || !reflect.DeepEqual(o.Value, f.Value):
			diags.Add(conflict(f, first, m))
		}
	}
	for _, f := range own {
		if _, there := find(common, f.Leaf); there || ofAction(f.Leaf) {
			continue
		}
		if !slices.Contains(united(), f.Leaf) {
			diags.Add(conflict(f, m, first))
			continue
		}
		out = append(out, f)
	}
	return out, diags
}

func union(a, b any) any {
	x, _ := a.([]string)
	y, _ := b.([]string)
	out := slices.Clone(x)
	for _, s := range y {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func conflict(f lang.Fact, m, other *plan.Mapping) diag.Diagnostic {
	at := f.Range
	return diag.Diagnostic{Code: "governance-conflict", Summary: "Two mappings declare different things", Subject: &at, Object: m.Address,
		Detail: fmt.Sprintf("%s declares %s here, and %s does not declare the same. Policies see one document for the whole plan: declare it for all mappings, or give one of them a folder of its own.",
			m.Address, f.Leaf, other.Address)}
}

// configured is the block of a mapping of the plan, nil where the configuration has it no more.
func configured(cfg *lang.Config, address string) *lang.Mapping {
	block, _ := lang.Block(address)
	for _, name := range []string{address, block} {
		for _, m := range cfg.Mappings {
			if m.Address == name {
				return m
			}
		}
	}
	return nil
}

func governanceOf(cfg *lang.Config, address string) *lang.Governance {
	if m := configured(cfg, address); m != nil {
		return m.Governance
	}
	return cfg.Governance
}

// transfers finds what is declared of every way that data goes by.
func transfers(cfg *lang.Config, p *plan.Plan, facts *review.Facts) diag.List {
	var diags diag.List
	facts.Transfers = map[[2]string][]review.Declared{}
	for edge, mappings := range review.Edges(p) {
		var chosen *lang.Transfer
		for _, address := range mappings {
			g := governanceOf(cfg, address)
			if g == nil {
				continue
			}
			for _, t := range g.Transfers {
				if !t.Covers(edge[0], edge[1]) || chosen == t {
					continue
				}
				if chosen != nil {
					at := t.Range
					diags.Add(diag.Diagnostic{Code: "transfer-conflict", Summary: "Two transfers for one way", Subject: &at, Object: fmt.Sprintf("transfer %q", t.Name),
						Detail: fmt.Sprintf("The transfers %q and %q are both about %s to %s. Give one of them a \"from\" or \"to\" that leaves this way out.", chosen.Name, t.Name, edge[0], edge[1])})
					continue
				}
				chosen = t
			}
		}
		if chosen == nil {
			continue
		}
		for _, f := range chosen.Facts {
			facts.Transfers[edge] = append(facts.Transfers[edge], review.Declared{Leaf: f.Leaf, Value: f.Value})
		}
	}
	return diags
}

// diagnosed gives the findings that an error holds, and the error where it holds none.
func diagnosed(err error) (diag.List, error) {
	var d *Diagnosed
	if errors.As(err, &d) {
		if list, ok := d.List.(diag.List); ok {
			return list, nil
		}
	}
	return nil, err
}
