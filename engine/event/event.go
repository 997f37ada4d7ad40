// Package event is what the engine tells the outside while it works. Nothing comes back through it, and no event holds
// a row's value.
package event

import "time"

// Kind of an event.
type Kind string

// The events of a command, in the order they may come.
const (
	Message       Kind = "message"        // Text is for people
	Measuring     Kind = "measuring"      // a question of the planner is being answered; Mapping, Text
	RunOpened     Kind = "run_opened"     // Run; Resumed where it goes on
	StepStarted   Kind = "step_started"   // Step, Mapping, Text
	StepDone      Kind = "step_done"      //
	StepFailed    Kind = "step_failed"    // Text says why
	CopyStarted   Kind = "copy_started"   // Mapping, Total rows (about; 0 unknown), Done rows of an earlier try
	Rows          Kind = "rows"           // Mapping, Done: rows read so far in this mapping, before commit
	ChunkDone     Kind = "chunk_done"     // Mapping, Chunk, Rows, Done, Total
	ChunkRetry    Kind = "chunk_retry"    // Mapping, Chunk, Text
	CopyDone      Kind = "copy_done"      // Mapping, Rows written
	VerifyStarted Kind = "verify_started" // Mapping, Total
	VerifyRows    Kind = "verify_rows"    // Mapping, Done
	Verified      Kind = "verified"       // Mapping, Text: counts and digests agree, or what differs
	Checked       Kind = "checked"        // Mapping, Text
	RunClosed     Kind = "run_closed"     //
)

// Event is one of them. It is one JSON object a line with --json.
type Event struct {
	Kind     Kind      `json:"event"`
	At       time.Time `json:"at"`
	Run      string    `json:"run,omitempty"`
	Resumed  bool      `json:"resumed,omitempty"`
	Mapping  string    `json:"mapping,omitempty"`
	Step     int       `json:"step,omitempty"`
	Chunk    int       `json:"chunk,omitempty"`
	Rows     int64     `json:"rows,omitempty"`
	Done     int64     `json:"done,omitempty"`
	Total    int64     `json:"total,omitempty"`
	Rejected int64     `json:"rejected,omitempty"`
	Text     string    `json:"text,omitempty"`
	OfPeople bool      `json:"of_people,omitempty"` // of CopyStarted, CopyDone, VerifyStarted: people are shown one to four such rows as "<5"
}

// Sink takes events; it must be quick and safe for concurrent use.
type Sink func(Event)

// Tell stamps and sends an event; a nil sink takes nothing.
func (s Sink) Tell(e Event) {
	if s == nil {
		return
	}
	e.At = time.Now().UTC()
	s(e)
}
