package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
)

func (c *command) apply() *cobra.Command {
	var flags planFlags
	var approved, skip bool
	cmd := &cobra.Command{
		Use: "apply [FILE]", Short: "Carry out a plan", Args: maybeOne("FILE"),
		Long: `apply makes a plan, shows it, asks, and carries it out; with FILE it carries out the plan that plan --out saved. After a
crash or an interruption the same command goes on where it stopped, with the plan it had.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.bundleKey != "" && c.bundle == "" {
				return errors.New("--evidence-key signs what --evidence writes: say where that goes")
			}
			if err := errors.Join(c.readChange(), c.readBundleKey()); err != nil {
				return err
			}
			if len(args) == 1 {
				for _, name := range []string{"replace", "refresh", "target", "exclude"} {
					if cmd.Flags().Changed(name) {
						return fmt.Errorf("a saved plan is carried out as it is: --%s belongs to plan", name)
					}
				}
				return c.applyFile(cmd.Context(), args[0], skip)
			}
			if skip {
				return errors.New("--skip-stale is for a saved plan: one that is made now is not stale")
			}
			return c.applyNew(cmd.Context(), flags, approved)
		},
	}
	flags.add(cmd)
	c.configFlags(cmd)
	c.changeFlags(cmd)
	cmd.Flags().StringVar(&c.bundle, "evidence", "", "write the evidence of the run into the folder or tar file `DIR|FILE.tar`")
	cmd.Flags().StringVar(&c.bundleKey, "evidence-key", "", "sign the evidence with the private ed25519 key in `FILE`, in PEM")
	cmd.Flags().BoolVar(&approved, "auto-approve", false, "do not ask")
	cmd.Flags().BoolVar(&skip, "skip-stale", false, "leave out the mappings of FILE whose own source or target is not as planned, carry out the others, and exit 6")
	c.jsonFlag(cmd, "print the plan and what happens as JSON, one document a line")
	return cmd
}

func (c *command) applyNew(ctx context.Context, flags planFlags, approved bool) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	planned, err := c.makePlan(ctx, cfg, flags)
	if err != nil {
		return err
	}
	return c.applyMade(ctx, cfg, planned, approved)
}

// applyMade carries out a plan that was made and shown a moment ago, where the policies and whoever is asked say yes.
func (c *command) applyMade(ctx context.Context, cfg *lang.Config, planned *engine.Planned, approved bool) error {
	if err := c.mayApply(planned); err != nil {
		return errors.Join(err, c.engine(nil).Denied(ctx, cfg, planned))
	}
	if planned.OpenRun == nil && planned.Plan.Empty() {
		return c.renewOutputs(ctx, cfg, planned)
	}
	if !approved {
		if err := c.ask(ctx); err != nil {
			return err
		}
	}
	return c.carryOut(ctx, cfg, planned, engine.ApplyOptions{})
}

func (c *command) applyFile(ctx context.Context, name string, skip bool) error {
	p, err := c.openPlan(name)
	if err != nil {
		return err
	}
	cfg, err := c.loadFor(p)
	if err != nil {
		return err
	}
	if err := c.rules(ctx, cfg); err != nil {
		return err
	}
	planned, err := c.engine(nil).Review(ctx, cfg, p)
	if err != nil {
		return err
	}
	if err := c.mayApply(planned); err != nil {
		return errors.Join(err, c.showVerdicts(planned), c.engine(nil).Denied(ctx, cfg, planned))
	}
	return c.carryOut(ctx, cfg, planned, engine.ApplyOptions{SkipStale: skip})
}

// mayApply says no where the policies do, or where an open run belongs to another folder.
func (c *command) mayApply(p *engine.Planned) error {
	var ends []error
	what := "nothing was changed"
	if r := p.OpenRun; r != nil && !r.ConfigDiffers {
		what += ".\nRun " + r.ID + " stays open: `migrateiq apply` goes on with it once nothing denies it, `migrateiq run abandon " + r.ID + "` gives it up"
	}
	if err := denied(p, what); err != nil {
		ends = append(ends, err)
	}
	if p.OpenRun != nil && p.OpenRun.ConfigDiffers {
		ends = append(ends, openRun(p.OpenRun))
	}
	return errors.Join(ends...)
}

const question = `
Do you want to carry out this plan?
  Only "yes" is taken for a yes.

  Your answer: `

// ask wants a yes from a person. Where nobody can be asked the plan needs --auto-approve.
func (c *command) ask(ctx context.Context) error {
	_, there := 0, false
	if c.Terminal != nil {
		_, there = c.Terminal(c.Stdin)
	}
	if !there || c.json {
		return errors.New("there is no terminal to ask on, so nothing was changed; give --auto-approve, or save the plan with `migrateiq plan --out FILE` and apply that")
	}
	fmt.Fprint(c.Stdout, question)
	answer := make(chan string, 1)
	go func() { // ends with the input or the program: a read from a terminal cannot be cancelled
		line, err := bufio.NewReader(c.Stdin).ReadString('\n')
		if err != nil {
			line = ""
		}
		answer <- line
	}()
	select {
	case line := <-answer:
		if strings.TrimSpace(line) != "yes" {
			return errors.New("the answer was not yes; nothing was changed")
		}
		return nil
	case <-ctx.Done():
		return &exit{code: exitInterrupted, err: errors.New("interrupted; nothing was changed")}
	}
}

// carryOut applies a plan that has its permit and reports.
func (c *command) carryOut(ctx context.Context, cfg *lang.Config, p *engine.Planned, o engine.ApplyOptions) error {
	show := c.progress()
	o.Verdicts = p.Verdicts
	report, err := c.engine(show.Tell).Carry(ctx, cfg, p, o)
	show.Close()
	if report == nil {
		report = reportOf(err)
	}
	if report == nil {
		return err
	}
	if c.json {
		err = errors.Join(err, view.ReportJSON(c.Stdout, report))
	} else {
		err = errors.Join(err, view.Report(c.Stdout, c.style(c.Stdout), report, classified(p.Plan)))
	}
	return errors.Join(err, c.bundleOf(ctx, cfg, report.Run))
}

// renewOutputs lets an apply without work record outputs that were added or taken away since the last one.
func (c *command) renewOutputs(ctx context.Context, cfg *lang.Config, p *engine.Planned) error {
	have, err := c.engine(nil).State(ctx, cfg)
	if err != nil {
		return err
	}
	same := len(have.Outputs) == len(cfg.Outputs)
	for _, o := range cfg.Outputs {
		_, recorded := have.Outputs[o.Name]
		same = same && recorded
	}
	if same || have.Lineage == "" {
		return nil
	}
	report, err := c.engine(nil).Carry(ctx, cfg, p, engine.ApplyOptions{})
	if report == nil {
		return err
	}
	return errors.Join(err, c.bundleOf(ctx, cfg, report.Run))
}

// reportOf finds the report that an error carries.
func reportOf(err error) *engine.Report {
	var partly *engine.Partly
	var check *engine.CheckFailed
	var stopped *engine.Interrupted
	var untouched *engine.Untouched
	var skipped *engine.StaleSkipped
	switch {
	case errors.As(err, &stopped):
		return stopped.Report
	case errors.As(err, &partly):
		return partly.Report
	case errors.As(err, &check):
		return check.Report
	case errors.As(err, &untouched):
		return untouched.Report
	case errors.As(err, &skipped):
		return skipped.Report
	}
	return nil
}

// classified names the mappings that hold a declared class of data.
func classified(p *plan.Plan) map[string]bool {
	out := map[string]bool{}
	for _, m := range p.Mappings {
		if m.Definition == nil {
			continue
		}
		for _, f := range m.Definition.Fields {
			if len(f.Classes) > 0 {
				out[m.Address] = true
			}
		}
	}
	return out
}
