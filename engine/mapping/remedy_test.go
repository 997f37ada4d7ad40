package mapping_test

import (
	"regexp"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/mapping"
	"github.com/novumsolvo/migrateiq/lang/diag"
	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Every expression that an error advises is one that exists, and its value goes into the column.
func TestAdviceIsRight(t *testing.T) {
	advice := regexp.MustCompile(`\w+\(src\.X[^ ,]*\)|datetime\(src\.X\)\.at_zone\('[^']*'\)|src\.X\.\w+\('[^']*'\)|src\.X \? 1 : 0|src\.X [!=]= ('Y'|0\.0|0)`)
	for _, from := range kinds() {
		for _, to := range kinds() {
			_, err := mapping.Judge(from, to, "")
			if err == nil {
				continue
			}
			for _, text := range advice.FindAllString(err.Error(), -1) {
				e, found := expr.Check(text, diag.Range{}, expr.Scope{Columns: []schema.Column{{Name: "X", Type: from}}})
				if found.HasErrors() {
					t.Errorf("%s into %s: the advice %s is wrong: %v", from, to, text, found.Err())
				} else if _, err := mapping.Judge(e.Type(), to, ""); err != nil {
					t.Errorf("%s into %s: the advice %s does not help: %v", from, to, text, err)
				}
			}
		}
	}
}
