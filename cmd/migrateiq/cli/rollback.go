package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

func (c *command) rollback() *cobra.Command {
	var flags planFlags
	var approved bool
	cmd := &cobra.Command{
		Use: "rollback MAPPING", Short: "Bring back the table that a swap has kept", Args: oneArgument("MAPPING"),
		Long: `rollback makes a plan that puts the table which was swapped out last, and which lifecycle { rollback_window } has kept, back
in its place: it shows the plan, asks, proves that the kept table is as it was left, and swaps the two in one transaction,
with views, keys of other tables, rights and triggers. The table that stands now is dropped. The state is what it was before
the swap, so that the next plan shows the change again. After a crash migrateiq apply goes on where it stopped.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.readChange(); err != nil {
				return err
			}
			flags.options.Rollback, flags.options.Refresh = args, true
			return c.rollBack(cmd.Context(), flags, approved)
		},
	}
	c.configFlags(cmd)
	c.changeFlags(cmd)
	cmd.Flags().BoolVar(&flags.full, "full", false, "show every field and all SQL")
	cmd.Flags().BoolVar(&approved, "auto-approve", false, "do not ask")
	c.jsonFlag(cmd, "print the plan and what happens as JSON, one document a line")
	return cmd
}

func (c *command) rollBack(ctx context.Context, flags planFlags, approved bool) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	planned, err := c.makePlan(ctx, cfg, flags)
	if err != nil {
		return err
	}
	if planned.OpenRun != nil && !rollsBack(planned.Plan) {
		return openRun(planned.OpenRun)
	}
	return c.applyMade(ctx, cfg, planned, approved)
}

// rollsBack reports whether a plan brings a table back: an unfinished one is gone on with by the same command.
func rollsBack(p *plan.Plan) bool {
	for i := range p.Mappings {
		if p.Mappings[i].Has(plan.Rollback) {
			return true
		}
	}
	return false
}
