package measure

import (
	"strconv"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Before is a position of the cursor less its overlap, "" without one and at the beginning of what its type can hold.
func Before(d *plan.Definition, position string) string {
	if d.Cursor == nil || d.Cursor.Overlap == "" || position == "" {
		return position
	}
	for _, c := range d.Read {
		if c.Name == d.Cursor.Column {
			return before(c.Type, position, d.Cursor.Overlap)
		}
	}
	return ""
}

func before(t schema.Type, position, overlap string) string {
	v := batch.NewVector(t)
	if err := batch.Parse(&v, t, []byte(position)); err != nil || v.Storage() != schema.Ints {
		return position
	}
	less, err := strconv.ParseInt(overlap, 10, 64)
	if err != nil {
		long, err := time.ParseDuration(overlap)
		if err != nil {
			return position
		}
		if less = int64(long.Seconds() * float64(t.Unit())); t.Kind == schema.Date {
			less = int64((long + 24*time.Hour - 1) / (24 * time.Hour))
		}
	}
	n := v.Ints[0] - less
	if n > v.Ints[0] {
		return position
	}
	out := batch.NewVector(t)
	out.AppendInt(n)
	text := string(batch.AppendText(nil, t, &out, 0))
	if again := batch.NewVector(t); batch.Parse(&again, t, []byte(text)) != nil {
		return position
	}
	return text
}
