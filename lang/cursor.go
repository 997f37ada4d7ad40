package lang

import (
	"strconv"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

const howCursor = `"cursor" is written { column = "ID", kind = "sequence" }; kind is "sequence", "timestamp" or, for PostgreSQL, "xmin", which needs no column.`

// cursor reads cursor = { column = "X", kind = "sequence" }.
func (c content) cursor(role string) *Cursor {
	v, ok := c.value("cursor")
	if !ok {
		return nil
	}
	if role == "target" {
		c.wrong("cursor", "A cursor tells new rows of a source from old ones. Remove it from the target.")
		return nil
	}
	if v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		c.wrong("cursor", howCursor)
		return nil
	}
	out := &Cursor{Range: place(c.at("cursor"))}
	parts := map[string]*string{"column": &out.Column, "kind": &out.Kind, "set_by": &out.SetBy, "overlap": &out.Overlap}
	for name, part := range v.AsValueMap() {
		text, err := convert.Convert(part, cty.String)
		if to := parts[name]; to == nil || err != nil || part.IsNull() || !part.IsKnown() || part.Type() != cty.String && name != "overlap" {
			c.wrong("cursor", howCursor)
			return nil
		} else if *to = text.AsString(); *to == "" {
			c.wrong("cursor", howCursor)
			return nil
		}
	}
	if out.Kind == "rowversion" {
		c.l.later(c.at("cursor"), c.of, `kind = "rowversion" of a cursor`, `Use kind = "sequence" or "timestamp", or no cursor.`)
		return nil
	}
	if why := out.wrong(); why != "" {
		c.wrong("cursor", why)
		return nil
	}
	return out
}

// wrong says what parts of a cursor do not fit each other, "" for none.
func (c *Cursor) wrong() string {
	n, notNumber := strconv.ParseInt(c.Overlap, 10, 64)
	d, notTime := time.ParseDuration(c.Overlap)
	switch {
	case c.Kind != "sequence" && c.Kind != "timestamp" && c.Kind != "xmin", c.Column == "" && c.Kind != "xmin":
		return howCursor
	case c.SetBy != "" && (c.Kind != "timestamp" || c.SetBy != "database" && c.SetBy != "application"):
		return `"set_by" says who sets a timestamp: "database" or "application". Remove it from a cursor of another kind.`
	case c.Overlap == "":
		return ""
	case c.Kind == "sequence" && (notNumber != nil || n <= 0):
		return `"overlap" of a sequence is how many numbers below the last one are read again, such as 1000.`
	case c.Kind == "timestamp" && (notTime != nil || d < time.Millisecond):
		return `"overlap" of a timestamp is how long before the last one rows are read again, such as "10m" or "2h".`
	case c.Kind == "xmin":
		return `A cursor of kind "xmin" leaves no row out and needs no overlap. Remove it.`
	}
	return ""
}
