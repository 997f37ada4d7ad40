package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
)

// planFlags are what plan and apply without a file have in common.
type planFlags struct {
	options engine.PlanOptions
	full    bool
}

func (p *planFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&p.options.Replace, "replace", nil, "load the rows of the mapping `ADDRESS` anew; may be given again")
	f.StringArrayVar(&p.options.Target, "target", nil, "plan the mappings of `ADDRESS` only, and those that they need: an address, a pattern with * or ?, or tag:NAME; may be given again")
	f.StringArrayVar(&p.options.Exclude, "exclude", nil, "leave the mappings of `ADDRESS` out: an address, a pattern with * or ?, or tag:NAME; may be given again")
	f.BoolVar(&p.options.Refresh, "refresh", true, "look at the rows of both ends; --refresh=false compares definitions only")
	f.BoolVar(&p.options.Exact, "exact", false, "compare all rows of a changed mapping, and not a sample of them")
	f.BoolVar(&p.full, "full", false, "show every field and all SQL")
}

func (p *planFlags) detail() view.Detail {
	if p.full {
		return view.Full
	}
	return view.Folded
}

func (c *command) plan() *cobra.Command {
	var flags planFlags
	var out string
	var detailed, look bool
	var preview int
	cmd := &cobra.Command{
		Use: "plan", Short: "Show what apply would do", Args: noArguments,
		Long: `plan compares the configuration with what was done before and with what both ends hold now, and prints what apply
would do. It changes nothing, and writes a line into the audit log. With --refresh-only it plans nothing either: it says
what has changed at both ends since the last runs, and exits 9 where something has. With --preview it reads the rows
that would be written once more and shows a few of each mapping, those with the least keys, as they stand and as they would
be. Values of classified fields are never shown. What is shown stands in no plan file, no state and no JSON document.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("preview") {
				if err := flags.previews(preview, look); err != nil {
					return err
				}
			}
			if look {
				return c.drift(cmd, flags)
			}
			if err := c.readChange(); err != nil {
				return err
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			planned, err := c.makePlan(cmd.Context(), cfg, flags)
			if err != nil {
				return err
			}
			if out != "" {
				if err := c.savePlan(out, planned.Plan); err != nil {
					return err
				}
			}
			return c.judgePlan(planned, out, detailed)
		},
	}
	flags.add(cmd)
	c.configFlags(cmd)
	c.changeFlags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "save the plan in `FILE`, for migrateiq apply FILE")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 2 where there are changes")
	cmd.Flags().BoolVar(&look, "refresh-only", false, "say what has changed at both ends since the last runs, and exit 9 where something has")
	cmd.Flags().IntVar(&preview, "preview", 0, "show `N` rows of each mapping that would be written; 5 without a number")
	cmd.Flags().Lookup("preview").NoOptDefVal = "5"
	c.jsonFlag(cmd, "print the plan as one JSON document")
	return cmd
}

// mostShown is how many rows of a mapping a plan shows at most.
const mostShown = 1000

// previews takes over how many rows are shown.
func (p *planFlags) previews(n int, look bool) error {
	switch {
	case n < 1 || n > mostShown:
		return fmt.Errorf("--preview is a whole number from 1 to %d", mostShown)
	case look:
		return errors.New("--preview shows what a plan would write, and --refresh-only plans nothing: use one of the two")
	case !p.options.Refresh:
		return errors.New("--preview looks at rows, and --refresh=false does not: use one of the two")
	}
	p.options.Preview = n
	return nil
}

// makePlan plans and shows the plan.
func (c *command) makePlan(ctx context.Context, cfg *lang.Config, flags planFlags) (*engine.Planned, error) {
	if err := c.rules(ctx, cfg); err != nil {
		return nil, err
	}
	planned, found, err := c.engine(nil).Plan(ctx, cfg, flags.options)
	if planned != nil {
		found = planned.Warnings
	}
	if told := c.tell(found); told != nil {
		return nil, errors.Join(told, err)
	}
	if err != nil {
		return nil, err
	}
	return planned, c.showPlan(planned, flags.detail())
}

// showVerdicts prints what the policies say of a plan that is not shown itself; as JSON in one line, as all of an apply.
func (c *command) showVerdicts(p *engine.Planned) error {
	if c.json {
		return json.NewEncoder(c.Stdout).Encode(map[string]any{"format": 1, "verdicts": p.Verdicts})
	}
	return view.Policy(c.Stdout, c.style(c.Stdout), p.Verdicts)
}

func (c *command) showPlan(p *engine.Planned, detail view.Detail) error {
	doc, err := view.Encode(p)
	if err != nil {
		return err
	}
	if c.json {
		if len(p.Preview) > 0 {
			fmt.Fprintln(c.Stderr, "The document holds no row value, so what --preview shows is not in it; `migrateiq plan --preview` prints it, and `migrateiq diff rows -json ADDRESS` gives rows as JSON.")
		}
		_, err := c.Stdout.Write(doc)
		return err
	}
	s := c.style(c.Stdout)
	if p.OpenRun != nil {
		fmt.Fprintf(c.Stdout, "Run %s of %s is not finished: %d of %d steps are done. This is its recorded plan.\n\n", p.OpenRun.ID,
			p.OpenRun.Opened.UTC().Format("2006-01-02 15:04:05Z"), p.OpenRun.StepsDone, p.OpenRun.StepsAll)
	}
	if err := view.Plan(c.Stdout, s, doc, detail); err != nil {
		return err
	}
	if err := view.Preview(c.Stdout, s, p.Preview); err != nil {
		return err
	}
	return view.Gone(c.Stdout, s, p.Gone)
}

// judgePlan is the end of plan: how to go on, and the exit code.
func (c *command) judgePlan(p *engine.Planned, out string, detailed bool) error {
	var ends []error
	if err := denied(p, "it cannot be applied"); err != nil {
		ends = append(ends, err)
	}
	if p.OpenRun != nil {
		ends = append(ends, openRun(p.OpenRun))
	}
	if len(ends) > 0 {
		return errors.Join(ends...)
	}
	if p.Plan.Empty() {
		return nil
	}
	if !c.json {
		next := "migrateiq apply"
		if out != "" {
			next += " " + out
		}
		fmt.Fprintf(c.Stdout, "\n`%s` carries it out.\n", next)
	}
	if detailed {
		return &exit{code: exitChanges}
	}
	return nil
}

// openRun says what can be done about a run that is not finished.
func openRun(r *engine.OpenRun) error {
	if r.ConfigDiffers {
		return &exit{code: exitPartly, err: differs(r)}
	}
	return &exit{code: exitPartly, err: fmt.Errorf("run %s is not finished; `migrateiq apply` goes on with it, `migrateiq run abandon %s` gives it up", r.ID, r.ID)}
}

func differs(r *engine.OpenRun) error {
	var what bytes.Buffer
	for _, d := range r.Differing {
		fmt.Fprintf(&what, "\n  %s", d)
	}
	return fmt.Errorf("run %s is not finished, and the folder is not the one it was planned from:%s\n"+
		"Either put the folder back as it was and run `migrateiq apply`, which goes on with the run;\n"+
		"or give the run up with `migrateiq run abandon %s`, which leaves every committed row where it is, and plan again", r.ID, what.String(), r.ID)
}

// savePlan writes a plan file whole or not at all, readable for its owner only: values of variables stand in it.
func (c *command) savePlan(name string, p *plan.Plan) error {
	var b bytes.Buffer
	if err := plan.Write(&b, p); err != nil {
		return fmt.Errorf("write plan file %s: %w", name, err)
	}
	if err := renameio.WriteFile(c.path(name), b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write plan file %s: %w", name, err)
	}
	return nil
}
