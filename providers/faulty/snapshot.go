package faulty

import (
	"context"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func (x snapshotter) Snapshot(ctx context.Context, readers int) (providers.Snapshot, error) {
	s, err := do(x.p, "snapshot", func() (providers.Snapshot, error) { return x.inner.Snapshot(ctx, readers) })
	if err != nil {
		return nil, err
	}
	return wrapSnapshot(s, x.p), nil
}

type snapshot struct {
	source
	inner providers.Snapshot
}

func (s snapshot) Moment() string { return s.inner.Moment() }

func (s snapshot) Close() error { return shut(s.p, s.inner) }

// whole is a snapshot that has every capability there is.
type whole interface {
	providers.Chunker
	providers.Counter
	providers.Positioner
	providers.Tracker
}

type tracker struct {
	inner providers.Tracker
	p     *Plan
}

func (x tracker) Track(ctx context.Context, t schema.Ref, moments []string, before string) (string, error) {
	return do(x.p, "track", func() (string, error) { return x.inner.Track(ctx, t, moments, before) })
}

// wrapSnapshot gives the snapshot just the capabilities that it had, since they are found by their methods.
func wrapSnapshot(s providers.Snapshot, p *Plan) providers.Snapshot {
	if t, ok := s.(whole); ok {
		return struct {
			snapshot
			providers.Chunker
			providers.Counter
			providers.Positioner
			providers.Tracker
		}{snapshot{source{s, p}, s}, chunker{t, p}, counter{t, p}, positioner{t, p}, tracker{t, p}}
	}
	w := snapshot{source{s, p}, s}
	a, hasA := s.(providers.Chunker)
	b, hasB := s.(providers.Counter)
	c, hasC := s.(providers.Positioner)
	ch, co, po := chunker{a, p}, counter{b, p}, positioner{c, p}
	switch {
	case hasA && hasB && hasC:
		return struct {
			snapshot
			providers.Chunker
			providers.Counter
			providers.Positioner
		}{w, ch, co, po}
	case hasA && hasB:
		return struct {
			snapshot
			providers.Chunker
			providers.Counter
		}{w, ch, co}
	case hasA && hasC:
		return struct {
			snapshot
			providers.Chunker
			providers.Positioner
		}{w, ch, po}
	case hasB && hasC:
		return struct {
			snapshot
			providers.Counter
			providers.Positioner
		}{w, co, po}
	case hasA:
		return struct {
			snapshot
			providers.Chunker
		}{w, ch}
	case hasB:
		return struct {
			snapshot
			providers.Counter
		}{w, co}
	case hasC:
		return struct {
			snapshot
			providers.Positioner
		}{w, po}
	}
	return w
}
