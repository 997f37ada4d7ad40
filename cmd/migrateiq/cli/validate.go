package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

func (c *command) validate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "validate", Short: "Check the configuration without a connection", Args: noArguments,
		Long: `validate checks syntax, names, types and expressions. Columns are checked against the schemas that migrateiq lock
recorded; no system is asked.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, found := c.read(c.vars)
			found.Extend(notYet(cfg))
			if !found.HasErrors() {
				found.Extend(c.engine(nil).Validate(cmd.Context(), cfg))
			}
			found = found.Sorted()
			if c.json {
				if err := view.DiagnosticsJSON(c.Stdout, found); err != nil {
					return err
				}
			} else if err := view.Diagnostics(c.Stderr, c.style(c.Stderr), view.Folder(c.folder()), found); err != nil {
				return err
			}
			if found.HasErrors() {
				return &exit{code: exitError}
			}
			if !c.json {
				fmt.Fprintln(c.Stdout, "The configuration is valid.")
			}
			return nil
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the findings as JSON")
	return cmd
}

// notYet are the parts of the configuration that this version cannot carry out: only plan is stopped by them.
func notYet(cfg *lang.Config) diag.List {
	out := slices.Clone(cfg.NotYet)
	for i := range out {
		out[i].Severity = diag.Warning
	}
	return out
}
