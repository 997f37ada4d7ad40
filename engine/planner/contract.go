package planner

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// contract holds the version of the target table's contract against the recorded one: a breaking change has to raise it,
// and it never goes down. The version is recorded with the run that carries the plan out.
func (w *worker) contract(d *decision) {
	at := d.m.Config.To.TableRange
	if at.File == "" {
		at = d.m.Config.Range
	}
	if c := w.contractOf(d); c != nil {
		d.out.Contract, at = c.Version, c.Range
	}
	if d.prior == nil || d.prior.Contract == 0 && d.out.Contract == 0 {
		return
	}
	was, now, breaking := d.prior.Contract, d.out.Contract, d.out.Category() == plan.Breaking
	fail := func(text string, args ...any) {
		w.diags.Add(diag.Diagnostic{Code: "contract-not-raised", Summary: "The table's contract", Subject: &at, Object: fmt.Sprintf("mapping %q", d.m.Config.Name), Detail: fmt.Sprintf(text, args...)})
	}
	switch {
	case was > 0 && breaking && now == 0:
		fail("%s has a breaking change (%s), and the contract of table %s had version %d when it was applied. Keep the contract and raise its version, so that readers can tell.",
			d.m.Address, brokenBy(&d.out), d.m.Definition.TargetTable, was)
	case was > 0 && breaking && now <= was:
		fail("%s has a breaking change (%s), and the contract of table %s still has version %d. Raise it to %d, take the change back, or say with treat_as in the mapping's lifecycle why it breaks nobody.",
			d.m.Address, brokenBy(&d.out), d.m.Definition.TargetTable, now, was+1)
	case now > 0 && now < was:
		fail("The contract of table %s had version %d when it was applied, and has %d now. Versions only rise.", d.m.Definition.TargetTable, was, now)
	case now > was && was > 0 && !breaking:
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The contract's version rises from %d to %d, and nothing in this plan breaks readers of table %s.", was, now, d.m.Definition.TargetTable))
	}
	if now == was {
		return
	}
	d.out.Actions = slices.DeleteFunc(d.out.Actions, func(a plan.Action) bool { return a.Kind == plan.Keep })
	d.act(plan.Action{Kind: plan.Govern, Category: plan.Metadata, Reasons: reason("G003", "the contract had %s and has %s", versionText(was), versionText(now))})
}

func versionText(n int) string {
	if n == 0 {
		return "no version"
	}
	return fmt.Sprintf("version %d", n)
}

// contractOf finds what the target's block says of the table, nil where it says nothing.
func (w *worker) contractOf(d *decision) *lang.Contract {
	for _, s := range w.f.Config.Systems {
		if s.Address != d.m.Definition.Target {
			continue
		}
		if t := s.Facts(d.m.Definition.TargetTable); t != nil {
			return t.Contract
		}
	}
	return nil
}

// brokenBy lists the reasons that make a mapping's change breaking.
func brokenBy(m *plan.Mapping) string {
	var out string
	for _, a := range m.Actions {
		for _, r := range a.Reasons {
			c, known := plan.CodeOf(r.Code)
			i := slices.IndexFunc(a.Treated, func(t plan.Treated) bool { return t.Code == r.Code })
			if i >= 0 {
				c.Category = a.Treated[i].Category
			}
			if known && c.Category == plan.Breaking {
				if out != "" {
					out += "; "
				}
				out += r.Code + " " + r.Text
			}
		}
	}
	return out
}
