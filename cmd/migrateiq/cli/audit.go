package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine/evidence"
)

func (c *command) audit() *cobra.Command {
	return group("audit", "Check and show the audit log", c.auditVerify(), c.auditShow(), c.auditHead(), c.auditBegin())
}

// log is the audit log in a file, or that of the configuration's state.
func (c *command) log(ctx context.Context, args []string) (*evidence.Log, error) {
	if len(args) == 1 {
		return evidence.At(c.path(args[0])), nil
	}
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	log, _, err := c.engine(nil).Journal(ctx, cfg)
	return log, err
}

// checked goes through a log and fails at a line that is bad. Where there is no log yet, there is nothing to say.
func (c *command) checked(ctx context.Context, args []string, visit func(evidence.Line) error) (evidence.Chain, *evidence.Log, error) {
	log, err := c.log(ctx, args)
	if err != nil {
		return evidence.Chain{}, nil, err
	}
	chain, err := log.Check(visit)
	if err == nil && chain.Bad != nil {
		err = &exit{code: exitCheck, err: fmt.Errorf("line %d of the audit log %s %s", chain.Bad.Line, log.Path(), chain.Bad.Why)}
	}
	return chain, log, err
}

func (c *command) auditVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify [FILE]", Short: "Check the chain of the audit log", Args: maybeOne("FILE"),
		Long: `verify goes through the audit log of the state, or the one in FILE, and names the first line that is not as it was
written: changed, taken out, put in, moved, or missing at the end. It exits 8 then. The end is held against FILE.head,
where that is there, and that of the state's log against the line that the state knows of.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			chain, log, err := c.checked(cmd.Context(), args, nil)
			if c.json && log != nil {
				err = errors.Join(err, view.ChainJSON(c.Stdout, chain, log.Path()))
			}
			if err != nil || c.json {
				return err
			}
			return view.Chain(c.Stdout, chain, log.Path())
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the result as JSON")
	return cmd
}

func (c *command) auditShow() *cobra.Command {
	var run string
	cmd := &cobra.Command{
		Use: "show [FILE]", Short: "Print the audit log", Args: maybeOne("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, _, err := c.checked(cmd.Context(), args, func(l evidence.Line) error { return view.LogLine(c.Stdout, l, run, c.json) })
			return err
		},
	}
	cmd.Flags().StringVar(&run, "run", "", "only lines about the run `RUN`")
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print the lines as they are in the log")
	return cmd
}

func (c *command) auditHead() *cobra.Command {
	cmd := &cobra.Command{
		Use: "head [FILE]", Short: "Print the number and digest of the audit log's last line", Args: maybeOne("FILE"),
		Long: `head checks the log and prints its last line's number and digest: what is to be kept outside, where the one who applies
cannot write. Whoever compares it with a later copy of the log sees whether lines up to it were changed.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			chain, _, err := c.checked(cmd.Context(), args, nil)
			if err != nil {
				return err
			}
			if c.json {
				return view.JSON(c.Stdout, chain.Head)
			}
			_, err = fmt.Fprintf(c.Stdout, "%d %s\n", chain.Head.Seq, chain.Head.Hash)
			return err
		},
	}
	c.configFlags(cmd)
	c.jsonFlag(cmd, "print as JSON")
	return cmd
}

func (c *command) auditBegin() *cobra.Command {
	cmd := &cobra.Command{
		Use: "begin", Short: "Begin a new audit log where the old one was moved away", Args: noArguments,
		Long: `begin begins a new audit log after the old one, with its .head, was moved to where it is kept, or lost. The state knows
where the old one ended; the new one says so in its second line, so that the two can be put together.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			old, head, err := c.engine(nil).BeginLog(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Stdout, "A new audit log is begun, head %d %s. It follows line %d of the old one, %s.\n", head.Seq, head.Hash, old.Seq, old.Hash)
			return nil
		},
	}
	c.configFlags(cmd)
	return cmd
}
