package view

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

// Progress shows events while a command works. Tell is safe for concurrent use; Close ends what is still on the screen.
type Progress interface {
	Tell(event.Event)
	Close()
}

// Quiet shows nothing.
type Quiet struct{}

// Tell takes the event and shows nothing.
func (Quiet) Tell(event.Event) {}

// Close does nothing.
func (Quiet) Close() {}

// Events prints each event as one line of JSON.
type Events struct {
	mu sync.Mutex
	w  io.Writer
}

// NewEvents prints to w.
func NewEvents(w io.Writer) *Events { return &Events{w: w} }

// Tell prints one event. A reader that has gone away does not stop the work: what counts is in the ledger.
func (e *Events) Tell(v event.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = json.NewEncoder(e.w).Encode(v)
}

// Close does nothing: every line is whole.
func (e *Events) Close() {}

// Lines prints progress where there is no terminal: the start and the end of each mapping, and between them a line
// every ten seconds, or for every tenth of the rows if that comes later than the pause.
type Lines struct {
	mu    sync.Mutex
	w     io.Writer
	style Style
	work  map[string]*load
	said  map[string]bool // mappings whose step was announced just before its copying or verifying starts
}

const (
	longest = 10 * time.Second // between two lines of a mapping that moves
	pause   = 2 * time.Second  // shortest time between them
)

// load is a mapping's copying or verifying as far as it was told.
type load struct {
	began, shown time.Time
	first        int64 // rows that an earlier try had done
	tenth        int64
	total        int64
	shy          bool // small numbers are not shown
}

// NewLines prints to w.
func NewLines(w io.Writer, s Style) *Lines {
	return &Lines{w: w, style: s, work: map[string]*load{}, said: map[string]bool{}}
}

// Close does nothing: every line is whole.
func (l *Lines) Close() {}

// Tell prints a line for the events that people care about.
func (l *Lines) Tell(e event.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Kind {
	case event.CopyStarted, event.VerifyStarted:
		l.work[e.Mapping] = &load{began: e.At, shown: e.At, first: e.Done, total: e.Total, shy: e.OfPeople}
		if l.said[e.Mapping] && e.Done == 0 {
			return
		}
	case event.Rows, event.ChunkDone, event.VerifyRows:
		l.moving(e)
		return
	}
	text := Sentence(l.style, e)
	if text != "" {
		fmt.Fprintln(l.w, text)
	}
	l.said[e.Mapping] = e.Kind == event.StepStarted && text != ""
}

func (l *Lines) moving(e event.Event) {
	at := l.work[e.Mapping]
	if at == nil || e.Done == 0 {
		return
	}
	since := e.At.Sub(at.shown)
	tenth := int64(0)
	if at.total > 0 {
		tenth = 10 * e.Done / at.total
	}
	if since < longest && (tenth <= at.tenth || since < pause) {
		return
	}
	at.shown, at.tenth = e.At, tenth
	fmt.Fprintln(l.w, at.standing(e))
}

// standing says how far a mapping is, how fast it goes and how long the rest will take.
func (at *load) standing(e event.Event) string {
	text := e.Mapping + ": " + shielded(e.Done, at.shy)
	if at.total >= e.Done { // an estimate that is not overtaken yet
		text += fmt.Sprintf(" of %s rows", shielded(at.total, at.shy))
		if !at.shy || !plan.IsShielded(e.Done) {
			text += fmt.Sprintf(" (%d%%)", 100*e.Done/at.total)
		}
	} else {
		text += " rows"
	}
	spent := e.At.Sub(at.began)
	if r := rate(e.Done-at.first, spent); r != "" {
		text += ", " + r
		if rest := left(at.total-e.Done, e.Done-at.first, spent); rest != "" {
			text += ", about " + rest
		}
	}
	return text
}

// Sentence puts an event in words, "" for those that only move a bar.
func Sentence(s Style, e event.Event) string {
	switch e.Kind {
	case event.Message:
		return e.Text
	case event.Measuring:
		return s.faint(joined(e.Mapping, e.Text))
	case event.RunOpened:
		if e.Resumed {
			return "Run " + e.Run + " goes on."
		}
		return "Run " + e.Run + " is open."
	case event.StepStarted:
		if e.Text == "" {
			return ""
		}
		return s.faint(joined(e.Mapping, e.Text))
	case event.StepFailed:
		return s.bad("failed") + " " + joined(e.Mapping, e.Text)
	case event.CopyStarted:
		return e.Mapping + ": copying" + expected(e)
	case event.ChunkRetry:
		return s.care("again") + " " + joined(e.Mapping, e.Text)
	case event.CopyDone:
		return e.Mapping + ": " + shieldedRows(e.Rows, e.OfPeople) + " written"
	case event.VerifyStarted:
		return e.Mapping + ": verifying" + expected(e)
	case event.Verified, event.Checked:
		if e.Text == "" {
			return ""
		}
		return joined(e.Mapping, e.Text)
	}
	return ""
}

func expected(e event.Event) string {
	switch {
	case e.Total > 0 && e.Done > 0:
		return fmt.Sprintf(", %s of about %s are there", shielded(e.Done, e.OfPeople), shieldedRows(e.Total, e.OfPeople))
	case e.Total > 0:
		return " about " + shieldedRows(e.Total, e.OfPeople)
	}
	return ""
}

func joined(mapping, text string) string {
	switch {
	case mapping == "":
		return text
	case text == "":
		return mapping
	}
	return mapping + ": " + text
}
