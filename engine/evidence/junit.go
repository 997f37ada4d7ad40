package evidence

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/policy"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	At       string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// writeJUnit writes a test suite for each control and a case for each subject. JUnit knows no warnings: a control that only
// warns is a case that passed and says so.
func writeJUnit(w io.Writer, d Decision) error {
	names, by := d.controls()
	out := junitSuites{Name: "migrateiq policy"}
	for _, n := range names {
		s := junitSuite{Name: n, Time: "0", At: d.Input.EvaluatedAt.UTC().Format(time.RFC3339)}
		for _, v := range by[n] {
			c := junitCaseOf(d, v)
			s.Tests++
			if c.Failure != nil {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
			s.Cases = append(s.Cases, c)
		}
		out.Tests, out.Failures, out.Skipped = out.Tests+s.Tests, out.Failures+s.Failures, out.Skipped+s.Skipped
		out.Suites = append(out.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitCaseOf(d Decision, v policy.Verdict) junitCase {
	c := junitCase{Name: strings.TrimSpace(v.Subject.Kind + " " + v.Subject.ID), Class: "policy." + strings.ReplaceAll(name(v), "/", "."), Time: "0", File: v.Subject.File, Line: v.Subject.Line}
	text := whole(v)
	if v.Remedy != "" {
		text += "\n" + v.Remedy
	}
	switch {
	case v.Denies():
		c.Failure = &junitFailure{Message: whole(v), Type: string(v.Result), Text: text}
	case v.Result == policy.Waived:
		c.Skipped = &junitSkipped{"waived by " + v.Waiver + until(d, v) + ": " + whole(v)}
	case v.Result == policy.NotApplicable:
		c.Skipped = &junitSkipped{"not applicable: " + whole(v)}
	case v.Result != policy.Pass:
		c.Out = fmt.Sprintf("warning (%s): %s", v.Result, text)
	}
	return c
}

func until(d Decision, v policy.Verdict) string {
	if x := exemption(d.Exemptions, v); x != nil && x.Expires != "" {
		return " until " + x.Expires
	}
	return ""
}
