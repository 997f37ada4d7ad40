package csv

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
	"github.com/novumsolvo/migrateiq/providers"
)

// document is the whole ledger: one file, replaced as a whole, so that the rows of a chunk and its record appear in one
// instant. It says which parts a table has; manifests repeat it for readers.
type document struct {
	Format      int               `json:"format"`
	Target      string            `json:"target"`
	Lineage     string            `json:"lineage"`
	Secret      []byte            `json:"secret"`
	Epoch       int64             `json:"epoch"`
	Session     string            `json:"session"`
	Runs        []providers.Run   `json:"runs"`
	Lists       []list            `json:"lists"`
	Records     []record          `json:"records"`
	Steps       []done            `json:"steps"`
	Rejects     []reject          `json:"rejects"`
	Definitions map[string]string `json:"definitions"`
	Tables      map[string]*kept  `json:"tables"`
	Moves       []move            `json:"moves,omitempty"` // files that are still to get their names
	Trash       []string          `json:"trash,omitempty"` // files, and then folders, that are still to be removed
}

type list struct {
	Run     string            `json:"run"`
	Mapping string            `json:"mapping"`
	Chunks  []providers.Chunk `json:"chunks"`
}

// record is a committed chunk. Stale ones are from before their mapping's table was made anew.
type record struct {
	providers.ChunkRecord
	Stale bool `json:"stale,omitempty"`
}

type done struct {
	Run string `json:"run"`
	N   int    `json:"n"`
}

type reject struct {
	Run     string           `json:"run"`
	Mapping string           `json:"mapping"`
	Chunk   string           `json:"chunk"`
	Reject  providers.Reject `json:"reject"`
}

type move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func (e *endpoint) ledgerPath() string { return filepath.Join(e.root, ledgerFolder, "ledger.json") }

// load reads the ledger, the zero document where there is none.
func (e *endpoint) load() (*document, error) {
	d := &document{}
	text, err := os.ReadFile(e.ledgerPath())
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, fail("read", "the ledger", err)
	}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, &providers.Error{Op: "read", Object: "the ledger", Class: providers.Unsupported, Err: err, Remedy: "Restore ledger.json from a backup."}
	}
	if d.Format != format {
		return nil, failure("read", "the ledger", providers.Unsupported, fmt.Sprintf("it has format %d and this version knows %d", d.Format, format))
	}
	return d, nil
}

// change loads the ledger under a lock, lets do change it, and stores it; then manifests and files follow. An error of
// do stores nothing. An error after the ledger was stored is no reason to say that it was not: what follows is healed
// by the next Open.
func (e *endpoint) change(ctx context.Context, do func(d *document) error) error {
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := e.makeFolder(); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(e.root, ledgerFolder, "lock"))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return fail("lock", "the ledger", err)
	}
	defer lock.Unlock() // the lock ends with the file's handle in any case
	d, err := e.load()
	if err != nil {
		return err
	}
	if len(d.Moves)+len(d.Trash) > 0 { // of a process that died before it could
		if err := e.settle(d); err != nil {
			return err
		}
	}
	if err := do(d); err != nil {
		return err
	}
	if err := e.save(d); err != nil {
		return err
	}
	if err := e.settle(d); err != nil {
		return &providers.Error{Op: "write", Object: filepath.Base(e.root), Class: providers.Ambiguous, Err: err}
	}
	return nil
}

func (e *endpoint) makeFolder() error {
	if is, err := os.Stat(e.root); err == nil && !is.IsDir() {
		return failure("write", filepath.Base(e.root), providers.Unsupported, "a csv target is a folder, and this is a file")
	}
	if err := os.MkdirAll(filepath.Join(e.root, ledgerFolder), 0o755); err != nil {
		return fail("make", filepath.Base(e.root), err)
	}
	return nil
}

func (e *endpoint) save(d *document) error {
	if d.Format == 0 {
		d.Format, d.Target, d.Secret = format, uuid.NewString(), make([]byte, 32)
		if _, err := rand.Read(d.Secret); err != nil {
			return fail("write", "the ledger", err)
		}
	}
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return fail("write", "the ledger", err)
	}
	return writeFile(e.ledgerPath(), "the ledger", text)
}

// writeFile puts a file in its place whole or not at all. An error of class Ambiguous means that it may be there.
func writeFile(path, shown string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return fail("write", shown, err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fail("write", shown, errors.Join(err, os.Remove(f.Name())))
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return &providers.Error{Op: "write", Object: shown, Class: providers.Ambiguous, Err: err}
	}
	return nil
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// settle makes manifests and files what the ledger says. It can be repeated at any time.
func (e *endpoint) settle(d *document) error {
	for _, m := range d.Moves {
		err := os.Rename(e.at(m.From), e.at(m.To))
		if err == nil {
			err = syncFolder(filepath.Dir(e.at(m.To)))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fail("rename", m.From, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Tables)) {
		if err := e.writeManifest(d.Tables[name]); err != nil {
			return err
		}
	}
	if err := e.empty(d); err != nil || len(d.Moves)+len(d.Trash) == 0 {
		return err
	}
	d.Moves, d.Trash = nil, nil
	return e.save(d)
}

// empty removes the trash, but for what a table has taken up again. Folders come behind their files and go if nobody
// else has put something into them.
func (e *endpoint) empty(d *document) error {
	used := d.paths()
	for _, path := range d.Trash {
		is, err := os.Lstat(e.at(path))
		if err != nil || used[path] || d.folders()[path] {
			continue
		}
		if err := os.Remove(e.at(path)); err != nil && !is.IsDir() {
			return fail("remove", path, err)
		}
	}
	return nil
}

// paths are the parts of all tables.
func (d *document) paths() map[string]bool {
	used := map[string]bool{}
	for _, k := range d.Tables {
		for _, p := range k.Parts {
			used[p.Path] = true
		}
	}
	return used
}

func (e *endpoint) at(path string) string { return filepath.Join(e.root, filepath.FromSlash(path)) }

func (e *endpoint) writeManifest(k *kept) error {
	text, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		return fail("write", k.Name, err)
	}
	text = append(text, '\n')
	path := filepath.Join(e.root, k.folder(), manifestName)
	if have, err := os.ReadFile(path); err == nil && string(have) == string(text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fail("make", k.Name, err)
	}
	return writeFile(path, k.folder()+"/"+manifestName, text)
}

// folders are those of all tables.
func (d *document) folders() map[string]bool {
	all := map[string]bool{}
	for _, k := range d.Tables {
		all[k.folder()] = true
	}
	return all
}

// sweep removes what was left lying by a process that died: parts whose record was never written, and temporary files.
func (e *endpoint) sweep(d *document) error {
	used := d.paths()
	folders := d.folders()
	for _, folder := range append(slices.Sorted(maps.Keys(folders)), ".", ledgerFolder) {
		entries, err := os.ReadDir(filepath.Join(e.root, folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fail("clean", folder, err)
		}
		for _, entry := range entries {
			_, isPart := tableName(entry.Name())
			path := folder + "/" + entry.Name()
			if !temporary(entry.Name()) && (!isPart || used[path] || !folders[folder]) {
				continue
			}
			if err := os.Remove(e.at(path)); err != nil {
				return fail("clean", path, err)
			}
		}
	}
	return nil
}

func temporary(name string) bool { return strings.HasPrefix(name, ".tmp-") }
