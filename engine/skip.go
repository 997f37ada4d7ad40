package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Skipped is a mapping of the plan that was stale and was left out.
type Skipped struct{ Address, Reason string }

// StaleSkipped says that the rest of the plan is done, and that some mappings were stale.
type StaleSkipped struct{ Report *Report }

func (e *StaleSkipped) Error() string {
	n, them := len(e.Report.Skipped), "them"
	if n == 1 {
		them = "it"
	}
	return plan.Count(int64(n), "mapping") + " of the plan had gone stale, and nothing was done for " + them + "; make a new plan for what is left"
}

// skippable gives the mappings that have to be left out for these reasons, and those that wait for one of them. Nil says
// that leaving mappings out does not help: the whole plan is stale, or nothing would be left to do.
func skippable(p *plan.Plan, reasons []StaleReason) map[string]string {
	skip := map[string]string{}
	for _, r := range reasons {
		if r.Mapping == "" {
			return nil
		}
		if was := skip[r.Mapping]; was != "" {
			skip[r.Mapping] = was + "; " + r.Code + " " + r.Text
			continue
		}
		skip[r.Mapping] = r.Code + " " + r.Text
	}
	if len(skip) == 0 {
		return nil
	}
	for again := true; again; {
		again = false
		for _, s := range p.Steps {
			again = waits(p, s, skip) || again
		}
	}
	left := slices.ContainsFunc(p.Mappings, func(m plan.Mapping) bool {
		_, skipped := skip[m.Address]
		return !skipped && !(len(m.Actions) == 1 && m.Actions[0].Kind == plan.Keep)
	})
	if !left {
		return nil
	}
	return skip
}

// waits leaves a mapping out that waits for one that is left out, and reports whether that is new.
func waits(p *plan.Plan, s plan.Step, skip map[string]string) bool {
	if _, already := skip[s.Mapping]; already || s.Mapping == "" {
		return false
	}
	for _, n := range s.Needs {
		if o := p.Steps[n].Mapping; o != s.Mapping && skip[o] != "" {
			skip[s.Mapping] = "it waits for " + o
			return true
		}
	}
	return false
}

// skippedIn lists what was left out, in the order of the addresses.
func skippedIn(skip map[string]string) []Skipped {
	var out []Skipped
	for _, a := range slices.Sorted(maps.Keys(skip)) {
		out = append(out, Skipped{Address: a, Reason: skip[a]})
	}
	return out
}

// lookAgain holds the columns of one mapping against the plan once more, before its first row moves: others may have
// changed them while earlier mappings were copied. A table that the run itself alters first is not looked at, nor is a file,
// whose content was read as it was when the run began.
func (e *Engine) lookAgain(p *plan.Plan, o *opened) func(ctx context.Context, mapping string) error {
	return func(ctx context.Context, mapping string) error {
		for _, obj := range p.Inputs.Objects {
			d := definitionOf(p, obj)
			if obj.Mapping != mapping || d == nil || d.Query != "" || obj.Schema == "" {
				continue
			}
			role := "source"
			if obj.System == d.Target {
				role = "target"
			}
			end := o.ends[obj.System]
			inspector, can := providers.As[providers.Inspector](end)
			if _, file := providers.As[providers.Fingerprinter](end); !can || file || role == "target" && alters(p, mapping) {
				continue
			}
			tables := []schema.Ref{obj.Table}
			if role == "source" {
				for _, j := range d.Joins {
					tables = append(tables, j.Table)
				}
			}
			found, err := inspector.Inspect(ctx, tables)
			if err != nil {
				return err
			}
			t, _ := found.Table(obj.Table)
			if columnsDiffer(d, obj, prefixOf(role), t, found) {
				return &providers.Error{Op: "copy into", Object: d.TargetTable.String(), Class: providers.Conflict,
					Err:    errors.New(prefixOf(role) + "-SCHEMA: " + fmt.Sprintf("the columns in use of table %s of %s are not as the plan has them", obj.Table, obj.System)),
					Remedy: "Put them back and run the same command, or end the run with `migrateiq run abandon` and make a new plan."}
			}
		}
		return nil
	}
}

// alters reports whether the run changes the mapping's table itself.
func alters(p *plan.Plan, mapping string) bool {
	return slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Mapping == mapping && s.Work == plan.Define && s.Change != nil })
}
