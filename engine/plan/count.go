package plan

import "fmt"

// Rows says how many rows: 1 row, 2 rows.
func Rows(n int64) string { return Count(n, "row") }

// RowsWere is Rows with the verb that fits: 1 row was, 2 rows were.
func RowsWere(n int64) string {
	if n == 1 {
		return Rows(n) + " was"
	}
	return Rows(n) + " were"
}

// Count says how many of something: 1 chunk, 2 chunks.
func Count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
