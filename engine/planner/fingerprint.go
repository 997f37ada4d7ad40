package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/resolve"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/state"
)

// Fingerprints digests the parts of a definition, so that a plan can say which of them changed.
func Fingerprints(m *resolve.Mapping, sourceIdentity, targetIdentity string) plan.Fingerprints {
	d := m.Definition
	out := plan.Fingerprints{Fields: make(map[string]string, len(d.Fields))}
	for _, f := range d.Fields {
		parts := []any{f.Canonical, f.Functions, lookupsOf(d, f.Lookups), paramsOf(d, f.Params), kindsOf(d, f.Sources),
			f.Value, f.Column.Type, f.Fidelity.Allow, f.ExpectCanon, f.Column.Null, f.OnRowError}
		out.Fields[f.Name] = hash(append(append(parts, keysOf(d, f.Keys)...), refParts(f)...)...)
	}
	rows := []any{sourceIdentity, d.SourceTable, d.WhereCanon, whereInputs(d)}
	if d.Query != "" {
		rows = append(rows, "query", d.Query, d.SourceKey)
	}
	if len(d.Joins) > 0 {
		rows = append(rows, "joins", d.Joins)
	}
	out.Rows = hash(append(append(rows, filterParts(d)...), conditionKeys(d)...)...)
	out.Mode = hash(d.Mode)
	out.Key = hash(keyParts(d)...)
	out.Shape = hash(append([]any{targetIdentity, named(m)}, shapeParts(m)...)...)
	out.Govern = hash(append(governParts(m), listsOf(d)...)...)
	out.Exec = hash(execParts(d)...)
	return out
}

// whereInputs are the params and lookups of the mapping, where a condition might read them.
func whereInputs(d *plan.Definition) []any {
	if d.Where == "" {
		return nil
	}
	var params []plan.Param
	for _, p := range d.Params {
		if containsWord(d.WhereCanon, p.Name) {
			params = append(params, p)
		}
	}
	var lookups []string
	for _, l := range d.Lookups {
		if containsWord(d.WhereCanon, l.Name) {
			lookups = append(lookups, l.Name)
		}
	}
	slices.Sort(lookups)
	return []any{params, lookupsOf(d, lookups)}
}

// keysOf are the prints of keys of protecting functions. What uses none adds nothing, so that the digests of older states
// stay equal.
func keysOf(d *plan.Definition, names []string) []any {
	var parts []any
	for _, k := range d.Keys {
		if slices.Contains(names, k.Name) {
			parts = append(parts, "key", k.Name, k.Print)
		}
	}
	return parts
}

// conditionKeys are the keys that a condition or the key of a filter might name.
func conditionKeys(d *plan.Definition) []any {
	var names []string
	for _, k := range d.Keys {
		named := func(text string) bool { return containsWord(text, k.Name) }
		if named(d.WhereCanon) || slices.ContainsFunc(d.Filters, func(f plan.Filter) bool { return named(f.KeyCanon) }) {
			names = append(names, k.Name)
		}
	}
	return keysOf(d, names)
}

func keyParts(d *plan.Definition) []any {
	parts := []any{d.Key}
	for _, name := range d.Key {
		for _, f := range d.Fields {
			if f.Name == name {
				parts = append(parts, f.Name, f.Canonical, f.Column.Type)
				parts = append(parts, keysOf(d, f.Keys)...)
				parts = append(parts, refParts(f)...)
			}
		}
	}
	return parts
}

// named is the target's table as the configuration names it: the schema that a target gives to a table without one is
// known only once the table stands, and is no change.
func named(m *resolve.Mapping) schema.Ref {
	if m.Config.To.Table != "" {
		return resolve.ParseRef(m.Config.To.Table)
	}
	return schema.Ref{Schema: m.Config.To.Schema, Name: m.Definition.TargetTable.Name}
}

func shapeParts(m *resolve.Mapping) []any {
	var parts []any
	for _, f := range byName(m.Definition.Fields) {
		parts = append(parts, f.Name, f.Column.Type, f.Column.Null)
	}
	return parts
}

func governParts(m *resolve.Mapping) []any {
	var parts []any
	for _, f := range byName(m.Definition.Fields) {
		parts = append(parts, f.Name, f.Classes, f.Purpose)
	}
	return parts
}

func byName(fields []plan.Field) []plan.Field {
	return slices.SortedFunc(slices.Values(fields), func(a, b plan.Field) int { return strings.Compare(a.Name, b.Name) })
}

// checksOf are the checks without their places in files.
func checksOf(d *plan.Definition) []plan.Check {
	out := slices.Clone(d.Checks)
	for i := range out {
		out[i].At = plan.Place{}
	}
	return out
}

// lookupsOf, paramsOf and kindsOf keep the order of the names, which is the expression's own.
func lookupsOf(d *plan.Definition, names []string) []plan.Lookup {
	var out []plan.Lookup
	for _, name := range names {
		for _, l := range d.Lookups {
			if l.Name == name {
				out = append(out, plan.Lookup{Digest: l.Digest, Default: l.Default, Or: l.Or})
			}
		}
	}
	return out
}

func paramsOf(d *plan.Definition, names []string) []plan.Param {
	var out []plan.Param
	for _, name := range names {
		for _, p := range d.Params {
			if p.Name == name {
				out = append(out, p)
			}
		}
	}
	return out
}

func kindsOf(d *plan.Definition, columns []string) []string {
	var out []string
	for _, name := range columns {
		for _, c := range d.Read {
			if c.Name == name {
				out = append(out, c.Name+":"+string(c.Type.Kind))
			}
		}
	}
	return out
}

// SchemaDigest digests the columns in use of a table, "" for a table that is not there.
func SchemaDigest(t *schema.Table, used []string) string {
	if t == nil {
		return ""
	}
	var parts []any
	for _, c := range t.Columns {
		if slices.Contains(used, c.Name) {
			parts = append(parts, c.Name, c.Type, c.Declared, c.Null)
		}
	}
	return hash(parts...)
}

// ColumnsOf lists the columns of a table as name and type, for telling later which came and which went.
func ColumnsOf(t *schema.Table) []string {
	if t == nil {
		return nil
	}
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name + " " + c.Type.String()
		if !c.Null {
			out[i] += " not null"
		}
	}
	return out
}

func hash(parts ...any) string {
	h := sha256.New()
	for _, p := range parts {
		raw, err := json.Marshal(p)
		if err != nil {
			panic(fmt.Sprintf("planner: marshal %T: %v", p, err)) // plain data always marshals
		}
		fmt.Fprintf(h, "%d:%s", len(raw), raw)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func containsWord(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i:i+len(word)] == word && !wordAt(text, i-1) && !wordAt(text, i+len(word)) {
			return true
		}
	}
	return false
}

func wordAt(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// ToState gives fingerprints the form that the state keeps them in.
func ToState(f plan.Fingerprints) state.Fingerprints { return state.Fingerprints(f) }
