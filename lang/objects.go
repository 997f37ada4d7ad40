package lang

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/lang/diag"
)

// Sequences is the word in From.Objects for sequences that no column of a table reads.
const Sequences = "sequences"

// objects reads what is copied beside tables.
func (c content) objects(f *From) {
	f.ObjectRange = place(c.at("objects"))
	words := []string{Sequences}
	for _, word := range c.needTexts("objects") {
		switch {
		case slices.Contains(words, word):
			f.Objects = append(f.Objects, word)
		case word == "large_objects":
			c.l.later(c.at("objects"), c.of, `"large_objects" in "objects"`, "Take it out, and copy large objects with the programs of PostgreSQL: pg_dump --large-objects; the plan says how many there are.")
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
