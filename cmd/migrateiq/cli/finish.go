package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/novumsolvo/migrateiq/engine"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/state"
)

var errAssignment = errors.New("it is written NAME=VALUE")

// failure is what --json prints of an error, as one line.
type failure struct {
	Format int `json:"format"`
	Error  struct {
		Exit    int      `json:"exit_code"`
		Message string   `json:"message"`
		Stale   []string `json:"stale,omitempty"` // codes of the reasons
	} `json:"error"`
}

// finish tells of an error what was not told yet, and gives its exit code.
func (c *command) finish(err error) int {
	code := exitCode(err)
	var found *engine.Diagnosed
	if errors.As(err, &found) {
		if list, ok := found.List.(diag.List); ok {
			return exitCode(errors.Join(err, c.tell(list)))
		}
	}
	if err == nil || err.Error() == "" {
		return code
	}
	s := c.style(c.Stderr)
	text := explain(err)
	fmt.Fprintf(c.Stderr, "%s %s\n", s.Failure("Error:"), text)
	if c.json {
		var f failure
		f.Format, f.Error.Exit, f.Error.Message = 1, code, text
		var stale *engine.Stale
		if errors.As(err, &stale) {
			for _, r := range stale.Reasons {
				f.Error.Stale = append(f.Error.Stale, r.Code)
			}
		}
		if json.NewEncoder(c.Stdout).Encode(f) != nil {
			return exitError
		}
	}
	return code
}

// explain puts an error in words, with what to do about it where that is known.
func explain(err error) string {
	var stale *engine.Stale
	if errors.As(err, &stale) {
		return explainStale(stale)
	}
	text := capital(err.Error())
	var locked *state.LockedError
	if errors.As(err, &locked) {
		return sentence(text) + "\nWait until it is done, or give --lock-timeout=5m to wait here. Nothing was changed."
	}
	var at *providers.Error
	if errors.As(err, &at) && at.Remedy != "" && !strings.Contains(text, at.Remedy) {
		return sentence(text) + "\n" + at.Remedy
	}
	return text
}

func explainStale(stale *engine.Stale) string {
	var b strings.Builder
	b.WriteString("The plan is stale; nothing was changed.\n")
	judged := true
	for _, r := range stale.Reasons {
		fmt.Fprintf(&b, "  %-10s %s\n", r.Code, r.Text)
		judged = judged && (r.Code == "POLICY" || r.Code == "EXEMPTION")
	}
	if judged {
		b.WriteString("Mend what the findings name and apply it again, or make a new plan and review it.")
		return b.String()
	}
	b.WriteString("Make a new plan and review it.")
	return b.String()
}

// capital begins a sentence with a capital letter, unless its first word is a name that is written as it is.
func capital(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if first == "" || first == "migrateiq" || strings.ContainsFunc(first, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
