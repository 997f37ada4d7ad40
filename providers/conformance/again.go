package conformance

import (
	"errors"
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
)

// onceOnly: a chunk that the ledger has is done again only by who knows of its record.
func onceOnly(t *testing.T, s Suite) {
	sys := target(t, s)
	made := sys.table(sys.simple("again"))
	modes := []providers.Mode{providers.Insert}
	if slices.Contains(sys.e.Info().Modes, "upsert") {
		modes = append(modes, providers.Upsert)
	}
	first := numbered(made, 0, 5)
	spec := sys.spec(made, 0)
	before, err := sys.load(spec, first)
	check(t, "load", err)
	for _, mode := range modes {
		again := spec
		again.Mode, again.Hasher = mode, hasher()
		_, err := sys.load(again, numbered(made, 100, 105))
		wantClass(t, string(mode)+" of a chunk that is committed", err, providers.Ambiguous)
		if !errors.Is(err, providers.ErrCommitted) {
			t.Errorf("%s of a chunk that is committed: got %v, want ErrCommitted in its chain", mode, err)
		}
	}
	same(t, "rows after refused tries", sys.whole(made), of(first, nil))
	if len(modes) == 1 {
		return
	}
	redo := spec
	redo.Mode, redo.Hasher, redo.Redo = providers.Upsert, hasher(), before.Moment
	after, err := sys.load(redo, first)
	check(t, "do the chunk again", err)
	if after.Replaced != before.Written {
		t.Errorf("replaced by a chunk done again: got %s, want %s, what stood there", after.Replaced, before.Written)
	}
	redo.Redo = "a moment before that"
	_, err = sys.load(redo, first)
	wantClass(t, "a chunk done again over a record of another moment", err, providers.Ambiguous)
	got, err := sys.history().Recorded(t.Context(), run, mapping)
	check(t, "recorded", err)
	if len(got) != 1 || !got[0].Committed.Equal(after.Committed) {
		t.Errorf("records: got %+v, want the one of the chunk done again", got)
	}
}
