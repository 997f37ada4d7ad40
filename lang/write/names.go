package write

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Name makes a name that addresses can hold out of any text: small letters, digits and underscores.
func Name(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, c := range runes {
		switch {
		case unicode.IsUpper(c) && i > 0 && border(runes, i):
			b.WriteByte('_')
			b.WriteRune(unicode.ToLower(c))
		case unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(unicode.ToLower(c))
		default:
			b.WriteByte('_')
		}
	}
	name := strings.Trim(squeezed(b.String()), "_")
	if name != "" && !hclsyntax.ValidIdentifier(name) {
		name = "table_" + name
	}
	if !hclsyntax.ValidIdentifier(name) {
		return "table"
	}
	return name
}

// border reports whether a word begins with the capital at i.
func border(runes []rune, i int) bool {
	before := runes[i-1]
	after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
	return unicode.IsLower(before) || unicode.IsDigit(before) || unicode.IsUpper(before) && after
}

func squeezed(s string) string {
	for strings.Contains(s, "__") {
		s = strings.ReplaceAll(s, "__", "_")
	}
	return s
}

// names gives every name once.
type names map[string]bool

// unique is the name, or the name with the next number behind it. Capitals and small letters count as the same.
func (n names) unique(name string) string {
	given := name
	for i := 2; n[strings.ToLower(given)]; i++ {
		given = fmt.Sprintf("%s_%d", name, i)
	}
	n[strings.ToLower(given)] = true
	return given
}

// writable reports whether a name stays what it is as a text of HCL, which is always Unicode in its composed form.
func writable(name string) bool {
	return name != "" && utf8.ValidString(name) && cty.NormalizeString(name) == name
}

// addressable reports whether `table` can name a table: it is cut at the first point into schema and name.
func addressable(r schema.Ref) bool {
	before, after, cut := strings.Cut(r.String(), ".")
	if !cut {
		return writable(r.Name)
	}
	return r.Schema == before && r.Name == after && writable(r.String())
}

// pattern is a glob that fits exactly this text.
func pattern(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`).Replace(text)
}

// header is the first line of a block with its labels.
func header(kind string, labels ...string) string {
	block := hclwrite.NewBlock(kind, labels)
	text, _, _ := strings.Cut(string(block.BuildTokens(nil).Bytes()), "\n")
	return strings.TrimSpace(text)
}

// line is a text as it can stand in a comment of one line.
func line(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(c rune) bool { return unicode.IsControl(c) || unicode.IsSpace(c) }), " ")
}

// shown is a name in a comment: in quotes where it is no plain word.
func shown(name string) string {
	plain := name != "" && !strings.ContainsFunc(name, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if plain {
		return name
	}
	return fmt.Sprintf("%q", name)
}

func shownAll(all []string) string {
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = shown(n)
	}
	return strings.Join(out, ", ")
}

func sorted(tables []schema.Table) []schema.Table {
	out := slices.Clone(tables)
	slices.SortFunc(out, func(a, b schema.Table) int {
		return strings.Compare(a.Ref.Schema+"\x00"+a.Ref.Name, b.Ref.Schema+"\x00"+b.Ref.Name)
	})
	return out
}
