package run

import (
	"context"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/engine/verify"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// shown is how many rows are named for a key that several rows make.
const shown = 3

// makers says of each key which rows of the source make it. Where the source has no key of its own, or the rows cannot be
// read once more, the keys stand alone.
func (r *Run) makers(ctx context.Context, s plan.Step, def *plan.Definition, from *moment, t *transform.Transformer, key []int, keys []verify.Twice) []string {
	h, names := r.hasher(s.Mapping), map[batch.Digest][]string{}
	for _, k := range keys {
		names[k.Digest] = nil
	}
	var rows []int
	err := providers.Each(ctx, from.source, def.ReadSpec(providers.Chunk{Bounds: plan.Everything}), func(b *batch.Batch) error {
		out, err := t.Run(b)
		if err != nil {
			return err
		}
		rows = t.Rows(rows[:0])
		for i, row := range rows {
			k := h.Row(out.Out, i, key)
			have, asked := names[k]
			if name, ok := t.Name(b, row); asked && ok {
				names[k] = append(have[:min(len(have), shown)], name)
			}
		}
		return nil
	})
	text := make([]string, len(keys))
	for i, k := range keys {
		text[i] = k.Key
		if err == nil {
			text[i] += listed(names[k.Digest])
		}
	}
	return text
}

// listed names rows, unless all of them are called alike.
func listed(rows []string) string {
	if len(slices.Compact(slices.Clone(rows))) < 2 {
		return ""
	}
	if len(rows) > shown {
		rows = append(slices.Clone(rows[:shown]), "more")
	}
	return " (rows " + strings.Join(rows[:len(rows)-1], ", ") + " and " + rows[len(rows)-1] + ")"
}
