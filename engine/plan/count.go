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

// Shielded is what stands for a number of rows that IsShielded.
const Shielded = "<5"

// IsShielded reports whether a number of rows of people is so small that it is not shown.
func IsShielded(n int64) bool { return n > 0 && n < 5 }

// Few is a number of the mapping's rows as people are shown it.
func (d *Definition) Few(n int64) string {
	if IsShielded(n) && d.OfPeople() {
		return Shielded
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
