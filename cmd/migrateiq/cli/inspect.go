package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/write"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// inspectFlags are what inspect was asked for.
type inspectFlags struct {
	to, name, out string
	tables        []string
	glob          bool
}

func (c *command) inspect() *cobra.Command {
	var flags inspectFlags
	cmd := &cobra.Command{
		Use: "inspect ADDRESS | KIND NAME=VALUE...", Short: "Write the configuration that moves what a database holds",
		Long: `inspect looks at a source and writes configuration: the source with its tables and columns, a target, and a mapping
for every table. It changes nothing in the source, and overwrites no file.

A source of this folder is named by its address: migrateiq inspect source.sqlite.shop
A system that no file declares yet is described: migrateiq inspect sqlite path=shop.db --name shop --out shop
A secret is given as a reference: migrateiq inspect postgres url=env://SHOP_URL

--to names a target of this folder, or a kind of system with its attributes: --to sqlite,path=new.db
Without attributes, what the target needs becomes a variable to be given a value later.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("%s wants the address of a source, or a kind of system with its attributes: `%s --help` shows both", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			in := &inspection{c: c, flags: flags, folder: c.folder()}
			if flags.out != "" {
				in.folder = c.path(flags.out)
			}
			return in.run(cmd.Context(), args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.to, "to", "", "write mappings into the target `ADDRESS | KIND[,NAME=VALUE...]` (default: a system of the source's kind)")
	f.StringArrayVar(&flags.tables, "tables", nil, "take only the tables that `GLOB` fits; may be given again")
	f.BoolVar(&flags.glob, "glob", false, "write one mapping for many tables instead of one for each")
	f.StringVar(&flags.name, "name", "old", "call a described source `NAME`")
	f.StringVar(&flags.out, "out", "", "write files into the folder `DIR` instead of printing")
	c.configFlags(cmd)
	return cmd
}

// inspection is one run of inspect.
type inspection struct {
	c      *command
	flags  inspectFlags
	folder string       // where the files belong
	own    *lang.Config // of the folder, where something of it is named
	f      write.Findings
	open   bool // nothing is left to be filled in, so the target can be asked
}

func (in *inspection) run(ctx context.Context, args []string) error {
	cfg, source, err := in.source(args)
	if err != nil {
		return err
	}
	to, target, err := in.target(source.Kind)
	if err != nil {
		return err
	}
	e := in.c.engine(nil)
	catalog, found := e.Inspect(ctx, cfg, source, in.flags.tables)
	if err := in.tell(found); err != nil {
		return err
	}
	if in.open {
		if in.f.Refused, found = e.Refused(ctx, to, source, target, catalog); found.HasErrors() {
			for i := range found {
				found[i].Severity = diag.Warning
				found[i].Detail += " Whether it can keep every type of the source was not asked."
			}
		}
		if err := in.tell(found); err != nil {
			return err
		}
	}
	in.divide(source, catalog)
	files, err := write.Files(in.f)
	if err != nil {
		return err
	}
	if err := in.free(files); err != nil {
		return err
	}
	if err := in.check(files); err != nil {
		return err
	}
	return in.hand(files)
}

// source finds the system to be inspected: of the folder, or as the arguments describe it.
func (in *inspection) source(args []string) (*lang.Config, *lang.System, error) {
	if !strings.Contains(args[0], ".") {
		return in.described(write.System{Role: "source", Kind: args[0], Name: in.flags.name}, args[1:], &in.f.Source)
	}
	if len(args) > 1 {
		return nil, nil, fmt.Errorf("the address of a source stands alone, and got %q too; a system with attributes begins with its kind, as in `migrateiq inspect sqlite path=shop.db`", args[1])
	}
	s, err := in.declared("source", args[0])
	if err != nil {
		return nil, nil, err
	}
	in.f.Source = write.System{Role: "source", Kind: s.Kind, Name: s.Name, Address: s.Address}
	return in.own, s, nil
}

// declared finds a system of the folder.
func (in *inspection) declared(role, address string) (*lang.System, error) {
	if in.flags.out != "" && filepath.Clean(in.folder) != filepath.Clean(in.c.folder()) {
		return nil, fmt.Errorf("%s is declared in this folder, so what is written belongs here: leave --out away, or name this folder with it", address)
	}
	if in.own == nil {
		cfg, err := in.c.load()
		if err != nil {
			return nil, err
		}
		in.own = cfg
	}
	var have []string
	for _, s := range in.own.Systems {
		if s.Role != role {
			continue
		}
		if s.Address == address {
			return s, nil
		}
		have = append(have, s.Address)
	}
	if len(have) == 0 {
		return nil, fmt.Errorf("no file of this folder declares a %s", role)
	}
	return nil, fmt.Errorf("this folder has no %s.%s It has %s", address, diag.Suggest(address, have), strings.Join(have, ", "))
}

// described makes a system of a kind and its attributes, as if a file held its block.
func (in *inspection) described(s write.System, pairs []string, into *write.System) (*lang.Config, *lang.System, error) {
	p, ok := in.c.Providers.Provider(s.Kind)
	if !ok {
		return nil, nil, fmt.Errorf("there is no kind of system %q.%s The kinds are %s", s.Kind, diag.Suggest(s.Kind, in.c.Providers.Names()), strings.Join(in.c.Providers.Names(), ", "))
	}
	shape := connectionOf(p)
	given, err := shape.parse(s.Kind, pairs)
	if err != nil {
		return nil, nil, err
	}
	if s.Role == "source" && len(given) == 0 {
		return nil, nil, fmt.Errorf("say where the source is: migrateiq inspect %s %s", s.Kind, shape.sample())
	}
	here, placeholders := shape.attributes(s, given, func(p string) string { return p })
	s.Attributes = here
	text, err := write.Blocks(s, placeholders)
	if err != nil {
		return nil, nil, err
	}
	const file = "command line.miq.hcl"
	options := lang.Options{Version: in.c.Version, ReadDir: func(string) ([]string, error) { return []string{file}, nil },
		ReadFile: func(string) ([]byte, error) { return text, nil }}
	for _, p := range placeholders {
		options.Vars = append(options.Vars, lang.Assignment{Name: p.Name, Value: "placeholder"})
	}
	cfg, found := lang.Load(in.c.folder(), in.c.Providers, options)
	if found.HasErrors() {
		read := func(string) []byte { return text }
		return nil, nil, errors.Join(&exit{code: exitError}, view.Diagnostics(in.c.Stderr, in.c.style(in.c.Stderr), read, found))
	}
	in.f.Placeholders = append(in.f.Placeholders, placeholders...)
	in.open = len(placeholders) == 0 && len(given) > 0
	*into = s
	into.Attributes, _ = shape.attributes(s, given, in.fromFolder)
	return cfg, cfg.Systems[0], nil
}

// fromFolder makes a path that starts at the working folder start where the files will be.
func (in *inspection) fromFolder(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	rel, err := filepath.Rel(in.folder, in.c.path(path))
	if err != nil {
		return in.c.path(path)
	}
	return filepath.ToSlash(rel)
}

// target finds the target: of the folder, as --to describes it, or one of the source's kind.
func (in *inspection) target(kind string) (*lang.Config, *lang.System, error) {
	if strings.HasPrefix(in.flags.to, "target.") {
		s, err := in.declared("target", in.flags.to)
		if err != nil {
			return nil, nil, err
		}
		in.f.Target = write.System{Role: "target", Kind: s.Kind, Name: s.Name, Address: s.Address}
		in.open = true
		return in.own, s, nil
	}
	var pairs []string
	if in.flags.to != "" {
		all := strings.Split(in.flags.to, ",")
		kind, pairs = all[0], all[1:]
	}
	return in.described(write.System{Role: "target", Kind: kind, Name: "new"}, pairs, &in.f.Target)
}

// divide keeps the tables that the folder's mappings do not move yet.
func (in *inspection) divide(source *lang.System, catalog *schema.Catalog) {
	in.f.Glob, in.f.Globs = in.flags.glob, in.flags.tables
	if in.own != nil {
		for _, m := range in.own.Mappings {
			in.f.Taken = append(in.f.Taken, m.Name)
		}
	}
	for _, t := range catalog.Tables {
		if in.own != nil && in.f.Source.Address != "" {
			if owner := engine.Owner(in.own, source.Address, t.Ref); owner != "" {
				in.f.Left = append(in.f.Left, write.Left{Table: t.Ref, Why: owner + " moves it already"})
				continue
			}
		}
		in.f.Tables = append(in.f.Tables, t)
	}
}

// check reads what is about to be written as the next command will, so that nothing is handed out that does not load.
func (in *inspection) check(files []write.File) error {
	texts := map[string][]byte{}
	for _, f := range files {
		texts[filepath.Join(in.folder, "inspect "+f.Name)] = f.Text
	}
	options := lang.Options{Version: in.c.Version, Env: in.c.variables(), Vars: slices.Clone(in.c.vars)}
	for _, p := range in.f.Placeholders {
		options.Vars = append(options.Vars, lang.Assignment{Name: p.Name, Value: "placeholder"})
	}
	options.ReadFile = func(name string) ([]byte, error) {
		if text, ok := texts[name]; ok {
			return text, nil
		}
		return os.ReadFile(name)
	}
	options.ReadDir = func(dir string) ([]string, error) {
		var names []string
		if in.own != nil || in.flags.out != "" {
			entries, err := os.ReadDir(dir)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			for _, e := range entries {
				if !e.IsDir() {
					names = append(names, e.Name())
				}
			}
		}
		for _, f := range files {
			names = append(names, "inspect "+f.Name)
		}
		return names, nil
	}
	_, found := lang.Load(in.folder, in.c.Providers, options)
	if !found.HasErrors() {
		return nil
	}
	read := func(name string) []byte {
		text, err := options.ReadFile(filepath.Join(in.folder, name))
		if err != nil {
			return nil
		}
		return text
	}
	return errors.Join(&exit{code: exitError}, view.Diagnostics(in.c.Stderr, in.c.style(in.c.Stderr), read, found))
}

// free demands that no file stands where one is to be written.
func (in *inspection) free(files []write.File) error {
	if in.flags.out == "" {
		return nil
	}
	for _, f := range files {
		if _, err := os.Stat(filepath.Join(in.folder, f.Name)); err == nil {
			return fmt.Errorf("%s is there already, and inspect overwrites nothing: remove it, or name another folder with --out", filepath.ToSlash(filepath.Join(in.flags.out, f.Name)))
		}
	}
	return nil
}

// hand prints the files, or writes them.
func (in *inspection) hand(files []write.File) error {
	if in.flags.out == "" {
		for i, f := range files {
			if i > 0 {
				fmt.Fprintln(in.c.Stdout)
			}
			if _, err := in.c.Stdout.Write(f.Text); err != nil {
				return err
			}
		}
		return nil
	}
	if err := os.MkdirAll(in.folder, 0o755); err != nil {
		return fmt.Errorf("make the folder %s: %w", in.flags.out, err)
	}
	for _, f := range files {
		path := filepath.Join(in.folder, f.Name)
		if err := renameio.WriteFile(path, f.Text, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		fmt.Fprintf(in.c.Stdout, "Wrote %s\n", filepath.ToSlash(filepath.Join(in.flags.out, f.Name)))
	}
	in.next()
	return nil
}

// next says what is left to be done.
func (in *inspection) next() {
	plan := "migrateiq"
	if filepath.Clean(in.folder) != filepath.Clean(in.c.folder()) {
		plan += " --chdir " + in.flags.out
	}
	plan += " plan"
	for _, p := range in.f.Placeholders {
		plan += " --var " + p.Name + "=..."
	}
	fmt.Fprintf(in.c.Stdout, "Read them, then run `%s`.\n", plan)
}

func (in *inspection) tell(found diag.List) error {
	if in.own == nil { // places are those of the described system, which no file has
		found = slices.Clone(found)
		for i := range found {
			found[i].Subject = nil
		}
	}
	return in.c.tell(found)
}
