package plan

import (
	"fmt"
	"slices"
	"strconv"
)

// Rows says how many rows: 1 row, 2 rows.
func Rows(n int64) string { return Count(n, "row") }

// RowsWere is Rows with the verb that fits: 1 row was, 2 rows were.
func RowsWere(n int64) string {
	if n == 1 {
		return Rows(n) + " was"
	}
	return Rows(n) + " were"
}

// OfPeople reports whether any field carries a class: a count of one to four such rows can point at a person.
func (d *Definition) OfPeople() bool {
	return slices.ContainsFunc(d.Fields, func(f Field) bool { return len(f.Classes) > 0 })
}

// Few is a number of the mapping's rows as people are shown it: one to four rows of people are "<5".
func (d *Definition) Few(n int64) string {
	if n > 0 && n < 5 && d.OfPeople() {
		return "<5"
	}
	return strconv.FormatInt(n, 10)
}

// Rows is Few with its noun: 1 row, <5 rows.
func (d *Definition) Rows(n int64) string {
	if n == 1 && !d.OfPeople() {
		return Rows(n)
	}
	return d.Few(n) + " rows"
}

// RowsWere is Rows with the verb that fits.
func (d *Definition) RowsWere(n int64) string {
	if n == 1 && !d.OfPeople() {
		return RowsWere(n)
	}
	return d.Rows(n) + " were"
}

// Count says how many of something: 1 chunk, 2 chunks.
func Count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
