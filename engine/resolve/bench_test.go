package resolve_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

const (
	manyMappings = 2000
	manyFields   = 10
)

// BenchmarkLoadAndValidate is what validate does with 2,000 mappings of 10 fields: it reads the files and checks every
// expression against the columns. It has to stay under 3 seconds and 300 MB.
func BenchmarkLoadAndValidate(b *testing.B) {
	files := manyFiles()
	opt := lang.Options{
		ReadDir: func(string) ([]string, error) { return sortedNames(files), nil },
		ReadFile: func(name string) ([]byte, error) {
			text, ok := files[filepath.Base(name)]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		},
	}
	set := providers.NewSet(closed{"sqlite"}, closed{"postgres"})
	catalog := manyTables()
	var highest uint64
	b.ReportAllocs()
	for b.Loop() {
		runtime.GC()
		peak := watchHeap()
		cfg, found := lang.Load("/srv/many", set, opt)
		if found.HasErrors() {
			b.Fatal(found.Err())
		}
		systems := map[string]*resolve.System{
			source: {Config: cfg.Systems[0], Catalog: catalog},
			target: {Config: cfg.Systems[1], Catalog: &schema.Catalog{}, Modes: []string{"upsert", "append", "replace"}},
		}
		all, found := resolve.Mappings(cfg, systems, resolve.Known{})
		if found.HasErrors() || len(all) != manyMappings {
			b.Fatalf("Mappings: got %d and %v, want %d and no error", len(all), found.Err(), manyMappings)
		}
		highest = max(highest, peak())
		runtime.KeepAlive(all)
	}
	b.ReportMetric(float64(highest)/1e6, "peak-MB")
}

// watchHeap samples how much memory the heap's objects take, live ones and those not yet swept, until its result is called.
func watchHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	read := func() uint64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	go func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		highest := read()
		for {
			select {
			case <-tick.C:
				highest = max(highest, read())
			case <-stop:
				done <- max(highest, read())
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-done
	}
}

func manyFiles() map[string]string {
	files := map[string]string{"main.miq.hcl": `source "sqlite" "shop" {
  path = "shop.db"
}
target "postgres" "new" {
  path = "new.db"
}
lookup "sex" { values = { "1" = "male", "2" = "female" } }
`}
	for n := range manyMappings {
		var text strings.Builder
		fmt.Fprintf(&text, "mapping \"m%d\" {\n  from {\n    source = source.sqlite.shop\n    table  = \"t%d\"\n    where  = \"src.C0 > 0\"\n  }\n", n, n)
		fmt.Fprintf(&text, "  to {\n    target = target.postgres.new\n    table  = \"t%d\"\n    key    = [\"f0\"]\n  }\n  params = { trust = \"T%d\" }\n", n, n)
		for field, cel := range manyExpressions(n) {
			fmt.Fprintf(&text, "  field \"f%d\" { cel = %q }\n", field, cel)
		}
		text.WriteString("}\n")
		files[fmt.Sprintf("part%02d.miq.hcl", n/100)] += text.String()
	}
	return files
}

// manyExpressions are columns as they are, and what people write: conditions, functions, arithmetic, a lookup. Some are of
// one mapping only, and some are written in many.
func manyExpressions(n int) [manyFields]string {
	return [manyFields]string{
		"src.C0", fmt.Sprintf("uuid5('m%d', param.trust, string(src.C0))", n), "text.title(text.squish(src.C2))",
		fmt.Sprintf("src.C3 == null ? 'none of %d' : src.C3", n), fmt.Sprintf("src.C4 * 2 + %d", n), "lookup.sex[src.C5]", "coalesce(src.C6, 'x') + '-' + src.C7", "src.C7.startsWith('a') && src.C4 > 10", "src.C8",
		"src.C9 == null ? null : text.upper(src.C9)",
	}
}

func manyTables() *schema.Catalog {
	out := &schema.Catalog{}
	for n := range manyMappings {
		t := schema.Table{Ref: schema.Ref{Name: fmt.Sprintf("t%d", n)}, Primary: &schema.Key{Columns: []string{"C0"}}}
		for i := range manyFields {
			c := column(fmt.Sprintf("C%d", i), schema.String)
			if i == 0 || i == 4 {
				c.Type.Kind = schema.Int64
			}
			c.Null = i == 2 || i == 3 || i == 6 || i == 9
			t.Columns = append(t.Columns, c)
		}
		out.Tables = append(out.Tables, t)
	}
	return out
}

func sortedNames(files map[string]string) []string {
	var out []string
	for name := range files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// closed is a kind of system that is never opened.
type closed struct{ name string }

type closedConfig struct {
	Path string `hcl:"path"`
}

func (*closedConfig) Validate() []providers.FieldError { return nil }

func (c closed) Name() string              { return c.name }
func (closed) NewConfig() providers.Config { return &closedConfig{} }
func (closed) Open(context.Context, providers.Config) (providers.Endpoint, error) {
	return nil, errors.New("this system is never opened")
}
