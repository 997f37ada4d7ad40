package plan

import "fmt"

// Rows says how many rows: 1 row, 2 rows.
func Rows(n int64) string { return Count(n, "row") }

// Count says how many of something: 1 chunk, 2 chunks.
func Count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
