package view_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/cmd/migrateiq/view"
	"github.com/novumsolvo/migrateiq/engine/event"
)

// moment is an event some time after the start.
type moment struct {
	after time.Duration
	event.Event
}

// tell has events told to lines, and compares these.
func tell(t *testing.T, events []moment, want string) {
	t.Helper()
	var b bytes.Buffer
	l := view.NewLines(&b, view.Style{})
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, e := range events {
		e.At = start.Add(e.after)
		l.Tell(e.Event)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("lines (-want +got):\n%s", d)
	}
}

func TestLinesTellStartProgressAndEnd(t *testing.T) {
	tell(t, []moment{
		{0, event.Event{Kind: event.CopyStarted, Mapping: "mapping.a", Total: 1000}},
		{time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.a", Done: 150}},       // a tenth, too early
		{4 * time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.a", Done: 200}},   // two tenths
		{5 * time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.a", Done: 205}},   // nothing to say
		{15 * time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.a", Done: 210}},  // ten seconds on
		{16 * time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.b", Done: 5}},    // of a mapping that never began
		{30 * time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.a", Done: 1200}}, // the total was an estimate
		{40 * time.Second, event.Event{Kind: event.CopyDone, Mapping: "mapping.a", Rows: 1200}},
		{41 * time.Second, event.Event{Kind: event.Verified, Mapping: "mapping.a", Text: "1,200 rows agree"}},
	}, `mapping.a: copying about 1,000 rows
mapping.a: 200 of 1,000 rows (20%), 50 rows/s, about 16.0 s left
mapping.a: 210 of 1,000 rows (21%), 14 rows/s, about 56.4 s left
mapping.a: 1,200 rows, 40 rows/s
mapping.a: 1,200 rows written
mapping.a: 1,200 rows agree
`)
}

func TestLinesShowNoSmallNumberOfRowsOfPeople(t *testing.T) {
	tell(t, []moment{
		{0, event.Event{Kind: event.CopyStarted, Mapping: "mapping.a", Total: 4, Done: 2, OfPeople: true}},
		{11 * time.Second, event.Event{Kind: event.Rows, Mapping: "mapping.a", Done: 3}},
		{12 * time.Second, event.Event{Kind: event.CopyDone, Mapping: "mapping.a", Rows: 1, OfPeople: true}},
		{13 * time.Second, event.Event{Kind: event.VerifyStarted, Mapping: "mapping.b", Total: 4, OfPeople: true}},
		{14 * time.Second, event.Event{Kind: event.CopyDone, Mapping: "mapping.c", Rows: 5, OfPeople: true}},
	}, `mapping.a: copying, <5 of about <5 rows are there
mapping.a: <5 of <5 rows
mapping.a: <5 rows written
mapping.b: verifying about <5 rows
mapping.c: 5 rows written
`)
}

func TestBarsEndWhateverHappensToTheirMapping(t *testing.T) {
	var b bytes.Buffer
	bars := view.NewBars(&b, view.Style{Width: 100})
	for _, e := range []event.Event{
		{Kind: event.CopyStarted, Mapping: "mapping.a", Total: 10},
		{Kind: event.Rows, Mapping: "mapping.a", Done: 20, Total: 10}, // the total was an estimate
		{Kind: event.CopyStarted, Mapping: "mapping.b"},
		{Kind: event.Rows, Mapping: "mapping.b", Done: 20},
		{Kind: event.CopyDone, Mapping: "mapping.a", Rows: 20},
		{Kind: event.Message, Text: "a word"},
	} {
		e.At = time.Now()
		bars.Tell(e)
	}
	bars.Close() // waits for every bar: a bar that never ended would hang here
	if !strings.Contains(b.String(), "a word") {
		t.Errorf("output of the bars: got %q, want it to hold the message", b.String())
	}
}

func TestEventsAreOneJSONObjectALine(t *testing.T) {
	var b bytes.Buffer
	e := view.NewEvents(&b)
	e.Tell(event.Event{Kind: event.CopyDone, Mapping: "mapping.a", Rows: 3})
	e.Tell(event.Event{Kind: event.RunClosed, Run: "r"})
	want := `{"event":"copy_done","at":"0001-01-01T00:00:00Z","mapping":"mapping.a","rows":3}
{"event":"run_closed","at":"0001-01-01T00:00:00Z","run":"r"}
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

func TestNumbersReadAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{view.Count(0), "0"}, {view.Count(999), "999"}, {view.Count(1000), "1,000"}, {view.Count(-1234567), "-1,234,567"},
		{view.Size(1), "1 byte"}, {view.Size(999), "999 bytes"}, {view.Size(999950), "1.0 MB"}, {view.Size(3100), "3.1 kB"},
		{view.Took(90 * time.Second), "1 min 30 s"}, {view.Took(2 * time.Millisecond), "2 ms"}, {view.Took(3661 * time.Second), "1 h 1 min"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
