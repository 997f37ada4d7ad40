package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// lookups reads the content of every lookup that a mapping uses, and notes its digest in the definitions.
func (e *Engine) lookups(ctx context.Context, o *opened, mappings []*resolve.Mapping) (map[string]map[string]string, diag.List) {
	out := map[string]map[string]string{}
	digests := map[string]string{}
	var diags diag.List
	for _, m := range mappings {
		for _, l := range m.Lookups {
			id := plan.Lookup{Name: l.Name, Module: l.Module}.ID()
			if out[id] == nil {
				content, err := e.lookup(ctx, l, o.end)
				if err != nil {
					diags.Add(diag.Diagnostic{Code: "lookup", Summary: "Lookup cannot be read", Detail: fmt.Sprintf("%s: %s", l.Address, text(err)), Subject: &l.Range, Object: fmt.Sprintf("lookup %q", l.Name)})
					content = map[string]string{}
				}
				out[id], digests[id] = content, contentDigest(content)
			}
		}
		for i := range m.Definition.Lookups {
			m.Definition.Lookups[i].Digest = digests[m.Definition.Lookups[i].ID()]
		}
	}
	return out, diags
}

// finder gives an open system by its address.
type finder func(ctx context.Context, address string) (providers.Endpoint, error)

func (e *Engine) lookup(ctx context.Context, l *lang.Lookup, find finder) (map[string]string, error) {
	content := map[string]string{}
	if l.Source != "" {
		end, err := find(ctx, l.Source)
		if err != nil {
			return nil, err
		}
		return content, readCodes(ctx, end, l, content)
	}
	if l.File == "" {
		for _, p := range l.Values {
			content[p.Key] = p.Value
		}
		return content, nil
	}
	return content, e.readLookup(ctx, l, content)
}

// readLookup reads a file through the csv provider, as any other source.
func (e *Engine) readLookup(ctx context.Context, l *lang.Lookup, content map[string]string) (err error) {
	end, table, columns, err := e.lookupFile(ctx, l)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.Close()) }()
	place := filepath.Base(l.File)
	return eachBatch(ctx, end, providers.ReadSpec{Table: table.Ref, Columns: columns}, func(b *batch.Batch) error {
		if err := take(b, columns, content); err != nil {
			return fmt.Errorf("read %s: %w", place, err)
		}
		return nil
	})
}

// eachBatch reads what a spec says and hands on batch after batch.
func eachBatch(ctx context.Context, end providers.Endpoint, spec providers.ReadSpec, visit func(*batch.Batch) error) error {
	source, ok := providers.As[providers.Source](end)
	if !ok {
		return &providers.Error{Op: "read", Object: spec.Table.String(), Class: providers.Unsupported, Err: errors.New("the system gives no rows")}
	}
	return providers.Each(ctx, source, spec, visit)
}

func take(b *batch.Batch, columns []schema.Column, content map[string]string) error {
	value := len(columns) - 1
	for i := range b.Len() {
		if b.Vectors[0].Null(i) || b.Vectors[value].Null(i) {
			return fmt.Errorf("row %d has no key or no value", i+1)
		}
		key := string(batch.AppendText(nil, columns[0].Type, &b.Vectors[0], i))
		if _, twice := content[key]; twice {
			return fmt.Errorf("the key of row %d stands in the file twice", i+1)
		}
		content[key] = string(batch.AppendText(nil, columns[value].Type, &b.Vectors[value], i))
	}
	return nil
}

// lookupFile opens the file with the pair of columns as plain text: a code such as 01 is no number.
func (e *Engine) lookupFile(ctx context.Context, l *lang.Lookup) (providers.Endpoint, *schema.Table, []schema.Column, error) {
	end, t, err := e.openFile(ctx, l.File, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	columns, err := pair(t, l)
	if err = errors.Join(err, end.Close()); err != nil {
		return nil, nil, nil, err
	}
	for i := range columns {
		columns[i].Type = schema.Type{Kind: schema.String}
	}
	end, t, err = e.openFile(ctx, l.File, []providers.Declaration{{Table: t.Ref.Name, Columns: columns}})
	return end, t, columns, err
}

func (e *Engine) openFile(ctx context.Context, file string, types []providers.Declaration) (providers.Endpoint, *schema.Table, error) {
	p, ok := e.Providers.Provider("csv")
	if !ok {
		return nil, nil, fmt.Errorf("read %s: this program has no csv provider", filepath.Base(file))
	}
	cfg := p.NewConfig()
	setPath(cfg, file)
	if d, ok := cfg.(providers.Declarer); ok && types != nil {
		d.Declare(types)
	}
	end, err := p.Open(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".gz"), ".csv")
	inspector, ok := providers.As[providers.Inspector](end)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("read %s: the provider does not describe files", filepath.Base(file)), end.Close())
	}
	catalog, err := inspector.Inspect(ctx, []schema.Ref{{Name: name}})
	if err != nil {
		return nil, nil, errors.Join(err, end.Close())
	}
	t, ok := catalog.Table(schema.Ref{Name: name})
	if !ok {
		return nil, nil, errors.Join(&providers.Error{Op: "read", Object: filepath.Base(file), Class: providers.NotFound, Err: errors.New("there is no such file")}, end.Close())
	}
	return end, t, nil
}

// setPath sets the attribute `path` of a provider's configuration.
func setPath(cfg providers.Config, path string) {
	v := reflect.ValueOf(cfg).Elem()
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("hcl"), ","); name == "path" {
			v.Field(i).SetString(path)
		}
	}
}

// pair picks the columns of key and value: by name, or the first two. Where the file has one column, it is a list of keys,
// each of which stands for itself, and one column is given.
func pair(t *schema.Table, l *lang.Lookup) ([]schema.Column, error) {
	out := make([]schema.Column, 0, 2)
	for i, name := range []string{l.Key, l.Value} {
		if name == "" && i < len(t.Columns) {
			out = append(out, t.Columns[i])
			continue
		}
		if name == "" && len(t.Columns) == 1 {
			return out, nil
		}
		c, ok := t.Column(name)
		if !ok {
			return nil, fmt.Errorf("the file has no column %q.%s", name, diag.Suggest(name, t.Names()))
		}
		out = append(out, c)
	}
	return out, nil
}

func contentDigest(content map[string]string) string {
	keys := make([]string, 0, len(content))
	for k := range content {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	h := sha256.New()
	for _, k := range keys {
		fmt.Fprintf(h, "%d:%s%d:%s", len(k), k, len(content[k]), content[k])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
