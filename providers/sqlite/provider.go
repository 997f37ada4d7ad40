// Package sqlite moves rows out of and into SQLite databases.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/novumsolvo/migrateiq/providers"
)

// New makes the provider.
func New() providers.Provider { return provider{} }

type provider struct{}

func (provider) Name() string { return "sqlite" }

func (provider) NewConfig() providers.Config { return &Config{BusyTimeout: 5000} }

// Config names a database file. As a target the file is made when the first step runs.
type Config struct {
	Path        string `hcl:"path"`
	BusyTimeout int    `hcl:"busy_timeout,optional"` // milliseconds to wait for a lock that another program holds

	declared map[string]providers.Declaration
}

// Validate refuses a path left empty and a negative time.
func (c *Config) Validate() []providers.FieldError {
	var found []providers.FieldError
	if c.Path == "" {
		found = append(found, providers.FieldError{Field: "path", Message: "The path is empty; name the database file."})
	}
	if c.BusyTimeout < 0 {
		found = append(found, providers.FieldError{Field: "busy_timeout", Message: "The time is negative; give milliseconds, such as 5000."})
	}
	return found
}

// Root makes a relative path start at dir.
func (c *Config) Root(dir string) {
	if c.Path != "" && !filepath.IsAbs(c.Path) {
		c.Path = filepath.Join(dir, c.Path)
	}
}

// Declare takes types that hold in place of the declared ones.
func (c *Config) Declare(tables []providers.Declaration) []providers.FieldError {
	c.declared = make(map[string]providers.Declaration, len(tables))
	for _, d := range tables {
		c.declared[d.Table] = d
	}
	return nil
}

type endpoint struct {
	path     string
	busy     int
	readers  int // 0: any number
	declared map[string]providers.Declaration

	mu     sync.Mutex
	closed bool
	idle   []*conn // for reading
	writer *conn   // idle too
}

var (
	_ providers.Rooted      = (*Config)(nil)
	_ providers.Declarer    = (*Config)(nil)
	_ providers.Inspector   = (*endpoint)(nil)
	_ providers.Source      = (*endpoint)(nil)
	_ providers.Snapshotter = (*endpoint)(nil)
	_ providers.Chunker     = (*endpoint)(nil)
	_ providers.Counter     = (*endpoint)(nil)
	_ providers.Positioner  = (*endpoint)(nil)
	_ providers.Placer      = (*endpoint)(nil)
	_ providers.Definer     = (*endpoint)(nil)
	_ providers.Target      = (*endpoint)(nil)
	_ providers.Parted      = (*endpoint)(nil)
)

// Open looks at the file and changes nothing. A file that is not there yet is an empty catalog.
func (provider) Open(ctx context.Context, cfg providers.Config) (providers.Endpoint, error) {
	c, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("open sqlite: the configuration is a %T", cfg)
	}
	e := &endpoint{path: c.Path, busy: c.BusyTimeout, declared: c.declared}
	at, err := os.Stat(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err = os.Stat(filepath.Dir(c.Path)); err != nil {
			return nil, failed("open", filepath.Dir(c.Path), err)
		}
		return e, nil
	}
	if err != nil {
		return nil, failed("open", c.Path, err)
	}
	if at.IsDir() {
		return nil, unsupported("open", c.Path, "it is a folder, not a database file")
	}
	if err := e.look(ctx); err != nil {
		return nil, errors.Join(failed("open", c.Path, err), e.Close())
	}
	return e, nil
}

// look reads what the whole work depends on.
func (e *endpoint) look(ctx context.Context) error {
	c, err := e.reader(ctx)
	if err != nil {
		return err
	}
	defer e.release(c)
	encoding, err := c.text(ctx, "PRAGMA encoding")
	if err != nil {
		return err
	}
	if encoding != "UTF-8" {
		return unsupported("open", e.path, "its texts are encoded in %s; this version reads and writes UTF-8", encoding)
	}
	wal, err := c.text(ctx, "PRAGMA journal_mode")
	if err != nil {
		return err
	}
	if wal == "wal" && !writable(e.path) {
		e.readers = 1 // nobody can be kept from writing while several readers start
	}
	return nil
}

func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// Parts are the ledger and its history.
func (e *endpoint) Parts() []any { return []any{ledger{e}} }

func (e *endpoint) missing() bool {
	_, err := os.Stat(e.path)
	return errors.Is(err, fs.ErrNotExist)
}

// Info names the file by its last part only, so that moving it makes no other system of it.
func (e *endpoint) Info() providers.Info {
	tls := libc.NewTLS()
	defer tls.Close()
	place := e.path
	if e.missing() {
		place += " (does not exist yet)"
	}
	return providers.Info{
		Product:  "sqlite",
		Version:  libc.GoString(sqlite3.Xsqlite3_libversion(tls)),
		Identity: "sqlite:" + filepath.Base(e.path),
		Writers:  1,
		Modes:    []string{"upsert", "mirror", "append", "replace", "history"},
		Place:    place,
		Alone:    true,
	}
}

// Close closes the idle connections; those in use are closed by whoever has them.
func (e *endpoint) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for _, c := range e.idle {
		errs = append(errs, c.close())
	}
	if e.writer != nil {
		errs = append(errs, e.writer.close())
	}
	e.idle, e.writer, e.closed = nil, nil, true
	return errors.Join(errs...)
}

const probe = "SELECT count(*) FROM sqlite_schema"

// reader gives a connection that cannot write. After a crash a journal may have to be rolled back before anything can be
// read, which takes a connection that may write; it is then told to refuse all statements that would.
func (e *endpoint) reader(ctx context.Context) (*conn, error) {
	e.mu.Lock()
	if n := len(e.idle); n > 0 {
		c := e.idle[n-1]
		e.idle = e.idle[:n-1]
		e.mu.Unlock()
		if _, err := c.exec(ctx, probe); err == nil {
			return c, nil
		}
		if err := c.close(); err != nil {
			return nil, err
		}
	} else {
		e.mu.Unlock()
	}
	if e.missing() {
		return nil, &providers.Error{Op: "open", Object: e.path, Class: providers.NotFound, Err: fs.ErrNotExist}
	}
	c, err := e.dialAndProbe(ctx, readOnly)
	switch code(err) {
	case sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT:
		c, err = e.dialAndProbe(ctx, readWrite)
	}
	return c, failed("open", e.path, err)
}

func (e *endpoint) dialAndProbe(ctx context.Context, how access) (*conn, error) {
	c, err := dial(e.path, how, e.busy)
	if err != nil {
		return nil, err
	}
	for _, sql := range []string{"PRAGMA query_only = ON", "PRAGMA foreign_keys = OFF", probe} {
		if _, err := c.exec(ctx, sql); err != nil {
			_ = c.close() // the first error says more
			return nil, err
		}
	}
	return c, nil
}

// release takes a reader back.
func (e *endpoint) release(c *conn) {
	c.rollback()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.idle) >= 4 || c.inTransaction() {
		_ = c.close() // nothing was written through it
		return
	}
	e.idle = append(e.idle, c)
}

// write gives the connection for writing, and makes the file where there is none.
func (e *endpoint) write(ctx context.Context) (*conn, error) {
	e.mu.Lock()
	c := e.writer
	e.writer = nil
	e.mu.Unlock()
	if c != nil && !e.missing() {
		return c, nil
	}
	if c != nil {
		if err := c.close(); err != nil {
			return nil, failed("open", e.path, err)
		}
	}
	c, err := dial(e.path, create, e.busy)
	if err != nil {
		return nil, failed("open", e.path, err)
	}
	for _, sql := range []string{"PRAGMA foreign_keys = OFF", "PRAGMA legacy_alter_table = ON", "PRAGMA cache_size = -65536"} {
		if _, err := c.exec(ctx, sql); err != nil {
			_ = c.close() // the first error says more
			return nil, failed("open", e.path, err)
		}
	}
	return c, nil
}

// giveBack ends whatever transaction is open and keeps the connection for the next writer.
func (e *endpoint) giveBack(c *conn) error {
	c.rollback()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.writer != nil || c.inTransaction() {
		return failed("close", e.path, c.close())
	}
	e.writer = c
	return nil
}
