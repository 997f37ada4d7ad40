package lang

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// defaultState is where the state lies unless the settings say otherwise.
const defaultState = "migrateiq.state.json"

func (l *loader) statePath(path string) string { return l.absolute(path) }

// settings reads the `migrateiq` block.
func (l *loader) settings() {
	blocks := l.blocks["migrateiq"]
	if len(blocks) == 0 {
		return
	}
	for _, b := range blocks[1:] {
		l.fail("duplicate-block", b.TypeRange, "", "Block written twice",
			fmt.Sprintf("A folder has one block migrateiq; the other one is at %s. Put both into one.", place(header(blocks[0]))))
	}
	c := l.open(blocks[0], "migrateiq", settingsForm)
	if l.caller != nil {
		l.settingsOfModule(c)
		return
	}
	l.cfg.Settings.Range = place(c.header)
	if want := c.text("required_version"); want != "" {
		l.cfg.Settings.RequiredVersion = want
		l.version(c, want)
	}
	if b := c.block("state"); b != nil {
		l.state(b)
	}
	l.policies(c)
}

// settingsOfModule: a module may only say which versions it works with.
func (l *loader) settingsOfModule(c content) {
	if want := c.text("required_version"); want != "" {
		l.version(c, want)
	}
	if b := c.block("state"); b != nil {
		l.fail("module-state", header(b), c.of, "State in a module", "A module has no state of its own: the root folder's holds what its mappings did. Remove the block.")
	}
	for _, b := range c.blocks["policy"] {
		l.fail("module-state", header(b), c.of, "Policy in a module", "The rules are those of the root folder. Move the block there.")
	}
}

func (l *loader) state(b *hclsyntax.Block) {
	if !l.labels(b, "kind") {
		return
	}
	kind := b.Labels[0]
	switch {
	case kind == "local":
	case slices.Contains([]string{"postgres", "s3", "http"}, kind):
		l.later(b.LabelRanges[0], "migrateiq", fmt.Sprintf("state %q", kind), `Use state "local" { }.`)
		return
	default:
		l.fail("invalid-value", b.LabelRanges[0], "migrateiq", "Unknown kind of state",
			fmt.Sprintf(`There is no state %q. Write state "local" { }.`, kind))
		return
	}
	c := l.open(b, "migrateiq", stateForm)
	if path := c.text("path"); path != "" {
		l.cfg.Settings.StatePath = l.statePath(path)
	}
}

// version compares required_version with the program's own.
func (l *loader) version(c content, want string) {
	have, _ := parseVersion(l.opt.Version)
	for _, part := range strings.Split(want, ",") {
		part = strings.TrimSpace(part)
		op := strings.TrimSpace(part[:len(part)-len(strings.TrimLeft(part, "<>=!~"))])
		v, count := parseVersion(strings.TrimSpace(strings.TrimLeft(part, "<>=!~")))
		if count == 0 || !slices.Contains([]string{"", "=", "!=", "<", "<=", ">", ">=", "~>"}, op) || op == "~>" && count < 2 {
			c.wrong("required_version", fmt.Sprintf(`%q is no condition on a version: write ">= 0.1", "~> 0.1" or "= 0.1.2", several with commas between them.`, part))
			return
		}
		if l.opt.Version != "" && !satisfies(have, op, v, count) {
			l.fail("required-version", c.at("required_version"), c.of, "Another version is required",
				fmt.Sprintf("This folder requires version %s of migrateiq, and this is version %s. Use a version that fits, or change required_version.",
					want, l.opt.Version))
			return
		}
	}
}

// parseVersion reads 1, 1.2 and 1.2.3 with or without v before and -suffix behind; count says how many numbers there
// were, 0 where it is no version.
func parseVersion(s string) (v [3]int, count int) {
	s = strings.TrimPrefix(s, "v")
	if i := strings.IndexAny(s, "-+"); i >= 0 {
		s = s[:i]
	}
	parts := strings.Split(s, ".")
	if len(parts) > 3 {
		return v, 0
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return [3]int{}, 0
		}
		v[i] = int(n)
	}
	return v, len(parts)
}

func satisfies(have [3]int, op string, want [3]int, count int) bool {
	c := slices.Compare(have[:], want[:])
	switch op {
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "~>": // the last number written may grow, those before it may not
		return c >= 0 && slices.Equal(have[:count-1], want[:count-1])
	}
	return c == 0
}
