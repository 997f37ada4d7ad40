package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// TreatAs is a `treat_as` block: the author takes a reason code of plans for another category than its own.
type TreatAs struct {
	Code     string // B103
	Category string
	Reason   string
	Range    diag.Range
}

var treatAsForm = form{attrs: []string{"category", "reason"}}

func categories() []string { return []string{"metadata", "additive", "corrective", "breaking"} }

// codeLike reports whether a text is written as reason codes of plans are: B103.
func codeLike(text string) bool {
	digits := strings.TrimLeft(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return len(text) == 4 && len(digits) == 3 && strings.Trim(digits, "0123456789") == ""
}

// treatAs reads the `treat_as` blocks of a lifecycle.
func (l *loader) treatAs(c content) []TreatAs {
	var out []TreatAs
	for _, b := range c.blocks["treat_as"] {
		if !l.labels(b, "reason code") {
			continue
		}
		code := b.Labels[0]
		if !codeLike(code) {
			l.fail("invalid-value", b.LabelRanges[0], c.of, "Not a reason code", fmt.Sprintf("%q is no reason code of a plan, such as \"B103\"; a plan shows the codes of its actions.", code))
			continue
		}
		if slices.ContainsFunc(out, func(t TreatAs) bool { return t.Code == code }) {
			l.fail("duplicate-name", header(b), c.of, "Name used twice", fmt.Sprintf("This lifecycle says already what %s is treated as. Keep one of the two blocks.", code))
			continue
		}
		inner := l.open(b, c.of, treatAsForm)
		whole := inner.need("category", `category = "additive"`)
		whole = inner.need("reason", `reason = "why it is none of its own category here"`) && whole
		t := TreatAs{Code: code, Category: inner.word("category", "", categories(), nil), Reason: inner.text("reason"), Range: place(inner.header)}
		if whole && t.Category != "" && t.Reason != "" {
			out = append(out, t)
		}
	}
	return out
}
