package cli

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
)

// openPlan reads a plan file.
func (c *command) openPlan(name string) (*plan.Plan, error) {
	raw, err := c.ReadFile(c.path(name))
	if err != nil {
		return nil, fmt.Errorf("read plan file: %w", err)
	}
	p, err := plan.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read plan file %s: %w", name, err)
	}
	return p, nil
}

// loadFor reads the configuration as it was when p was made: the plan gives the values of variables, the command line
// only those that are sensitive, which no plan holds.
func (c *command) loadFor(p *plan.Plan) (*lang.Config, error) {
	cfg, found := c.readFor(p)
	if err := c.tell(found); err != nil {
		return nil, err
	}
	return cfg, c.onlySensitive(cfg)
}

// readFor gives the loader the values that the plan recorded.
func (c *command) readFor(p *plan.Plan) (*lang.Config, diag.List) {
	recorded := map[string]string{}
	for _, v := range p.Inputs.Variables {
		if v.Hash == "" {
			recorded[v.Name] = v.Value
		}
	}
	return lang.Load(c.folder(), c.Providers, lang.Options{Version: c.Version, Env: c.variables(), Vars: slices.Clone(c.vars), Recorded: recorded})
}

func (c *command) onlySensitive(cfg *lang.Config) error {
	for _, given := range c.vars {
		if given.File != "" {
			return fmt.Errorf("a saved plan holds the values of its variables, so --var-file cannot be given with it; give sensitive ones again with --var or %sNAME", variablePrefix)
		}
		for _, v := range cfg.Variables {
			if v.Name == given.Name && !v.Sensitive {
				return fmt.Errorf("a saved plan holds the value of var.%s, so --var cannot change it; make a new plan for another value", v.Name)
			}
		}
	}
	return nil
}
