package lang

import "github.com/novumsolvo/migrateiq/lang/diag"

// History is a `history` block of a `to` block, or its defaults: how a table keeps every version of a row.
type History struct {
	From       string // the column for the moment from which a version holds
	To         string // and for the one up to which it held
	At         *CEL   // that moment of a row; nil: the run's
	OnGone     string // close or keep
	OnRowError string // fail or quarantine
	Range      diag.Range
}

var historyForm = form{attrs: []string{"valid_from", "valid_to", "at", "on_gone", "on_row_error"}}

// history reads the `history` block, which only mode history has.
func (l *loader) history(t *To, c content) {
	b := c.block("history")
	if t.Mode != "history" {
		if b != nil {
			l.fail("conflicting-attributes", header(b), c.of, "Attributes that exclude each other", `A block history { } says how versions of rows are kept, as mode = "history" does. Write that mode, or remove the block.`)
		}
		return
	}
	t.History = &History{From: "valid_from", To: "valid_to", OnGone: "close", OnRowError: "fail", Range: t.ModeRange}
	if b == nil {
		return
	}
	in, h := l.open(b, c.of, historyForm), t.History
	h.Range = place(in.header)
	if in.has("valid_from") {
		h.From = in.needText("valid_from", `valid_from = "NAME"`)
	}
	if in.has("valid_to") {
		h.To = in.needText("valid_to", `valid_to = "NAME"`)
	}
	h.At = in.cel("at")
	h.OnGone = in.word("on_gone", h.OnGone, []string{"close", "keep"}, nil)
	h.OnRowError = in.word("on_row_error", h.OnRowError, []string{"fail", "quarantine"}, nil)
	if h.From == h.To && h.From != "" {
		in.wrong("valid_to", "A version has a column for its beginning and another one for its end. Give the two different names.")
	}
}
