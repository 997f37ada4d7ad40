package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/event"
)

func (c *command) verify() *cobra.Command {
	var o engine.VerifyOptions
	cmd := &cobra.Command{
		Use: "verify", Short: "Prove that the targets hold what was written", Args: noArguments,
		Long: `verify reads the targets and compares them with the digests that were taken while the rows were moved; the sources are
not needed. With --source they are read again too. It changes nothing and exits 9 where something differs.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			show := c.progress()
			report, err := c.engine(c.withoutVerdicts(show)).Verify(cmd.Context(), cfg, o)
			show.Close()
			var drifted *engine.Drifted
			if report == nil && errors.As(err, &drifted) {
				report = drifted.Report
			}
			if report == nil {
				return err
			}
			if c.json {
				return errors.Join(err, view.VerifyJSON(c.Stdout, report))
			}
			return errors.Join(err, view.Verify(c.Stdout, c.style(c.Stdout), report))
		},
	}
	cmd.Flags().BoolVar(&o.Source, "source", false, "read the sources again as well")
	cmd.Flags().StringArrayVar(&o.Only, "only", nil, "verify the mapping `ADDRESS` only; may be given again")
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print what happens and what was found as JSON, one document a line")
	return cmd
}

// withoutVerdicts keeps from people, line by line, what the report tells them all at once.
func (c *command) withoutVerdicts(show view.Progress) event.Sink {
	if c.json {
		return show.Tell
	}
	return func(e event.Event) {
		if e.Kind == event.Verified {
			e.Text = ""
		}
		show.Tell(e)
	}
}
