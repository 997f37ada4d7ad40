package resolve

import (
	"slices"
	"strings"
	"unicode"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/novumsolvo/migrateiq/lang"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// matches reports whether any glob fits the table, with its schema or by its bare name.
func matches(globs []string, r schema.Ref) bool {
	for _, g := range globs {
		for _, name := range []string{r.String(), r.Name} {
			if ok, err := doublestar.Match(g, name); err == nil && ok {
				return true
			}
		}
	}
	return false
}

// SnakeCase turns AlbumId into album_id and HTTPServer into http_server; blanks, dashes and points become underscores.
func SnakeCase(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		if strings.ContainsRune(" -.", c) {
			b.WriteByte('_')
			continue
		}
		if unicode.IsUpper(c) && i > 0 && !strings.ContainsRune("_ -.", runes[i-1]) {
			before, after := runes[i-1], rune(0)
			if i+1 < len(runes) {
				after = runes[i+1]
			}
			if !unicode.IsUpper(before) || unicode.IsLower(after) {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// Block gives the address of the block behind an instance: mapping.all of mapping.all["dbo.T"].
func Block(address string) (string, bool) {
	return lang.Block(address)
}

// Reads reports whether a mapping block reads the table.
func Reads(m *lang.Mapping, r schema.Ref) bool {
	if m.From.Query != "" {
		return QueryRef(m.From) == r
	}
	if m.From.Table != "" {
		return Same(m.From.Table, r)
	}
	return matches(m.From.Tables, r) && !matches(m.From.Except, r)
}

// Uses reports whether a mapping block reads the table, itself or in a join.
func Uses(m *lang.Mapping, r schema.Ref) bool {
	return Reads(m, r) || slices.ContainsFunc(m.From.Joins, func(j *lang.Join) bool { return Same(j.Table, r) })
}

// Same reports whether a name in the configuration, with or without a schema, may mean the table.
func Same(name string, r schema.Ref) bool {
	want := ParseRef(name)
	return want == r || want.Schema == "" && want.Name == r.Name
}
