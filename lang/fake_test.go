package lang_test

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/secret"
)

// fake is a provider that is never opened.
type fake struct {
	name string
	make func() providers.Config
}

func (f fake) Name() string                { return f.name }
func (f fake) NewConfig() providers.Config { return f.make() }
func (f fake) Open(context.Context, providers.Config) (providers.Endpoint, error) {
	return nil, errors.New("a fake")
}

type sqliteConfig struct {
	Path     string            `hcl:"path"`
	Password secret.Secret     `hcl:"password,optional"`
	Readonly bool              `hcl:"readonly,optional"`
	Timeout  int               `hcl:"timeout,optional"`
	Tables   []string          `hcl:"tables,optional"`
	Options  map[string]string `hcl:"options,optional"`
	dir      string
}

func (c *sqliteConfig) Root(dir string) { c.dir = dir }
func (c *sqliteConfig) Validate() []providers.FieldError {
	if c.Path == "refused" {
		return []providers.FieldError{{Field: "path", Message: "There is no file of that name."}}
	}
	return nil
}

type postgresConfig struct {
	URL secret.Secret `hcl:"url"`
}

func (c *postgresConfig) Validate() []providers.FieldError { return nil }

type csvConfig struct {
	Path     string `hcl:"path"`
	declared []providers.Declaration
}

func (c *csvConfig) Validate() []providers.FieldError { return nil }
func (c *csvConfig) Declare(all []providers.Declaration) (found []providers.FieldError) {
	c.declared = all
	for _, d := range all {
		for _, col := range d.Columns {
			if col.Type.Kind == schema.JSON {
				found = append(found, providers.FieldError{Field: d.Table + "." + col.Name, Message: "In this fake no file holds json."})
			}
		}
	}
	return found
}

func fakes() providers.Set {
	return providers.NewSet(
		fake{"sqlite", func() providers.Config { return new(sqliteConfig) }},
		fake{"postgres", func() providers.Config { return new(postgresConfig) }},
		fake{"csv", func() providers.Config { return new(csvConfig) }},
	)
}

// folder is the files of a root folder, by name.
type folder map[string]string

// root is where a folder seems to lie.
const root = "/srv/migration"

func (f folder) options() lang.Options {
	return lang.Options{
		Version: "0.1.0",
		ReadDir: func(dir string) ([]string, error) {
			rel, err := filepath.Rel(root, dir)
			if err != nil {
				return nil, err
			}
			var names []string
			for name := range f {
				if path.Dir(name) == filepath.ToSlash(rel) {
					names = append(names, path.Base(name))
				}
			}
			if names == nil && rel != "." {
				return nil, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
			}
			slices.Sort(names)
			return names, nil
		},
		ReadTree: func(dir string) ([]string, error) {
			var names []string
			for name := range f {
				if rest, ok := strings.CutPrefix(path.Join(root, name), filepath.ToSlash(dir)+"/"); ok {
					names = append(names, rest)
				}
			}
			if names == nil {
				return nil, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
			}
			slices.Sort(names)
			return names, nil
		},
		ReadFile: func(name string) ([]byte, error) {
			rel, err := filepath.Rel(root, name)
			if text, ok := f[filepath.ToSlash(rel)]; ok && err == nil {
				return []byte(text), nil
			}
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		},
	}
}
