package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
)

func (c *command) diffRows() *cobra.Command {
	limit := 0
	cmd := &cobra.Command{
		Use: "rows ADDRESS", Short: "Show which rows of a mapping differ, with their values", Args: oneArgument("ADDRESS"),
		Long: `rows holds what a mapping makes of the source now against what stands in its target, by key, and shows the rows that are
lacking or differ. Values of fields with a class are never shown, and the key is hashed where it has one. A plan may leave
some of these rows as they are: those that somebody else corrected, or that its mode or cursor does not take. It changes
nothing, stores nothing, and exits 2 where rows differ.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return errors.New("--limit is a whole number from 1 on")
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if err := c.rules(cmd.Context(), cfg); err != nil {
				return err
			}
			report, found, err := c.engine(nil).Rows(cmd.Context(), cfg, args[0], limit)
			if told := c.tell(found); told != nil || err != nil {
				return errors.Join(told, err)
			}
			if c.json {
				err = view.RowsJSON(c.Stdout, report)
			} else {
				err = view.Rows(c.Stdout, c.style(c.Stdout), report)
			}
			if err == nil && report.Lacking+report.Differ > 0 {
				return &exit{code: exitChanges}
			}
			return err
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "show `N` rows at most")
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the rows as one JSON document")
	return cmd
}
