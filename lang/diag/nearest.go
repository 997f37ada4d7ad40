package diag

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest returns the name of have that was probably meant by got, or "" where none is near enough to suggest.
func Nearest(got string, have []string) string {
	best, distance := "", 3
	if len(got) < 5 {
		distance = 2
	}
	for _, h := range have {
		if strings.EqualFold(h, got) {
			return h
		}
		if d := levenshtein.Distance(strings.ToLower(got), strings.ToLower(h), nil); d < distance {
			best, distance = h, d
		}
	}
	return best
}

// Suggest is the sentence ` Did you mean "x"?` with a blank before it, or "" where no name is near.
func Suggest(got string, have []string) string {
	if n := Nearest(got, have); n != "" {
		return ` Did you mean "` + n + `"?`
	}
	return ""
}
