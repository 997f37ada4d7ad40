package plan

import (
	"slices"

	"github.com/novumsolvo/migrateiq/providers/schema"
)

// History is how a table keeps every version of a row, in mode history. The two columns of a version's time are fields of
// the definition, and its Key is the key of a version: that of the row, and From.
type History struct {
	From string   `json:"valid_from"`          // column: the moment from which a version holds
	To   string   `json:"valid_to"`            // column: the moment up to which it held, null while it is open
	Key  []string `json:"key"`                 // of a row
	At   bool     `json:"at,omitempty"`        // each row says its moment; else it is that at which the run was opened
	Keep bool     `json:"keep_gone,omitempty"` // versions of keys that are gone at the source stay open
}

// What stands in the place of the expression of a field that the engine fills itself, for people.
const (
	RunMoment = "(the moment at which the run was opened)"
	OpenEnd   = "(null while the version is open)"
)

// Of the versions that a chunk wrote: names of counts beside those of filters.
const (
	Opened = "+ opened"
	Closed = "- closed"
)

// Current is the definition of what the mapping makes of a row now, without the columns of a version's time; the
// definition itself but in mode history.
func (d *Definition) Current() *Definition {
	return d.without(func(f Field) bool { return d.Timed(f.Name) })
}

// Dated is Current with the moment that each row says for itself, where it does.
func (d *Definition) Dated() *Definition {
	return d.without(func(f Field) bool { return d.Filled(f.Name) })
}

// Filled reports whether the engine itself knows the values of a field, which no expression makes.
func (d *Definition) Filled(name string) bool {
	return d.History != nil && (name == d.History.To || name == d.History.From && !d.History.At)
}

func (d *Definition) without(leave func(Field) bool) *Definition {
	if d.History == nil {
		return d
	}
	out := *d
	out.Fields, out.Key, out.History = slices.DeleteFunc(slices.Clone(d.Fields), leave), d.History.Key, nil
	return &out
}

// OnRowError is what happens to a row that fails in a field.
func (d *Definition) OnRowError(field string) string {
	for _, f := range d.Fields {
		if f.Name == field {
			return f.OnRowError
		}
	}
	return ""
}

// Timed reports whether a field is of the time of a version, and not of the row.
func (d *Definition) Timed(name string) bool {
	return d.History != nil && (name == d.History.From || name == d.History.To)
}

// Holding is the condition by which rows of the target's table are read that hold now; nil for all of them, but in mode
// history the open versions.
func (d *Definition) Holding() *schema.Predicate {
	if d.History == nil {
		return nil
	}
	return &schema.Predicate{And: []schema.Compare{{Column: d.History.To, Op: "null"}}}
}
