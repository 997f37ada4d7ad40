package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
)

func (c *command) check() *cobra.Command {
	cmd := &cobra.Command{
		Use: "check", Short: "Check connections and rights before anything is planned", Args: noArguments,
		Long: `check connects to every source and target of the configuration, says what it found there, and compares the rights of
the role with what the mappings need. What is missing is printed as statements for an administrator. It reads no rows
and changes nothing. It exits 1 where something is missing.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			all, found, err := c.engine(nil).Check(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if c.json {
				err = view.ChecksJSON(c.Stdout, all, found)
			} else {
				err = errors.Join(view.Diagnostics(c.Stderr, c.style(c.Stderr), view.Folder(c.folder()), found.Sorted()), view.Checks(c.Stdout, c.style(c.Stdout), all))
			}
			if err != nil {
				return err
			}
			for _, one := range all {
				if len(one.Health.Missing) > 0 || !one.Opened {
					return &exit{code: exitError}
				}
			}
			if found.HasErrors() {
				return &exit{code: exitError}
			}
			return nil
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print what was found as JSON")
	return cmd
}

func (c *command) grants() *cobra.Command {
	role := ""
	cmd := &cobra.Command{
		Use: "grants ADDRESS", Short: "Print the statements that make a role with just the rights that are needed", Args: oneArgument("ADDRESS"),
		Long: `grants prints what an administrator of a source or target runs, so that migrateiq can work with a role that has the
rights for this configuration and no others: the role, the tables of the ledger, and grants. It runs nothing. The role
that it connects with only has to be let in.

migrateiq grants target.postgres.scr --role migration | psql ...`,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			script, found, err := c.engine(nil).Grants(cmd.Context(), cfg, args[0], role)
			if err = errors.Join(c.tell(found), err); err != nil {
				return err
			}
			if c.json {
				return view.JSON(c.Stdout, map[string]any{"format": 1, "address": args[0], "role": role, "statements": script})
			}
			for _, line := range script {
				if _, err := fmt.Fprintln(c.Stdout, line); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&role, "role", "migrateiq", "the `NAME` of the role")
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the statements as JSON")
	return cmd
}
