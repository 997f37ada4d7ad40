package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

func collect(names *[]string) func(*pflag.Flag) {
	return func(f *pflag.Flag) { *names = append(*names, f.Name) }
}

// folder is the root folder of the configuration.
func (c *command) folder() string {
	if c.chdir == "" {
		return c.Dir
	}
	if filepath.IsAbs(c.chdir) {
		return filepath.Clean(c.chdir)
	}
	return filepath.Join(c.Dir, c.chdir)
}

// path makes a path from the command line start at the folder.
func (c *command) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.folder(), name)
}

// variable is --var or --var-file; both fill one list, since the last one given wins.
type variable struct {
	c    *command
	file bool
}

func (v variable) String() string { return "" }

func (v variable) Type() string {
	if v.file {
		return "FILE"
	}
	return "NAME=VALUE"
}

func (v variable) Set(text string) error {
	if v.file {
		v.c.vars = append(v.c.vars, lang.Assignment{File: v.c.path(text)})
		return nil
	}
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errAssignment
	}
	v.c.vars = append(v.c.vars, lang.Assignment{Name: name, Value: value})
	return nil
}

// configFlags adds the flags of every command that reads the configuration.
func (c *command) configFlags(cmd *cobra.Command) {
	cmd.Flags().Var(variable{c: c}, "var", "give a variable its value; may be given again")
	cmd.Flags().Var(variable{c: c, file: true}, "var-file", "read values of variables from a file; may be given again")
}

const variablePrefix = "MIGRATEIQ_VAR_"

// load reads the configuration. Its findings are told; an error means that they were errors.
func (c *command) load() (*lang.Config, error) {
	cfg, found := c.read(c.vars)
	return cfg, c.tell(found)
}

func (c *command) read(vars []lang.Assignment) (*lang.Config, diag.List) {
	return lang.Load(c.folder(), c.Providers, lang.Options{Version: c.Version, Env: c.variables(), Vars: slices.Clone(vars)})
}

// variables are the values that the environment gives, by the variable's name.
func (c *command) variables() map[string]string {
	env := map[string]string{}
	for _, e := range c.Environ {
		if n, v, ok := strings.Cut(e, "="); ok && strings.HasPrefix(n, variablePrefix) {
			env[strings.TrimPrefix(n, variablePrefix)] = v
		}
	}
	return env
}

// tell prints findings: as text where people read, as JSON where programs do. It returns an error for errors.
func (c *command) tell(found diag.List) error {
	if len(found) == 0 {
		return nil
	}
	if c.json && found.HasErrors() {
		if err := view.DiagnosticsJSON(c.Stdout, found); err != nil {
			return err
		}
	}
	if err := view.Diagnostics(c.Stderr, c.style(c.Stderr), view.Folder(c.folder()), found); err != nil {
		return err
	}
	if found.HasErrors() {
		return &exit{code: exitError}
	}
	return nil
}

// engine makes the engine for one command.
func (c *command) engine(sink event.Sink) *engine.Engine {
	return &engine.Engine{
		Providers: c.Providers,
		Secrets:   secret.Resolver{Env: c.env, ReadFile: c.ReadFile, Dir: c.folder()},
		Rules:     c.Rules, Bundles: c.bundles, Store: c.Store, Log: engine.Beside, Tell: sink, Version: c.Version, Owner: c.Owner,
		Change:   c.change,
		Parallel: c.parallel, LockWait: c.lockWait, Now: c.Now,
	}
}

// progress shows what is told while rows move.
func (c *command) progress() view.Progress {
	s := c.style(c.Stdout)
	switch {
	case c.json:
		return view.NewEvents(c.Stdout)
	case s.Width > 0:
		return view.NewBars(c.Stdout, s)
	}
	return view.NewLines(c.Stdout, s)
}
