package plan

import "github.com/novumsolvo/migrateiq/providers"

// Cursor is the range of an increment. After is "" for the first run.
type Cursor struct {
	Column  string `json:"column"` // "" where the source itself knows which rows it gave
	Kind    string `json:"kind"`
	Overlap string `json:"overlap,omitempty"`
	After   string `json:"after"`
	UpTo    string `json:"up_to"`
	From    string `json:"from,omitempty"`  // where After is, less the overlap: from here on rows are read again
	Seen    string `json:"seen,omitempty"`  // what the source said of the rows that were read, as only it understands it
	Below   int64  `json:"below,omitempty"` // rows that were read and are there still, where Seen is
}

// Increment reports whether only a part of the source is read.
func (c *Cursor) Increment() bool { return c != nil && (c.After != "" || c.Seen != "") }

// Whole is the definition that reads all rows up to the pinned bound.
func (d *Definition) Whole() *Definition {
	if d.Cursor == nil {
		return d
	}
	out := *d
	out.Cursor = &Cursor{Column: d.Cursor.Column, Kind: d.Cursor.Kind, UpTo: d.Cursor.UpTo}
	return &out
}

// Range is the part of the source that the plan's cursor allows, nil for all of it.
func (d *Definition) Range() *providers.CursorRange {
	if d.Cursor == nil {
		return nil
	}
	return d.Between(*d.Cursor)
}

// Standing is the part of the source that earlier runs read, nil for all of it.
func (d *Definition) Standing() *providers.CursorRange {
	if !d.Cursor.Increment() {
		return nil
	}
	r := d.Between(Cursor{Column: d.Cursor.Column, UpTo: d.Cursor.After})
	if d.Cursor.Seen == "" {
		return r
	}
	if r == nil {
		r = &providers.CursorRange{}
	}
	r.Seen = d.Cursor.Seen
	return r
}

// Between is a range of the cursor, nil for all rows.
func (d *Definition) Between(c Cursor) *providers.CursorRange {
	r := providers.CursorRange{After: c.After, UpTo: c.UpTo, Unseen: c.Seen}
	if c.From != "" {
		r.After = c.From
	}
	for _, column := range d.Read {
		if column.Name == c.Column {
			r.Column = column
		}
	}
	if r.Column.Name == "" {
		r.After, r.UpTo = "", ""
	}
	if r.After == "" && r.UpTo == "" && r.Unseen == "" {
		return nil
	}
	return &r
}
