package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/policies"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/module"
)

// rules compiles the rules that the configuration wants to be asked. Without a policy block they are the program's own.
func (c *command) rules(ctx context.Context, cfg *lang.Config) error {
	if len(cfg.Settings.Policies) == 0 {
		return c.tell(unused(cfg))
	}
	lock, found := module.Read(cfg.Dir)
	if err := c.tell(found); err != nil {
		return err
	}
	rules, bundles, found := policies.For(ctx, cfg, lock, c.ReadFile)
	if err := c.tell(found); err != nil {
		return err
	}
	c.Rules, c.bundles = rules, bundles
	return nil
}

// unused says of exemptions that nothing is asked which they could be from.
func unused(cfg *lang.Config) diag.List {
	var out diag.List
	for _, x := range cfg.Exemptions {
		at := x.Range
		out.Add(diag.Diagnostic{Severity: diag.Warning, Code: "exemption-unused", Summary: "Exemption without a policy", Subject: &at, Object: fmt.Sprintf("exemption %q", x.Name),
			Detail: "No block policy stands in the settings, so there is no rule to be exempt from."})
	}
	return out
}

// denied is the end of a command whose plan the policies do not permit, nil for one that they do.
func denied(p *engine.Planned, what string) error {
	switch {
	case !p.Verdicts.Denied():
		return nil
	case len(p.Worse) > 0:
		return &engine.Stale{Reasons: p.Worse}
	case p.LacksApproval:
		return &exit{code: exitApproval, err: errors.New("the policies ask for an approval that this plan does not have; " + what +
			".\nAn approval is given to the intent " + p.Plan.Intent() + " and handed in with --change and --approvers" + ofAnother(p))}
	}
	return &exit{code: exitDenied, err: errors.New("the policies deny this plan; " + what + ofAnother(p))}
}

// ofAnother tells of approvals that were given to something else: the plan was edited behind them.
func ofAnother(p *engine.Planned) string {
	n := 0
	for _, a := range p.Input.Change.Approvals {
		if a.IntentDigest != p.Plan.Intent() {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(".\n%d of %d approvals are of another intent than this plan's, which is %s: what it does has changed since", n, len(p.Input.Change.Approvals), p.Plan.Intent())
}
