package lang

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Reload is a `reload` block: rows of a mapping are made again from the source, once for each generation.
type Reload struct {
	Mapping    string
	Fields     []string // nil: all
	Where      *CEL     // nil: all rows
	Generation int64
	Reason     string
	Range      diag.Range
}

// Import is an `import` block: rows that stand in the target of a mapping before its first run are taken over.
type Import struct {
	Mapping string
	Verify  string // full or keys
	Range   diag.Range
}

// reloads reads the `reload` blocks. In a module they speak of the module's own mappings.
func (l *loader) reloads() {
	for _, b := range l.blocks["reload"] {
		c := l.open(b, "reload", reloadForm)
		r := Reload{Mapping: c.mapping("mapping"), Fields: c.texts("fields"), Where: c.cel("where"), Range: place(c.header)}
		if c.need("generation", "generation = 1") {
			r.Generation = c.count("generation", math.MaxInt32)
		}
		r.Reason = c.needText("reason", `reason = "Why the rows are made again"`)
		if c.has("fields") && len(r.Fields) == 0 {
			c.wrong("fields", `"fields" names no field. Leave it out for all fields.`)
		}
		taken := func(o Reload) bool { return Within(o.Mapping, r.Mapping) || Within(r.Mapping, o.Mapping) }
		if r.Mapping == "" || r.Generation == 0 || r.Reason == "" || !l.managed(c, "reload", r.Mapping) {
			continue
		}
		if slices.ContainsFunc(l.cfg.Reloads, taken) {
			l.fail("reload-twice", c.at("mapping"), c.of, "Two reload blocks for one mapping",
				fmt.Sprintf("Another reload block names %s already. Keep one, and raise its generation.", strings.TrimPrefix(r.Mapping, l.prefix)))
			continue
		}
		l.cfg.Reloads = append(l.cfg.Reloads, r)
	}
}

// imports reads the `import` blocks.
func (l *loader) imports() {
	for _, b := range l.blocks["import"] {
		c := l.open(b, "import", importForm)
		i := Import{Mapping: c.mapping("mapping"), Verify: c.word("verify", "full", []string{"full", "keys"}, nil), Range: place(c.header)}
		if i.Mapping == "" || !l.managed(c, "import", i.Mapping) {
			continue
		}
		if slices.ContainsFunc(l.cfg.Imports, func(o Import) bool { return Within(o.Mapping, i.Mapping) || Within(i.Mapping, o.Mapping) }) {
			l.fail("import-twice", c.at("mapping"), c.of, "Two import blocks for one mapping",
				fmt.Sprintf("Another import block names %s already. Keep one of them.", strings.TrimPrefix(i.Mapping, l.prefix)))
			continue
		}
		l.cfg.Imports = append(l.cfg.Imports, i)
	}
}

// managed demands that a block names a mapping of the configuration.
func (l *loader) managed(c content, block, address string) bool {
	if l.exists(address) {
		return true
	}
	l.fail("unknown-mapping", c.at("mapping"), c.of, "Unknown mapping",
		fmt.Sprintf("There is no %s to %s.%s", strings.TrimPrefix(address, l.prefix), block, l.nearest(address)))
	return false
}
