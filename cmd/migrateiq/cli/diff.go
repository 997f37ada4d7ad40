package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

func (c *command) diff() *cobra.Command {
	cmd := &cobra.Command{
		Use: "diff PLAN PLAN", Short: "Show how two saved plans differ", Args: twoArguments("PLAN"),
		Long: `diff reads two files of plan --out and shows how the second differs from the first: mappings, actions, definitions, rows,
statements, decisions of policies and what the plans were made from. When they were made, and until when they are good, is
no difference. It says whether the intent is equal: then an approval of one counts for the other. It exits 2 where the
plans differ.`,
		RunE: func(_ *cobra.Command, args []string) error {
			before, err := c.openPlan(args[0])
			if err != nil {
				return err
			}
			after, err := c.openPlan(args[1])
			if err != nil {
				return err
			}
			found := plan.Compare(before, after)
			if c.json {
				err = view.DiffJSON(c.Stdout, found)
			} else {
				err = view.Diff(c.Stdout, c.style(c.Stdout), found)
			}
			if err == nil && !found.Equal() {
				return &exit{code: exitChanges}
			}
			return err
		},
	}
	c.jsonFlag(cmd, "print the differences as one JSON document")
	cmd.AddCommand(c.diffRows())
	return cmd
}

func twoArguments(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return fmt.Errorf("%s takes two of %s, and got %d: `%s`", cmd.CommandPath(), what, len(args), cmd.UseLine())
		}
		return nil
	}
}
