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
	// ReadTree gives the names of all files below a folder, with slashes.
	ReadTree func(name string) ([]string, error)
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

// reading is one call of Load: what the root and all modules share.
type reading struct {
	root      string // the root folder, as it was handed in
	set       providers.Set
	opt       Options
	cfg       *Config
	diags     diag.List
	secret    cty.Type // what secret() gives: a capsule that nothing can look into
	endpoint  cty.Type // what source.KIND.NAME and target.KIND.NAME stand for
	handed    map[string]bool
	trees     map[string]*hclsyntax.Body // of the files of modules, which several calls may read
	readable  map[string]bool            // expressions whose syntax is right: many mappings write the same ones
	loaders   []*loader                  // the root, and every instance of a module behind the one that calls it
	instances map[string]bool            // full addresses of modules and mappings; true for a mapping of many tables
	broken    []string                   // full addresses of blocks whose instances nobody knows, because of an error
}

// loader reads one folder: the root, or a module for one of its instances. Its methods add to the Config and to the
// findings, and go on after an error.
type loader struct {
	*reading
	dir     string  // with the folder's files
	caller  *call   // nil for the root
	up      *loader // the folder that calls it
	prefix  string  // of addresses: "", or module.x["k"]. with a point behind
	needs   needs   // what depends_on of the modules around asks for
	current *each   // of the instance that is being read, nil for a block without for_each

	blocks    map[string][]*hclsyntax.Block // by type, in source order
	vars      map[string]*variable
	scope     *hcl.EvalContext
	addresses map[string]diag.Range // of every block that is written down, without the prefix
	globs     map[string]bool       // mappings of many tables
	keys      map[string][]each     // of blocks with for_each, by address
	dynamic   map[string]bool       // local values that a module's output goes into
	calls     map[string][]*call    // the instances of modules, by the module's name
	results   map[string]*result    // outputs by name

	governance *Governance // of this folder and those around it, nil where nobody declares any
}

// Load reads the folder's configuration. After errors the Config holds what was right; a block with an error that
// leaves it without meaning is left out.
func Load(dir string, set providers.Set, opt Options) (*Config, diag.List) {
	r := &reading{root: dir, set: set, opt: opt, cfg: &Config{Dir: dir}, secret: newSecretType(), endpoint: newEndpointType(),
		handed: make(map[string]bool), trees: make(map[string]*hclsyntax.Body), readable: make(map[string]bool), instances: make(map[string]bool)}
	if r.opt.ReadFile == nil {
		r.opt.ReadFile = os.ReadFile
	}
	if r.opt.ReadDir == nil {
		r.opt.ReadDir = readDir
	}
	if r.opt.ReadTree == nil {
		r.opt.ReadTree = readTree
	}
	r.load()
	r.cfg.NotYet = distinct(r.cfg.NotYet.Sorted())
	return r.cfg, distinct(r.diags.Sorted())
}

func (r *reading) folder(dir string) *loader {
	return &loader{reading: r, dir: dir,
		blocks: make(map[string][]*hclsyntax.Block), vars: make(map[string]*variable), addresses: make(map[string]diag.Range),
		globs: make(map[string]bool), keys: make(map[string][]each), dynamic: make(map[string]bool),
		calls: make(map[string][]*call), results: make(map[string]*result)}
}

// load reads in rounds, since a module may be handed a source of the folder that calls it: first all that needs no
// system, in the root and through it in all modules, then the systems, then what names them.
func (r *reading) load() {
	root := r.folder(r.root)
	r.cfg.Settings.StatePath = root.statePath(defaultState)
	if names := root.list(); root.parse(names) {
		root.begin(names)
		for _, round := range []func(*loader){(*loader).settings, (*loader).systems, (*loader).lookups, (*loader).keyBlocks,
			(*loader).governs, (*loader).exemptions, (*loader).mappings, (*loader).moves, (*loader).reloads, (*loader).imports} {
			for _, l := range r.loaders {
				round(l)
			}
		}
		r.targetsLast()
		r.circles()
		r.referred()
	}
	r.digest()
}

// begin is the first round. It reads the modules that the folder calls as well.
func (l *loader) begin(names []string) {
	l.loaders = append(l.loaders, l)
	l.variables(names)
	l.register()
	l.locals()
	l.instantiate()
	l.outputs()
}

// distinct drops findings that say the same of the same place: a block with for_each is read once for each key.
func distinct(all diag.List) diag.List {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(d diag.Diagnostic) bool {
		key := fmt.Sprintf("%s\x00%s\x00%s\x00%s", d.Code, d.Summary, d.Detail, d.Object)
		if d.Subject != nil {
			key += fmt.Sprintf("%s %d %d", d.Subject.File, d.Subject.Start.Byte, d.Subject.End.Byte)
		}
		was := seen[key]
		seen[key] = true
		return was
	})
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
			fmt.Sprintf("The folder %s holds no file *.miq.hcl or *.miq.json. Go to the folder that does, or name it with --chdir.", l.dir))
	}
	return names
}

func isConfiguration(name string) bool {
	return (strings.HasSuffix(name, ".miq.hcl") || isJSON(name)) && !strings.HasPrefix(name, ".")
}

// isJSON reports whether a file holds configuration in HCL's JSON form.
func isJSON(name string) bool { return strings.HasSuffix(name, ".miq.json") }

// parse reads every configuration file. It reports false where text is neither HCL nor JSON: what follows from half a file would
// only confuse.
func (l *loader) parse(names []string) bool {
	whole := true
	for _, name := range names {
		shown := l.relative(filepath.Join(l.dir, name))
		if !isConfiguration(name) {
			continue
		}
		body, ok := l.tree(filepath.Join(l.dir, name), shown)
		if !ok {
			whole = false
			continue
		}
		l.collect(body)
	}
	return whole
}

// tree is one file, parsed. The files of a module that is called several times are parsed once.
func (l *loader) tree(path, shown string) (*hclsyntax.Body, bool) {
	if body := l.trees[shown]; body != nil {
		return body, true
	}
	src, ok := l.read(path, shown)
	if !ok {
		return nil, false
	}
	parse := syntaxTree
	if isJSON(shown) {
		parse = jsonTree
	}
	body, problems := parse(src, shown)
	if problems.HasErrors() {
		l.syntax(problems)
		return nil, false
	}
	l.trees[shown] = body
	return body, true
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
	dir, err := filepath.Abs(l.root)
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
		path = filepath.Join(l.root, path)
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
