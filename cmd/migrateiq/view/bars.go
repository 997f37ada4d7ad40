package view

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/novumsolvo/migrateiq/engine/event"
)

// Bars shows a progress bar for each mapping that is under way, on a terminal: rows, rate and time left. What is told in
// words scrolls by above them; a bar whose mapping is done gives way to such a line.
type Bars struct {
	mu       sync.Mutex
	style    Style
	progress *mpb.Progress
	bars     map[string]*mpb.Bar
}

// NewBars draws on w.
func NewBars(w io.Writer, s Style) *Bars {
	return &Bars{style: s, progress: mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh(), mpb.WithWidth(s.columns())), bars: map[string]*mpb.Bar{}}
}

// Tell moves a bar or prints a line above the bars.
func (b *Bars) Tell(e event.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e.Kind {
	case event.CopyStarted:
		b.begin("copy ", e)
	case event.VerifyStarted:
		b.begin("verify ", e)
	case event.Rows, event.ChunkDone, event.VerifyRows:
		b.move(e)
	case event.CopyDone, event.Verified:
		b.end(e.Mapping)
		b.say(e)
	default:
		b.say(e)
	}
}

func (b *Bars) say(e event.Event) {
	if text := Sentence(b.style, e); text != "" {
		fmt.Fprintln(b.progress, text)
	}
}

func (b *Bars) begin(what string, e event.Event) {
	b.end(e.Mapping)
	first, began, shy := e.Done, e.At, e.OfPeople
	bar := b.progress.AddBar(e.Total,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(what+e.Mapping+" ", decor.WCSyncSpaceR)),
		mpb.AppendDecorators(
			decor.Any(func(s decor.Statistics) string { return shielded(s.Current, shy) + " rows" }, decor.WCSyncSpace),
			decor.Any(func(s decor.Statistics) string { return rate(s.Current-first, time.Since(began)) }, decor.WCSyncSpace),
			decor.Any(func(s decor.Statistics) string { return left(s.Total-s.Current, s.Current-first, time.Since(began)) }, decor.WCSyncSpace),
		))
	bar.SetCurrent(e.Done)
	b.bars[e.Mapping] = bar
}

// left is how long the rest will take at the pace so far, "" before there is one.
func left(rest, moved int64, spent time.Duration) string {
	if rest <= 1 || moved <= 0 || spent < 100*time.Millisecond {
		return ""
	}
	return Took(time.Duration(float64(spent)*float64(rest)/float64(moved))) + " left"
}

// move never fills a bar: totals are estimates, and only the end is the end.
func (b *Bars) move(e event.Event) {
	bar := b.bars[e.Mapping]
	if bar == nil || e.Done == 0 {
		return
	}
	total := e.Total
	if total == 0 {
		total = e.Done
	}
	bar.SetTotal(max(total, e.Done+1), false)
	bar.SetCurrent(e.Done)
}

func (b *Bars) end(mapping string) {
	if bar := b.bars[mapping]; bar != nil {
		bar.SetTotal(-1, true)
		delete(b.bars, mapping)
	}
}

// Close leaves unfinished bars as they stand and waits until all is drawn.
func (b *Bars) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, bar := range b.bars {
		bar.Abort(false)
	}
	b.progress.Wait()
}
