package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
)

// drift is plan --refresh-only: what has changed at both ends, and no plan.
func (c *command) drift(cmd *cobra.Command, flags planFlags) error {
	for _, name := range []string{"out", "replace", "refresh", "detailed-exitcode"} {
		if cmd.Flags().Changed(name) {
			if name == "detailed-exitcode" {
				return errors.New("--refresh-only exits 9 by itself where something has changed, and 0 where nothing has: leave --detailed-exitcode out")
			}
			return fmt.Errorf("--refresh-only looks at both ends and makes no plan: --%s cannot be given with it", name)
		}
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	show := c.progress()
	report, err := c.engine(c.withoutVerdicts(show)).Drift(cmd.Context(), cfg, flags.options)
	show.Close()
	if report == nil {
		return err
	}
	if c.json {
		return errors.Join(err, view.DriftJSON(c.Stdout, report))
	}
	return errors.Join(err, view.Drift(c.Stdout, c.style(c.Stdout), report))
}
