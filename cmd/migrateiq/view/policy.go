package view

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/novumsolvo/migrateiq/policy"
)

// Policy prints verdicts as the end of a plan does.
func Policy(w io.Writer, s Style, all policy.Verdicts) error {
	p := planText{Style: s}
	p.verdicts("Policy", all)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// policy prints the count of the verdicts, and every one that did not simply pass.
func (p *planText) policy(raw json.RawMessage) error {
	var verdicts policy.Verdicts
	if err := json.Unmarshal(raw, &verdicts); err != nil {
		return fmt.Errorf("read verdicts: %w", err)
	}
	p.verdicts("Policy", verdicts)
	return nil
}

func (p *planText) verdicts(head string, verdicts policy.Verdicts) {
	shown := verdicts.Folded()
	n := shown.Tally()
	text := fmt.Sprintf("%s: %d pass, %d warn, %d deny", head, n.Pass, n.Warn, n.Deny)
	if n.Waived > 0 {
		text += fmt.Sprintf(", %d waived", n.Waived)
	}
	p.line("%s.", text)
	shown = slices.DeleteFunc(slices.Clone(shown), func(v policy.Verdict) bool { return v.Result == policy.Pass || v.Result == policy.NotApplicable })
	for i, v := range shown {
		p.verdictLine(v)
		if v.Remedy == "" || v.Result == policy.Waived && !v.Denies() || i+1 < len(shown) && sameRemedy(v, shown[i+1]) {
			continue
		}
		p.line("         %s", v.Remedy)
	}
}

// sameRemedy says that the next verdict is of the same control and ends with the same remedy, which is then printed once.
func sameRemedy(v, next policy.Verdict) bool {
	return v.Control == next.Control && v.Remedy == next.Remedy && v.Denies() == next.Denies() && next.Result != policy.Waived
}

func (p *planText) verdictLine(v policy.Verdict) {
	word := p.care("warn")
	switch {
	case v.Denies():
		word = p.bad("deny")
	case v.Result == policy.Waived:
		word = p.note("waived")
	}
	parts := []string{word + " " + v.Control}
	at := ""
	if v.Subject.File != "" {
		at = fmt.Sprintf("%s:%d", v.Subject.File, v.Subject.Line)
	}
	for _, s := range []string{v.Subject.ID, at, v.Message} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	p.line("  %s", strings.Join(parts, "  "))
}
