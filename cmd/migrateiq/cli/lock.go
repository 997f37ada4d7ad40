package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/policies"
	"github.com/novumsolvo/migrateiq/lang"
)

func (c *command) lock() *cobra.Command {
	cmd := &cobra.Command{
		Use: "lock", Short: "Record the schemas of the sources and the bundles of rules in migrateiq.lock.hcl", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			return c.writeLock(cmd, cfg)
		},
	}
	c.configFlags(cmd)
	return cmd
}

func (c *command) writeLock(cmd *cobra.Command, cfg *lang.Config) error {
	pins, found := policies.Bundles(cfg, c.ReadFile)
	if err := c.tell(found); err != nil {
		return err
	}
	wrote, found := c.engine(nil).Lock(cmd.Context(), cfg, pins...)
	if err := c.tell(found); err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "Wrote %s:\n", lockFile)
	for _, line := range wrote {
		fmt.Fprintf(c.Stdout, "  %s\n", line)
	}
	return nil
}
