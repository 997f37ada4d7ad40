package review

import (
	"strconv"
	"strings"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/policy"
)

// Result is what a run came to for one mapping.
type Result struct {
	Proved, Differs bool            // both sides were compared, and are not the same
	Rows            int64           // that the target is expected to hold
	Checks          map[string]bool // by kind, a space, and name: "control sums", " filled"
}

// Balances are the results of the controls that the document's verification names. One that nobody can tell the result of
// is not among them, and so did not run.
func Balances(p *plan.Plan, results map[string]Result) []policy.Balance {
	out := []policy.Balance{}
	for _, c := range verification(p, false).Controls {
		if !c.Runs {
			continue
		}
		for address, r := range results {
			kind, ok := strings.CutPrefix(c.ID, address+".")
			if !ok {
				continue
			}
			one := policy.Balance{ID: c.ID}
			switch {
			case c.Type == "referential":
				one.Pass = true // its step is done, and it would have failed otherwise
			case c.Type == "row_balance" || c.Type == "field_checksum":
				if !r.Proved {
					continue
				}
				one.Pass = !r.Differs
				if c.Type == "row_balance" {
					rows := strconv.FormatInt(r.Rows, 10)
					one.Expected = &rows
				}
			default:
				name := strings.TrimPrefix(kind, "control.")
				if name == kind {
					name = strings.TrimPrefix(kind, "check.")
					kind = ""
				} else {
					kind = "control"
				}
				pass, ran := r.Checks[kind+" "+name]
				if !ran {
					continue
				}
				one.Pass = pass
			}
			out = append(out, one)
			break
		}
	}
	return out
}
