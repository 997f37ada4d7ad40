package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func (c *command) run() *cobra.Command {
	return group("run", "List, show and give up runs", c.runList(), c.runShow(), c.runAbandon())
}

func (c *command) runs(cmd *cobra.Command) ([]engine.RunInfo, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	return c.engine(nil).Runs(cmd.Context(), cfg)
}

func (c *command) runList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the runs that the targets' ledgers record", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			runs, err := c.runs(cmd)
			if err != nil {
				return err
			}
			if c.json {
				return view.JSON(c.Stdout, view.RunsDocument(runs))
			}
			return view.Runs(c.Stdout, c.style(c.Stdout), runs)
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the runs as JSON")
	return cmd
}

func (c *command) runShow() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show RUN", Short: "Show one run", Args: oneArgument("RUN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			runs, err := c.runs(cmd)
			if err != nil {
				return err
			}
			var parts []engine.RunInfo
			var have []string
			for _, r := range runs {
				have = append(have, r.Run.ID)
				if r.Run.ID == args[0] {
					parts = append(parts, r)
				}
			}
			if parts == nil {
				return fmt.Errorf("no target's ledger has a run %q.%s `migrateiq run list` lists them", args[0], diag.Suggest(args[0], have))
			}
			if c.json {
				return view.JSON(c.Stdout, view.RunsDocument(parts))
			}
			return view.Run(c.Stdout, c.style(c.Stdout), parts)
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the run as JSON")
	return cmd
}

func (c *command) runAbandon() *cobra.Command {
	cmd := &cobra.Command{
		Use: "abandon RUN", Short: "Give up a run that is not finished", Args: oneArgument("RUN"),
		Long: `abandon closes a run that will not be finished. Committed rows stay where they are; the next plan says what stands and
what it would do about it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			report, err := c.engine(nil).Abandon(cmd.Context(), cfg, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "Run %s is abandoned.\n", report.Run)
			for _, s := range report.Stand {
				fmt.Fprintf(c.Stdout, "  %s\n", s)
			}
			return nil
		},
	}
	c.configFlags(cmd)
	return cmd
}
