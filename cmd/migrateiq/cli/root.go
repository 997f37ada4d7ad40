package cli

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/policy"
)

// command is one run of the program: the world and what its flags say.
type command struct {
	World
	chdir    string
	noColour bool
	lockWait time.Duration
	parallel int
	json     bool
	vars     []lang.Assignment

	changeFile, approversFile string
	change                    engine.Change
	bundles                   []policy.Bundle // that the rules are made of

	bundle    string // where apply writes the evidence of its run
	bundleKey string // file of the key that signs it
	signer    ed25519.PrivateKey
}

const about = `migrateiq is migration as code for data.

Files *.miq.hcl say which rows should be where and in what shape. plan shows what would be done, apply does it exactly
once, and verify proves that the rows arrived.

The usual order: init, plan, apply, verify. Long flags work with one dash as well as with two.`

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use: "migrateiq", Short: "Migration as code for data", Long: about,
		SilenceUsage: true, SilenceErrors: true, Version: c.Version,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetVersionTemplate("migrateiq {{.Version}}\n")
	root.SetFlagErrorFunc(unknownFlag)
	f := root.PersistentFlags()
	f.StringVar(&c.chdir, "chdir", "", "work in the folder `DIR`; all other paths start there")
	f.BoolVar(&c.noColour, "no-color", false, "print without colour (so does the variable NO_COLOR)")
	f.DurationVar(&c.lockWait, "lock-timeout", 0, "wait up to `TIME` for the state's lock, such as 30s")
	f.IntVar(&c.parallel, "parallel", 0, "work on `N` tables and chunks at once (default 4)")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if c.parallel < 0 || c.lockWait < 0 {
			return errors.New("--parallel and --lock-timeout cannot be negative")
		}
		return nil
	}
	root.AddCommand(c.initialise(), c.lock(), c.validate(), c.check(), c.grants(), c.format(), c.plan(), c.apply(), c.rollback(), c.verify(), c.diff(), c.show(), c.run(),
		c.stateCommand(), c.policy(), c.quarantine(), c.output(), c.inspect(), c.console(), c.graph(), c.audit(), c.evidence(), c.version())
	root.InitDefaultCompletionCmd()
	return root
}

// jsonFlag adds --json to a command.
func (c *command) jsonFlag(cmd *cobra.Command, what string) {
	cmd.Flags().BoolVar(&c.json, "json", false, what)
}

// group makes a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}}
	g.AddCommand(subs...)
	return g
}

func unknownCommand(cmd *cobra.Command, got string) error {
	var have []string
	for _, s := range cmd.Commands() {
		if s.IsAvailableCommand() {
			have = append(have, s.Name())
		}
	}
	return fmt.Errorf("%s has no command %q.%s `%s --help` lists them", cmd.CommandPath(), got, diag.Suggest(got, have), cmd.CommandPath())
}

// unknownFlag adds the nearest name to cobra's own message.
func unknownFlag(cmd *cobra.Command, err error) error {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return fmt.Errorf("%w; `%s --help` lists the flags", err, cmd.CommandPath())
	}
	var have []string
	for n := range longFlags(cmd) {
		have = append(have, n)
	}
	cmd.InheritedFlags().VisitAll(collect(&have))
	near := ""
	if n := diag.Nearest(name, have); n != "" {
		near = fmt.Sprintf(" Did you mean --%s?", n)
	}
	return fmt.Errorf("%s has no flag --%s.%s `%s --help` lists them", cmd.CommandPath(), name, near, cmd.CommandPath())
}

// The arguments a command takes, with messages that say what is missing or too much.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no argument, and got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 1:
			return nil
		case 0:
			return fmt.Errorf("%s wants a %s: `%s`", cmd.CommandPath(), what, cmd.UseLine())
		}
		return fmt.Errorf("%s takes one %s, and got %q too", cmd.CommandPath(), what, args[1])
	}
}

func maybeOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%s takes one %s, and got %q too", cmd.CommandPath(), what, args[1])
		}
		return nil
	}
}

// style is how text for a stream looks.
func (c *command) style(stream any) view.Style {
	width, ok := 0, false
	if c.Terminal != nil {
		width, ok = c.Terminal(stream)
	}
	if !ok {
		return view.Style{}
	}
	quiet, set := c.env("NO_COLOR")
	return view.Style{Colour: !c.noColour && (!set || quiet == ""), Width: width}
}

func (c *command) env(name string) (string, bool) {
	for i := len(c.Environ) - 1; i >= 0; i-- {
		if n, v, ok := strings.Cut(c.Environ[i], "="); ok && n == name {
			return v, true
		}
	}
	return "", false
}
