package plan

import (
	"slices"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Former is a field that the mapping had and that is gone, with what its expression used. Its column stays, and what the
// mapping put into it is told from somebody's correction where the field is there again.
type Former struct {
	Field   Field           `json:"field"`
	Read    []schema.Column `json:"read,omitempty"`
	Params  []Param         `json:"params,omitempty"`
	Lookups []Lookup        `json:"lookups,omitempty"`
}

// Formerly are the fields that a later definition of the table has no more, of this one and of those before it. renamed
// are the fields of now whose column had another name in this one.
func (d *Definition) Formerly(now []Field, renamed map[string]string) []Former {
	stays := func(name string) bool {
		return slices.ContainsFunc(now, func(f Field) bool { return f.Name == name || renamed[f.Name] == name })
	}
	out := slices.DeleteFunc(slices.Clone(d.Former), func(f Former) bool { return stays(f.Field.Name) })
	for _, f := range d.Fields {
		if stays(f.Name) || f.Ref != nil || len(f.Keys) > 0 {
			continue
		}
		out = append(out, Former{Field: f,
			Read:    some(d.Read, func(c schema.Column) bool { return slices.Contains(f.Sources, c.Name) }),
			Params:  some(d.Params, func(p Param) bool { return slices.Contains(f.Params, p.Name) }),
			Lookups: some(d.Lookups, func(l Lookup) bool { return slices.Contains(f.Lookups, l.Name) })})
	}
	return out
}

func some[T any](all []T, is func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !is(x) })
}

// With is the definition with a former field, false where the two use other things under one name.
func (d *Definition) With(f Former) (*Definition, bool) {
	out := *d
	out.Read, out.Params, out.Lookups = slices.Clone(d.Read), slices.Clone(d.Params), slices.Clone(d.Lookups)
	ok := merge(&out.Read, f.Read, func(a, b schema.Column) bool { return a.Name == b.Name }, func(a, b schema.Column) bool { return a.Type.Equal(b.Type) }) &&
		merge(&out.Params, f.Params, func(a, b Param) bool { return a.Name == b.Name }, func(a, b Param) bool { return a.Text == b.Text && a.Type.Equal(b.Type) }) &&
		merge(&out.Lookups, f.Lookups, func(a, b Lookup) bool { return a.Name == b.Name }, func(a, b Lookup) bool {
			return a.ID() == b.ID() && a.Digest == b.Digest && a.Default == b.Default && a.Or == b.Or
		})
	out.Fields = append(slices.Clone(d.Fields), f.Field)
	return &out, ok
}

func merge[T any](to *[]T, from []T, named, same func(a, b T) bool) bool {
	for _, x := range from {
		i := slices.IndexFunc(*to, func(o T) bool { return named(o, x) })
		switch {
		case i < 0:
			*to = append(*to, x)
		case !same((*to)[i], x):
			return false
		}
	}
	return true
}
