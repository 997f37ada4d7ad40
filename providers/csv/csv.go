// Package csv reads and writes tables that are files of comma-separated values. As a source it takes a folder of files
// as they are; as a target it keeps each table as a folder of parts with a manifest, and its ledger beside them.
package csv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

type provider struct{}

// New makes the provider.
func New() providers.Provider { return provider{} }

func (provider) Name() string { return "csv" }

func (provider) NewConfig() providers.Config { return &Config{} }

// Open looks at no file yet: the folder of a target may still have to be made.
func (provider) Open(_ context.Context, cfg providers.Config) (providers.Endpoint, error) {
	c, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("open csv: the configuration is a %T", cfg)
	}
	for _, f := range c.Validate() {
		return nil, failure("open", "csv "+f.Field, providers.Unsupported, f.Message)
	}
	return &endpoint{config: *c, root: filepath.Clean(c.Path), known: map[string]described{}, sums: map[string]summed{}}, nil
}

// endpoint is one folder, or one file.
type endpoint struct {
	config Config
	root   string

	mu    sync.Mutex // guards the next two, which spare a second reading of files that did not change
	known map[string]described
	sums  map[string]summed

	writing sync.Mutex // one change of the ledger at a time; a lock on a file keeps other processes out
}

var (
	_ providers.Endpoint      = (*endpoint)(nil)
	_ providers.Inspector     = (*endpoint)(nil)
	_ providers.Source        = (*endpoint)(nil)
	_ providers.Snapshotter   = (*endpoint)(nil)
	_ providers.Chunker       = (*endpoint)(nil)
	_ providers.Counter       = (*endpoint)(nil)
	_ providers.Positioner    = (*endpoint)(nil)
	_ providers.Fingerprinter = (*endpoint)(nil)
	_ providers.Placer        = (*endpoint)(nil)
	_ providers.Definer       = (*endpoint)(nil)
	_ providers.Target        = (*endpoint)(nil)
	_ providers.Parted        = (*endpoint)(nil)
)

func (e *endpoint) Info() providers.Info {
	return providers.Info{Product: "csv", Version: "RFC 4180", Identity: e.identity(), Writers: 1,
		Modes: []string{"append", "replace"}, Place: filepath.Base(e.root)}
}

func (e *endpoint) Close() error { return nil }

// Parts is the ledger, whose methods have names that the endpoint has too.
func (e *endpoint) Parts() []any { return []any{ledger{e}} }

// identity goes by the folder's name: the same files at another path are the same data.
func (e *endpoint) identity() string {
	sum := sha256.Sum256([]byte(filepath.Base(e.root)))
	return "csv:" + hex.EncodeToString(sum[:16])
}

// Place keeps every type that has a canonical text. Names that a type has in another product mean nothing to a file, so a
// type that is nothing but such a name is a string.
func (e *endpoint) Place(t schema.Type) (schema.Type, error) {
	t = t.Portable()
	if err := canKeep(t); err != nil {
		return t, err
	}
	return t, nil
}
