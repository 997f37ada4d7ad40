package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

func (c *command) show() *cobra.Command {
	var flags planFlags
	cmd := &cobra.Command{
		Use: "show FILE", Short: "Show a plan that plan --out saved", Args: oneArgument("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := c.openPlan(args[0])
			if err != nil {
				return err
			}
			planned, err := c.reviewed(cmd.Context(), p)
			if err != nil {
				return err
			}
			if !c.json {
				fmt.Fprintf(c.Stdout, "Plan of %s by version %s, good until %s\n%s\n\n", stamp(p.Created), p.Engine, stamp(p.Expires), p.Digest())
			}
			return c.showPlan(planned, flags.detail())
		},
	}
	cmd.Flags().BoolVar(&flags.full, "full", false, "show every field and all SQL")
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the plan as one JSON document")
	return cmd
}

// reviewed asks the policies about a saved plan again: what they said when it was made is not kept with it.
func (c *command) reviewed(ctx context.Context, p *plan.Plan) (*engine.Planned, error) {
	cfg, found := c.readFor(p)
	if err := c.tell(found); err != nil {
		return nil, err
	}
	if err := c.rules(ctx, cfg); err != nil {
		return nil, err
	}
	return c.engine(nil).Review(ctx, cfg, p)
}
