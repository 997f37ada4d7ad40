package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
)

func (c *command) quarantine() *cobra.Command {
	return group("quarantine", "List, show and export the rows that did not pass", c.quarantineList(), c.quarantineShow(), c.quarantineExport(), c.quarantineReplay())
}

// rejects goes through the rejects of a mapping, or of all, and of a run, or of all.
func (c *command) rejects(ctx context.Context, of engine.RejectsOf, visit func(engine.Rejected) error) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return c.engine(nil).Rejects(ctx, cfg, of, visit)
}

func runFlag(cmd *cobra.Command, of *engine.RejectsOf) {
	cmd.Flags().StringVar(&of.Run, "run", "", "only rows of the run `RUN`")
}

func (c *command) quarantineList() *cobra.Command {
	var of engine.RejectsOf
	cmd := &cobra.Command{
		Use: "list", Short: "Count the rows in quarantine by mapping, run, field and rule", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var counts view.RejectCounts
			err := c.rejects(cmd.Context(), of, func(r engine.Rejected) error { counts.Add(r); return nil })
			if err != nil {
				return err
			}
			if c.json {
				return view.JSON(c.Stdout, counts.List())
			}
			return view.Rejects(c.Stdout, c.style(c.Stdout), counts.List())
		},
	}
	runFlag(cmd, &of)
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the counts as JSON")
	return cmd
}

func (c *command) quarantineShow() *cobra.Command {
	var of engine.RejectsOf
	var limit int
	cmd := &cobra.Command{
		Use: "show ADDRESS", Short: "Show the rows of one mapping that are in quarantine", Args: oneArgument("ADDRESS"),
		Long: `show prints the key of each row, the field that did not pass, the rule and the reason. Where the key is classified it is
key# and a hash, the same for the same key in all runs into a target. Values of rows are not kept.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return errors.New("--limit is at least 1")
			}
			of.Mapping = args[0]
			var first []engine.Rejected
			all := int64(0)
			err := c.rejects(cmd.Context(), of, func(r engine.Rejected) error {
				if all++; len(first) < limit {
					first = append(first, r)
				}
				return nil
			})
			if err != nil {
				return err
			}
			return view.RejectedRows(c.Stdout, c.style(c.Stdout), first, all)
		},
	}
	runFlag(cmd, &of)
	cmd.Flags().IntVar(&limit, "limit", 50, "show at most `N` rows")
	c.configFlags(cmd)
	return cmd
}

func (c *command) quarantineExport() *cobra.Command {
	var of engine.RejectsOf
	var format, out string
	cmd := &cobra.Command{
		Use: "export [ADDRESS]", Short: "Write the rows in quarantine as CSV or JSON Lines", Args: maybeOne("ADDRESS"),
		Long: `export writes one line for each row in quarantine, of one mapping or of all: run, target, mapping, key, field, rule and
reason. It goes to standard output, or with --out to a file, which is whole or not there.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				of.Mapping = args[0]
			}
			if out == "" {
				return c.exportTo(cmd.Context(), c.Stdout, format, of)
			}
			file, err := renameio.NewPendingFile(c.path(out), renameio.WithPermissions(0o600))
			if err != nil {
				return fmt.Errorf("write %s: %w", out, err)
			}
			if err := c.exportTo(cmd.Context(), file, format, of); err != nil {
				return errors.Join(err, file.Cleanup())
			}
			if err := file.CloseAtomicallyReplace(); err != nil {
				return fmt.Errorf("write %s: %w", out, err)
			}
			return nil
		},
	}
	runFlag(cmd, &of)
	cmd.Flags().StringVar(&format, "format", "csv", "write `FORMAT`: csv or jsonl")
	cmd.Flags().StringVar(&out, "out", "", "write to `FILE`")
	c.configFlags(cmd)
	return cmd
}

func (c *command) exportTo(ctx context.Context, w io.Writer, format string, of engine.RejectsOf) error {
	buffered := bufio.NewWriter(w)
	rows, err := view.NewRejectWriter(buffered, format)
	if err != nil {
		return err
	}
	if err := c.rejects(ctx, of, rows.Write); err != nil {
		return err
	}
	if err := rows.Flush(); err != nil {
		return fmt.Errorf("write the rows in quarantine: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write the rows in quarantine: %w", err)
	}
	return nil
}

func (c *command) quarantineReplay() *cobra.Command {
	return &cobra.Command{
		Use: "replay", Short: "Not in this version", Args: cobra.ArbitraryArgs,
		Long: `replay, which would take rows out of quarantine one by one, is not in this version. Rows that were mended at the source are
taken by the next plan of a mapping in mode upsert. Where the mapping itself was mended, plan --replace=ADDRESS loads all of
its rows anew.`,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("quarantine replay is not in this version: mend the rows at the source and plan again, or mend the mapping and plan with --replace=ADDRESS")
		},
	}
}
