package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/state"
)

func (c *command) stateCommand() *cobra.Command {
	return group("state", "List, show, forget and rebuild what the state records", c.stateList(), c.stateShow(), c.stateForget(), c.stateRecover())
}

func (c *command) snapshot(cmd *cobra.Command) (state.Snapshot, error) {
	cfg, err := c.load()
	if err != nil {
		return state.Snapshot{}, err
	}
	return c.engine(nil).State(cmd.Context(), cfg)
}

func (c *command) stateList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the mappings that were applied", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := c.snapshot(cmd)
			if err != nil {
				return err
			}
			if c.json {
				return view.JSON(c.Stdout, view.StateDocument(s))
			}
			return view.Mappings(c.Stdout, c.style(c.Stdout), s.Mappings)
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the state's mappings as JSON")
	return cmd
}

func (c *command) stateShow() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ADDRESS", Short: "Show the record of one mapping", Args: oneArgument("ADDRESS"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := c.snapshot(cmd)
			if err != nil {
				return err
			}
			m, ok := s.Mappings[args[0]]
			if !ok {
				return fmt.Errorf("the state records no %s.%s `migrateiq state list` lists what it does", args[0],
					diag.Suggest(args[0], slices.Collect(maps.Keys(s.Mappings))))
			}
			if c.json {
				return view.JSON(c.Stdout, m)
			}
			return view.Mapping(c.Stdout, c.style(c.Stdout), m)
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the record as JSON")
	return cmd
}

func (c *command) stateForget() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rm ADDRESS", Short: "Forget a mapping; its rows stay in the target", Args: oneArgument("ADDRESS"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if err := c.engine(nil).Forget(cmd.Context(), cfg, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "%s is forgotten. Its rows stay in the target.\n", args[0])
			return nil
		},
	}
	c.configFlags(cmd)
	return cmd
}

func (c *command) stateRecover() *cobra.Command {
	cmd := &cobra.Command{
		Use: "recover", Short: "Rebuild a lost state from the targets' ledgers", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			report, err := c.engine(nil).Recover(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "The state of lineage %s is back, with %s:\n", report.Lineage, plan.Count(int64(len(report.Mappings)), "mapping"))
			for _, a := range report.Mappings {
				fmt.Fprintf(c.Stdout, "  %s\n", a)
			}
			return nil
		},
	}
	c.configFlags(cmd)
	return cmd
}
