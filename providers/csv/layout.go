package csv

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	ledgerFolder = "_migrateiq"
	manifestName = "manifest.json"
	format       = 1
)

// table is one table as it was when it was looked up: a file that somebody put there, or the parts of a kept table.
type table struct {
	name  string
	files []file
	kept  *kept
}

// kept is a table that this provider made: the content of its manifest, and its entry in the ledger.
type kept struct {
	Format  int                 `json:"format"`
	Name    string              `json:"name"`
	Comment string              `json:"comment,omitempty"`
	Dialect dialect             `json:"dialect"`
	Columns []schema.Column     `json:"columns"`
	Primary *schema.Key         `json:"primary,omitempty"`
	Keys    []schema.Key        `json:"keys,omitempty"`
	Foreign []schema.ForeignKey `json:"foreign,omitempty"`
	Parts   []part              `json:"parts"`
}

// part is one file of a kept table. Path is relative to the folder of tables, with slashes.
type part struct {
	Path    string `json:"path"`
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Digest  string `json:"digest,omitempty"` // of the rows, as the ledger has it
	Run     string `json:"run,omitempty"`
	Mapping string `json:"mapping,omitempty"`
	Chunk   string `json:"chunk,omitempty"`
}

func (k *kept) rows() int64 {
	var n int64
	for _, p := range k.Parts {
		n += p.Rows
	}
	return n
}

func (k *kept) bytes() int64 {
	var n int64
	for _, p := range k.Parts {
		n += p.Bytes
	}
	return n
}

func (k *kept) names() []string {
	names := make([]string, len(k.Columns))
	for i, c := range k.Columns {
		names[i] = c.Name
	}
	return names
}

// folder is where the parts are.
func (k *kept) folder() string { return folderName(k.Name) }

// folderName escapes what file systems give a meaning to, as URLs do, so that every table has a folder inside ours.
func folderName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c < ' ' || strings.IndexByte(`%/\:*?"<>|`, c) >= 0 || c == '.' && (i == 0 || i == len(name)-1) || c == ' ' && i == len(name)-1 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// tableName cuts the ending off a file's name; false for files that are no tables.
func tableName(base string) (string, bool) {
	name, ok := strings.CutSuffix(strings.TrimSuffix(base, ".gz"), ".csv")
	return name, ok && name != "" && !strings.HasPrefix(base, ".")
}

// tables looks at the folder. One that is not there holds no tables: a target's is made by the first run.
func (e *endpoint) tables() (map[string]table, error) {
	is, err := os.Stat(e.root)
	if errors.Is(err, fs.ErrNotExist) {
		if _, isFile := tableName(filepath.Base(e.root)); !isFile {
			return nil, nil
		}
	}
	if err != nil {
		return nil, fail("open", filepath.Base(e.root), err)
	}
	if !is.IsDir() {
		return e.oneFile(is)
	}
	found, err := e.keptTables()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(e.root)
	if err != nil {
		return nil, fail("open", filepath.Base(e.root), err)
	}
	joined := map[string]bool{}
	for _, t := range found {
		for _, p := range t.kept.Parts {
			joined[p.Path] = true
		}
	}
	for _, entry := range entries {
		name, ok := tableName(entry.Name())
		if !ok || entry.IsDir() || joined[entry.Name()] {
			continue
		}
		if _, twice := found[name]; twice {
			return nil, &providers.Error{Op: "open", Object: filepath.Base(e.root), Class: providers.Conflict,
				Err: fmt.Errorf("two files or folders are the table %q", name), Remedy: "Move one of them to another folder."}
		}
		f, err := e.foreign(entry.Name(), name)
		if err != nil {
			return nil, err
		}
		found[name] = table{name: name, files: []file{f}}
	}
	return found, nil
}

func (e *endpoint) oneFile(is fs.FileInfo) (map[string]table, error) {
	name, ok := tableName(is.Name())
	if !ok {
		return nil, failure("open", is.Name(), providers.Unsupported, "the file's name ends neither in .csv nor in .csv.gz")
	}
	f := file{path: e.root, shown: is.Name(), dialect: e.config.dialect(), size: is.Size(), time: is.ModTime(), columns: e.declaredNames(name)}
	return map[string]table{name: {name: name, files: []file{f}}}, nil
}

func (e *endpoint) foreign(base, name string) (file, error) {
	f := file{path: filepath.Join(e.root, base), shown: base, dialect: e.config.dialect(), columns: e.declaredNames(name)}
	is, err := os.Stat(f.path)
	if err != nil {
		return f, fail("open", base, err)
	}
	f.size, f.time = is.Size(), is.ModTime()
	return f, nil
}

// declaredNames are the columns of a file without a header.
func (e *endpoint) declaredNames(name string) []string {
	d, ok := e.config.declaration(name)
	if !ok || len(d.Columns) == 0 || e.config.Header != "none" {
		return nil
	}
	names := make([]string, len(d.Columns))
	for i, c := range d.Columns {
		names[i] = c.Name
	}
	return names
}

// keptTables goes by the ledger, which is right at every moment; where there is none, as in a copy, by the manifests.
func (e *endpoint) keptTables() (map[string]table, error) {
	doc, err := e.load()
	if err != nil {
		return nil, err
	}
	all := doc.Tables
	if doc.Format == 0 {
		if all, err = e.manifests(); err != nil {
			return nil, err
		}
	}
	pending := map[string]string{}
	for _, m := range doc.Moves {
		if _, err := os.Stat(e.at(m.From)); err == nil {
			pending[m.To] = m.From
		}
	}
	found := make(map[string]table, len(all))
	for _, k := range all {
		t := table{name: k.Name, kept: k}
		for _, p := range k.Parts {
			if from, ok := pending[p.Path]; ok {
				p.Path = from
			}
			f, err := e.partFile(k, p)
			if err != nil {
				return nil, err
			}
			t.files = append(t.files, f)
		}
		found[k.Name] = t
	}
	return found, nil
}

func (e *endpoint) partFile(k *kept, p part) (file, error) {
	f := file{path: filepath.Join(e.root, filepath.FromSlash(p.Path)), shown: p.Path, dialect: k.Dialect, own: true, columns: k.names()}
	if !filepath.IsLocal(filepath.FromSlash(p.Path)) {
		return f, failure("open", k.Name+"/"+manifestName, providers.Unsupported, "the manifest names a file outside the folder")
	}
	is, err := os.Stat(f.path)
	if err != nil {
		return f, fail("open", p.Path, err)
	}
	if is.Size() != p.Bytes {
		return f, &providers.Error{Op: "open", Object: p.Path, Class: providers.Conflict,
			Err: fmt.Errorf("the manifest says %d bytes and the file has %d", p.Bytes, is.Size()), Remedy: "Restore the file, or load the table again."}
	}
	f.size, f.time = is.Size(), is.ModTime()
	return f, nil
}

func (e *endpoint) manifests() (map[string]*kept, error) {
	paths, err := filepath.Glob(filepath.Join(globQuote(e.root), "*", manifestName))
	if err != nil {
		return nil, fail("open", filepath.Base(e.root), err)
	}
	found := map[string]*kept{}
	for _, path := range paths {
		shown := filepath.Base(filepath.Dir(path)) + "/" + manifestName
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fail("open", shown, err)
		}
		k := &kept{}
		if err := json.Unmarshal(text, k); err != nil {
			return nil, &providers.Error{Op: "open", Object: shown, Class: providers.Unsupported, Err: err, Remedy: "Restore the manifest, or move the folder away."}
		}
		if k.Format != format {
			return nil, failure("open", shown, providers.Unsupported, fmt.Sprintf("the manifest has format %d and this version knows %d", k.Format, format))
		}
		if !single(k.Dialect.Delimiter) || k.Dialect.Quote != "" && !single(k.Dialect.Quote) {
			return nil, failure("open", shown, providers.Unsupported, "the manifest has no delimiter or quote that is known to this version")
		}
		if k.folder() != filepath.Base(filepath.Dir(path)) {
			return nil, failure("open", shown, providers.Conflict, "the manifest belongs to a table of another name")
		}
		found[k.Name] = k
	}
	return found, nil
}

func globQuote(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// find looks one table up.
func (e *endpoint) find(r schema.Ref) (table, error) {
	all, err := e.tables()
	if err != nil {
		return table{}, err
	}
	return pick(all, r)
}

func pick(all map[string]table, r schema.Ref) (table, error) {
	t, ok := all[r.Name]
	if !ok || r.Schema != "" {
		return table{}, &providers.Error{Op: "read", Object: r.String(), Class: providers.NotFound, Err: errors.New("there is no such table"),
			Remedy: "The tables are: " + strings.Join(slices.Sorted(maps.Keys(all)), ", ") + "."}
	}
	return t, nil
}
