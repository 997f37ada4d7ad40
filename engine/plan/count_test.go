package plan_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

func TestANounAgreesWithItsNumber(t *testing.T) {
	for got, want := range map[string]string{
		plan.Rows(0): "0 rows", plan.Rows(1): "1 row", plan.Rows(2): "2 rows",
		plan.RowsWere(1): "1 row was", plan.RowsWere(0): "0 rows were", plan.Count(1, "chunk"): "1 chunk",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
