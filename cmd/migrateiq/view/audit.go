package view

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/novumsolvo/migrateiq/engine/evidence"
	"github.com/novumsolvo/migrateiq/engine/plan"
)

// chainDocument is what `audit verify --json` prints.
type chainDocument struct {
	Format   int            `json:"format"`
	Log      string         `json:"log"`
	Lines    int            `json:"lines"`
	Head     evidence.Head  `json:"head"`
	Recorded *evidence.Head `json:"recorded_head"`
	Known    *evidence.Head `json:"known_head"` // of the state
	Torn     int            `json:"torn_bytes"`
	BadLine  int            `json:"bad_line"` // 0: none
	Why      string         `json:"why"`
	Note     string         `json:"note"`
}

// ChainJSON prints what a check of the audit log found.
func ChainJSON(w io.Writer, c evidence.Chain, path string) error {
	doc := chainDocument{Format: 1, Log: path, Lines: c.Lines, Head: c.Head, Recorded: c.Recorded, Known: c.Known, Torn: c.Torn, Note: evidence.Unanchored}
	if c.Bad != nil {
		doc.BadLine, doc.Why = c.Bad.Line, c.Bad.Why
	}
	return JSON(w, doc)
}

// Chain prints it for people, of a log whose lines are all good.
func Chain(w io.Writer, c evidence.Chain, path string) error {
	text := fmt.Sprintf("The audit log %s is as it was written: %s, head %d %s.\n", path, plan.Count(int64(c.Lines), "line"), c.Head.Seq, c.Head.Hash)
	if c.Torn > 0 {
		text += fmt.Sprintf("Behind them are %s of a line that was not written to its end: a process was killed. The next line will hold them.\n", plan.Count(int64(c.Torn), "byte"))
	}
	if n := c.Ahead(); n > 0 {
		text += fmt.Sprintf("The recorded head is %s behind: a process was killed before it recorded its own. The next line sets it right.\n", plan.Count(int64(n), "line"))
	}
	if c.Known != nil {
		text += fmt.Sprintf("It holds line %d, which the state knows.\n", c.Known.Seq)
	}
	if c.Recorded == nil && c.Known == nil {
		text += "No head is recorded beside it, so lines that were cut off its end cannot be seen.\n"
	}
	_, err := io.WriteString(w, text+evidence.Unanchored+"\n")
	return err
}

// LogLine prints a line of the log, or nothing where it is not about the run that was asked for.
func LogLine(w io.Writer, l evidence.Line, run string, raw bool) error {
	var about struct {
		Run string `json:"run"`
	}
	if run != "" && (json.Unmarshal(l.Payload, &about) != nil || about.Run != run) {
		return nil
	}
	if raw {
		_, err := fmt.Fprintf(w, "%s\n", l.Raw)
		return err
	}
	_, err := fmt.Fprintf(w, "%d  %s  %s  %s  %s\n", l.Seq, l.TS, l.Actor, l.Event, l.Payload)
	return err
}
