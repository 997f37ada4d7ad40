package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
)

// Options is what a command hands to Load beside the folder.
type Options struct {
	// Version is the program's own, for required_version; "" satisfies every one.
	Version string
	// Env is the values of MIGRATEIQ_VAR_<name>, by name without that prefix.
	Env map[string]string
	// VarFiles are read before Vars are taken.
	VarFiles []string
	// Vars are taken in order, the last one wins. A command line that mixes -var and -var-file hands both in here.
	Vars []Assignment
	// Recorded is values as Variable.Value wrote them, by name, taken last: what a saved plan brings along.
	Recorded map[string]string
	// ReadFile and ReadDir stand for the file system's own; ReadDir gives the names in a folder.
	ReadFile func(name string) ([]byte, error)
	ReadDir  func(name string) ([]string, error)
}

// Assignment is one -var, or with File one -var-file. Relative files start at the working folder.
type Assignment struct {
	Name, Value string
	File        string
}

// Files are read whole; these limits keep a mistaken path from filling the memory.
const (
	largestFile   = 4 << 20 // of HCL
	largestLookup = 256 << 20
)

// loader holds one reading of a folder. Its methods add to the Config and to the findings, and go on after an error.
type loader struct {
	dir   string
	set   providers.Set
	opt   Options
	cfg   *Config
	diags diag.List

	blocks    map[string][]*hclsyntax.Block // of the root, by type, in source order
	vars      map[string]*variable
	secret    cty.Type // what secret() gives: a capsule that nothing can look into
	scope     *hcl.EvalContext
	addresses map[string]diag.Range // of every source, target, lookup and mapping that is written down
	globs     map[string]bool       // mappings of many tables
	handed    map[string]bool       // files of variables that the command line named
}

// Load reads the folder's configuration. After errors the Config holds what was right; a block with an error that
// leaves it without meaning is left out.
func Load(dir string, set providers.Set, opt Options) (*Config, diag.List) {
	l := &loader{
		dir: dir, set: set, opt: opt, cfg: &Config{Dir: dir},
		blocks:    make(map[string][]*hclsyntax.Block),
		vars:      make(map[string]*variable),
		secret:    newSecretType(),
		addresses: make(map[string]diag.Range),
		globs:     make(map[string]bool),
		handed:    make(map[string]bool),
	}
	if l.opt.ReadFile == nil {
		l.opt.ReadFile = os.ReadFile
	}
	if l.opt.ReadDir == nil {
		l.opt.ReadDir = readDir
	}
	l.load()
	l.cfg.NotYet = l.cfg.NotYet.Sorted()
	return l.cfg, l.diags.Sorted()
}

func (l *loader) load() {
	l.cfg.Settings.StatePath = l.statePath(defaultState)
	names := l.list()
	if !l.parse(names) {
		l.digest()
		return
	}
	l.variables(names)
	l.locals()
	l.settings()
	l.register()
	l.systems()
	l.lookups()
	l.mappings()
	l.outputs()
	l.moves()
	l.digest()
}

// list names the folder's files in alphabetical order.
func (l *loader) list() []string {
	names, err := l.opt.ReadDir(l.dir)
	if err != nil {
		l.unplaced("no-configuration", "No configuration", fmt.Sprintf("The folder %s cannot be read: %s.", l.dir, reason(err)))
		return nil
	}
	slices.Sort(names)
	if !slices.ContainsFunc(names, isConfiguration) {
		l.unplaced("no-configuration", "No configuration",
			fmt.Sprintf("The folder %s holds no file *.miq.hcl. Go to the folder that does, or name it with --chdir.", l.dir))
	}
	return names
}

func isConfiguration(name string) bool {
	return strings.HasSuffix(name, ".miq.hcl") && !strings.HasPrefix(name, ".")
}

// parse reads every configuration file. It reports false where text is not HCL: what follows from half a file would
// only confuse.
func (l *loader) parse(names []string) bool {
	whole := true
	for _, name := range names {
		if !isConfiguration(name) {
			continue
		}
		src, ok := l.read(filepath.Join(l.dir, name), name)
		if !ok {
			whole = false
			continue
		}
		body, problems := syntaxTree(src, name)
		if problems.HasErrors() {
			l.syntax(problems)
			whole = false
			continue
		}
		l.collect(body)
	}
	return whole
}

// collect sorts the blocks of one file by their type.
func (l *loader) collect(body *hclsyntax.Body) {
	for _, attr := range body.Attributes {
		l.fail("unknown-attribute", attr.NameRange, "", "Attribute outside of a block",
			fmt.Sprintf("%q stands outside of every block. A file holds blocks only; a value to use again belongs into locals { }.", attr.Name))
	}
	for _, b := range body.Blocks {
		switch {
		case slices.Contains(rootForm.blocks, b.Type):
			if l.labels(b, rootLabels[b.Type]...) {
				l.blocks[b.Type] = append(l.blocks[b.Type], b)
			}
		case rootForm.later[b.Type] != "":
			l.later(b.TypeRange, object(b), "The block "+b.Type, rootForm.later[b.Type])
		default:
			l.fail("unknown-block", b.TypeRange, "", "Unknown block", unknownRoot(b.Type))
		}
	}
}

// read takes a file of HCL into the Config's list of files. shown is its name there.
func (l *loader) read(path, shown string) ([]byte, bool) {
	return l.readUpTo(largestFile, path, shown, nil)
}

// readUpTo is read for files of any kind; at is the place that named the file.
func (l *loader) readUpTo(limit int, path, shown string, at *diag.Range) ([]byte, bool) {
	src, err := l.opt.ReadFile(path)
	if err == nil && len(src) > limit {
		err = fmt.Errorf("it is larger than %d MiB", limit>>20)
	}
	if err != nil {
		l.diags.Add(diag.Diagnostic{Code: "file-not-read", Summary: "File not read", Subject: at,
			Detail: fmt.Sprintf("%s cannot be read: %s.", shown, reason(err))})
		return nil, false
	}
	l.file(shown, src)
	return src, true
}

// reason is an error of the file system without the path, which the message names already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// relative names a file as the Config's list of files does.
func (l *loader) relative(path string) string {
	dir, err := filepath.Abs(l.dir)
	if err != nil {
		return filepath.ToSlash(path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	if rel, err := filepath.Rel(dir, abs); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

// absolute makes a path that starts at the root folder.
func (l *loader) absolute(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.dir, path)
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func readDir(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", name, err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
