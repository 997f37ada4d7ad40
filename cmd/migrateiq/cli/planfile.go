package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

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

// readFor reads twice: what the files say of themselves is left alone, so that a value keeps its type, and only the
// variables that would have another value than in the plan are given the plan's.
func (c *command) readFor(p *plan.Plan) (*lang.Config, diag.List) {
	vars := slices.Concat(c.planFiles(p), c.vars)
	first, _ := c.read(vars) // what is wrong here may be just the values that are still to come
	have := map[string]string{}
	for _, v := range first.Variables {
		have[v.Name] = v.Value
	}
	for _, v := range p.Inputs.Variables {
		if value, declared := have[v.Name]; declared && v.Hash == "" && value != v.Value {
			vars = append(vars, lang.Assignment{Name: v.Name, Value: expression(v.Value)})
		}
	}
	return c.read(vars)
}

// planFiles are the variable files that the plan was made with, beside those that are always read.
func (c *command) planFiles(p *plan.Plan) []lang.Assignment {
	var vars []lang.Assignment
	for _, f := range p.Inputs.Files {
		if strings.HasSuffix(f.Name, ".miqvars.hcl") && !strings.HasSuffix(f.Name, ".auto.miqvars.hcl") {
			vars = append(vars, lang.Assignment{File: filepath.Join(c.folder(), filepath.FromSlash(f.Name))})
		}
	}
	return vars
}

// expression turns a JSON value into what a command line would say: a string bare, anything else as an HCL expression,
// in which templates must not begin.
func expression(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil && value != "null" {
		return text
	}
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(value)
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
