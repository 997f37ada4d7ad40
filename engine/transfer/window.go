package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/throttle"
)

// Paced is a source under the pace of a mapping, to be shared by all its readers.
func Paced(s providers.Source, l *plan.Limits) providers.Source {
	if l == nil || l.RowsPerSecond == 0 {
		return s
	}
	return throttle.New(s, l.RowsPerSecond)
}

// Window is the time of the day in which chunks may be begun. A nil Window is always open.
type Window struct {
	text        string
	from, until int // minutes of the day
	zone        *time.Location
	now         func() time.Time
}

// NewWindow reads a mapping's window, nil where it has none.
func NewWindow(l *plan.Limits, now func() time.Time) (*Window, error) {
	if l == nil || l.Window == nil {
		return nil, nil
	}
	w := &Window{text: l.Window.String(), now: now}
	var err error
	if w.zone, err = time.LoadLocation(l.Window.Zone); err != nil {
		return nil, fmt.Errorf("read the window %s: %w", w.text, err)
	}
	for _, p := range []struct {
		text string
		to   *int
	}{{l.Window.From, &w.from}, {l.Window.Until, &w.until}} {
		at, err := time.Parse("15:04", p.text)
		if err != nil {
			return nil, fmt.Errorf("read the window %s: %w", w.text, err)
		}
		*p.to = at.Hour()*60 + at.Minute()
	}
	return w, nil
}

// open reports whether the zone's clocks show a time of the window. So an hour that they show twice is open twice, and
// one that they skip opens nothing.
func (w *Window) open(at time.Time) bool {
	wall := at.In(w.zone)
	minute := wall.Hour()*60 + wall.Minute()
	if w.from < w.until {
		return w.from <= minute && minute < w.until
	}
	return w.from <= minute || minute < w.until
}

// opens is the first whole minute from at on in which the window is open.
func (w *Window) opens(at time.Time) time.Time {
	next := at.Truncate(time.Minute)
	for limit := next.Add(72 * time.Hour); next.Before(limit); {
		next = next.Add(time.Minute)
		if w.open(next) {
			return next
		}
	}
	return next
}

// Open reports whether a chunk may be begun now.
func (w *Window) Open() bool { return w == nil || w.open(w.now()) }

// longestNap bounds a wait, so that a machine that slept or whose clock was set looks at it again soon.
const longestNap = time.Minute

// Wait returns when the window is open; say is told once how long that will take. It gives ErrStopped when stop is closed.
func (w *Window) Wait(ctx context.Context, stop <-chan struct{}, say func(text string)) error {
	for !w.Open() {
		now := w.now()
		next := w.opens(now)
		if say != nil {
			say(fmt.Sprintf("outside of the window %s: waiting until %s", w.text, next.In(w.zone).Format("2006-01-02 15:04 MST")))
			say = nil
		}
		timer := time.NewTimer(min(next.Sub(now), longestNap))
		select {
		case <-timer.C:
		case <-stop:
			timer.Stop()
			return ErrStopped
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
	return nil
}
