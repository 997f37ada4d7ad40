package transfer_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/faulty"
)

func window(t *testing.T, from, until string, now func() time.Time) *transfer.Window {
	t.Helper()
	w, err := transfer.NewWindow(&plan.Limits{Window: &plan.Window{From: from, Until: until, Zone: "Europe/London"}}, now)
	must(t, err)
	return w
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	must(t, err)
	return at
}

// In London the clocks skip 01:00 to 02:00 on 29 March 2026, and show it twice on 25 October.
func TestAWindowIsReadFromTheClocksOfItsZone(t *testing.T) {
	for _, c := range []struct {
		name, from, until, at string
		open                  bool
		opens                 string // by the same clocks, where it is not open
	}{
		{"inside", "09:00", "17:00", "2026-01-05T09:00:00Z", true, ""},
		{"at its end", "09:00", "17:00", "2026-01-05T17:00:00Z", false, "2026-01-06T09:00:00Z"},
		{"a second before its end", "09:00", "17:00", "2026-01-05T16:59:59Z", true, ""},
		{"in summer an hour earlier", "09:00", "17:00", "2026-07-06T08:00:00Z", true, ""},
		{"before midnight", "22:00", "05:00", "2026-01-05T23:00:00Z", true, ""},
		{"after midnight", "22:00", "05:00", "2026-01-05T04:59:00Z", true, ""},
		{"at noon", "22:00", "05:00", "2026-01-05T12:00:30Z", false, "2026-01-05T22:00:00Z"},
		{"begin in the skipped hour: open when it is over", "01:30", "05:00", "2026-03-29T00:10:00Z", false, "2026-03-29T01:00:00Z"},
		{"all of it skipped: open the next day", "01:10", "01:50", "2026-03-29T00:10:00Z", false, "2026-03-30T00:10:00Z"},
		{"the first showing", "01:10", "01:50", "2026-10-25T00:20:00Z", true, ""},
		{"between both showings", "01:10", "01:50", "2026-10-25T00:55:00Z", false, "2026-10-25T01:10:00Z"},
		{"the second showing", "01:10", "01:50", "2026-10-25T01:20:00Z", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, at := time.Now(), instant(t, c.at)
				now := func() time.Time { return at.Add(time.Since(begun)) }
				w := window(t, c.from, c.until, now)
				if w.Open() != c.open {
					t.Fatalf("open at %s: got %v, want %v", c.at, w.Open(), c.open)
				}
				said := 0
				must(t, w.Wait(context.Background(), nil, func(string) { said++ }))
				if c.open {
					if said != 0 || !now().Equal(at) {
						t.Errorf("waited until %s and said so %d times, want no wait", now(), said)
					}
					return
				}
				if got := now().UTC().Format(time.RFC3339); got != c.opens || said != 1 {
					t.Errorf("waited until %s and said so %d times, want %s and once", got, said, c.opens)
				}
			})
		})
	}
}

func TestChunksAreBegunInsideTheWindowOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
		begun, at := time.Now(), instant(t, "2026-01-05T20:00:00Z")
		now := func() time.Time { return at.Add(time.Since(begun)) }
		b.job.Window = window(t, "22:00", "22:05", now)
		b.job.Source = delayed{b.job.Source} // a minute for each chunk
		b.job.Workers = 1
		tell, messages := b.job.Tell, 0
		b.job.Tell = func(e event.Event) {
			if e.Kind == event.Message && strings.Contains(e.Text, "outside of the window 22:00-22:05 Europe/London") {
				messages++
			}
			tell(e)
		}
		_, err := transfer.Run(context.Background(), b.job)
		must(t, err)
		if days := now().Sub(instant(t, "2026-01-05T22:00:00Z")) / (24 * time.Hour); int(days) != (len(b.job.Chunks)-1)/5 || messages != int(days)+1 {
			t.Errorf("%d chunks of a minute each took %d more days and %d messages, want five chunks a day and one message", len(b.job.Chunks), days, messages)
		}
		b.sound()
	})
}

// delayed takes a minute for each read.
type delayed struct{ providers.Source }

func (d delayed) Read(ctx context.Context, s providers.ReadSpec) (providers.Reader, error) {
	time.Sleep(time.Minute) // of the test's own clock
	return d.Source.Read(ctx, s)
}

func TestAStopEndsTheWaitForTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
		stop := make(chan struct{})
		at := instant(t, "2026-01-05T20:00:00Z")
		b.job.Window, b.job.Stop = window(t, "22:00", "05:00", func() time.Time { return at }), stop
		time.AfterFunc(10*time.Minute, func() { close(stop) })
		if _, err := transfer.Run(context.Background(), b.job); !errors.Is(err, transfer.ErrStopped) || len(b.records()) != 0 {
			t.Errorf("got %v and %d chunks, want ErrStopped and none", err, len(b.records()))
		}
	})
}

func TestParallelCapsTheWorkersOfAMapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
		b.job.Definition.Limits = &plan.Limits{Parallel: 2}
		c := &counted{Source: b.job.Source}
		b.job.Source, b.job.Workers, b.job.Slots = c, 8, make(chan struct{}, 8)
		_, err := transfer.Run(context.Background(), b.job)
		must(t, err)
		if got := c.most.Load(); got != 2 {
			t.Errorf("got %d chunks at once, want 2", got)
		}
	})
}

// counted knows how many reads were begun at once.
type counted struct {
	providers.Source
	now, most atomic.Int64
}

func (c *counted) Read(ctx context.Context, s providers.ReadSpec) (providers.Reader, error) {
	n := c.now.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	time.Sleep(time.Second) // of the test's own clock: until all others have come or wait
	c.now.Add(-1)
	return c.Source.Read(ctx, s)
}

func TestThePaceIsSharedByAllWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
		begun := time.Now()
		b.job.Source = transfer.Paced(b.job.Source, &plan.Limits{RowsPerSecond: 10})
		_, err := transfer.Run(context.Background(), b.job)
		must(t, err)
		if took := time.Since(begun).Round(time.Second / 10); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("100 rows at 10 per second by 3 workers took %s, want about 10s", took)
		}
		b.sound()
	})
}
