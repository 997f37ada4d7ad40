// Package diag is a message to the author of the configuration, with the place that has to change.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether work can go on.
type Severity uint8

// An Error stops the command; a Warning is printed and the work goes on.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Pos is a place in a file. Line and Column count from 1, Column in characters; Byte counts from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Range is a stretch of one file; End is behind its last character.
type Range struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

func (r Range) String() string { return fmt.Sprintf("%s:%d", r.File, r.Start.Line) }

// Diagnostic is one finding. Summary is a short title without a full stop; Detail says what was found and what to do,
// in whole sentences. Subject is nil where no place in a file is to blame. Object names the block it is about, such as
// `mapping "patient"`. Code is stable and documented: scripts and docs/errors go by it.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail,omitempty"`
	Subject  *Range   `json:"subject,omitempty"`
	Object   string   `json:"object,omitempty"`
}

// List collects findings. The zero value is ready to use.
type List []Diagnostic

// Add appends d.
func (l *List) Add(d Diagnostic) { *l = append(*l, d) }

// Extend appends all of other.
func (l *List) Extend(other List) { *l = append(*l, other...) }

// HasErrors reports whether work has to stop.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the findings in source order, those without a place first, without repetitions.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		if (a.Subject == nil) != (b.Subject == nil) {
			if a.Subject == nil {
				return -1
			}
			return 1
		}
		if a.Subject == nil {
			return 0
		}
		return cmp.Or(cmp.Compare(a.Subject.File, b.Subject.File), cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte))
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		if (a.Subject == nil) != (b.Subject == nil) || a.Subject != nil && *a.Subject != *b.Subject {
			return false
		}
		return a.Code == b.Code && a.Summary == b.Summary && a.Detail == b.Detail
	})
}

// Err gives the errors of the list as one error, nil where there are none.
func (l List) Err() error {
	var lines []string
	for _, d := range l {
		if d.Severity == Error {
			lines = append(lines, d.line())
		}
	}
	if lines == nil {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}

func (d Diagnostic) line() string {
	if d.Subject == nil {
		return d.Summary + ": " + d.Detail
	}
	return d.Subject.String() + ": " + d.Summary + ": " + d.Detail
}
