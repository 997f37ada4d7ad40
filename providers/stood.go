package providers

import (
	"errors"
	"slices"

	"github.com/novumsolvo/migrateiq/providers/batch"
)

// Hold compares what stood at the keys of a chunk of a table with what the record asks for.
func (c ChunkRecord) Hold(s LoadSpec, stood batch.Digest) error {
	switch {
	case c.Stood == nil && s.Set != nil && stood.Rows > 0:
		return &Error{Op: "load", Object: s.Table.String(), Class: Unsupported,
			Err: errors.New("a chunk that sets some of the columns has to say what stood in the others")}
	case c.Stood != nil && *c.Stood != stood:
		return &Error{Op: "load", Object: s.Table.String(), Class: Transient, Err: ErrStood,
			Remedy: "Run the same command again: it reads these rows anew. To keep others from writing while it runs, stop them."}
	}
	return nil
}

// Sets finds the places among the columns that are written in a row whose key is there.
func (s LoadSpec) Sets() ([]int, error) {
	var places []int
	for i, c := range s.Columns {
		if s.Set == nil || slices.Contains(s.Set, c.Name) {
			places = append(places, i)
		}
	}
	if s.Set != nil && (s.Mode != Upsert || len(places) != len(s.Set)) {
		return nil, &Error{Op: "load", Object: s.Table.String(), Class: Unsupported,
			Err: errors.New("columns to set are for an upsert, and each is one of the columns, once")}
	}
	return places, nil
}
