package lang

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// The words of From.Objects: sequences that no column of a table reads, and all large objects of the database.
const (
	Sequences    = "sequences"
	LargeObjects = "large_objects"
)

// objects reads what is copied beside tables.
func (c content) objects(f *From) {
	f.ObjectRange = place(c.at("objects"))
	words := []string{Sequences, LargeObjects}
	for _, word := range c.needTexts("objects") {
		switch {
		case slices.Contains(words, word):
			f.Objects = append(f.Objects, word)
		default:
			detail := fmt.Sprintf("%q is no kind of object.", word)
			if s := diag.Suggest(word, words); s != "" {
				detail += s
			} else {
				detail += " It is one of " + quoted(words) + "."
			}
			c.wrong("objects", detail)
		}
	}
}

// Takes reports whether a mapping copies objects of this kind beside its tables.
func (f *From) Takes(kind string) bool { return slices.Contains(f.Objects, kind) }
