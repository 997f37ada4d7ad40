package expr_test

import (
	"testing"

	"github.com/novumsolvo/migrateiq/lang/expr"
)

func TestShapeIsTheSameForEveryLayoutAndForNothingElse(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		same       bool
	}{
		{"blanks do not count", "src.A+1", "src.A  +  1", true},
		{"brackets that say what holds anyway do not count", "(src.A) + 1", "src.A + 1", true},
		{"brackets that change the order count", "(src.A + 1) * 2", "src.A + 1 * 2", false},
		{"a blank in a text counts", "'a b'", "'a  b'", false},
		{"the kind of a number counts", "1", "1.0", false},
		{"the name of a column counts", "src.A", "src.a", false},
		{"loops count by what they do", "[1].all(x, x > 0)", "[1].all(x, x >= 0)", false},
	} {
		a, err := expr.Shape(c.a)
		if err != nil {
			t.Fatalf("%s: Shape(%s): %v", c.name, c.a, err)
		}
		b, err := expr.Shape(c.b)
		if err != nil {
			t.Fatalf("%s: Shape(%s): %v", c.name, c.b, err)
		}
		if (a == b) != c.same {
			t.Errorf("%s: Shape(%s) is %s and Shape(%s) is %s, want the same: %t", c.name, c.a, a, c.b, b, c.same)
		}
	}
	if got, err := expr.Shape("src."); err == nil {
		t.Errorf("Shape of half an expression: got %s, want an error", got)
	}
}
