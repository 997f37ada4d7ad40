package plan_test

import (
	"slices"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// What was approved for a part was not approved for the whole, nor for another part.
func TestTheIntentKnowsWhatAPlanIsNotAbout(t *testing.T) {
	of := func(s *plan.Subset) string { p := plan.Plan{Inputs: plan.Inputs{Subset: s}}; return p.Intent() }
	whole, part := of(nil), of(&plan.Subset{Target: []string{"mapping.a"}, Left: []string{"mapping.b"}})
	if whole == part {
		t.Errorf("the intents of a whole plan and of a part: got %s for both, want two", whole)
	}
	if other := of(&plan.Subset{Target: []string{"mapping.a"}, Left: []string{"mapping.b", "mapping.c"}}); other == part {
		t.Errorf("the intents of two parts: got %s for both, want two", part)
	}
	if again := of(&plan.Subset{Target: []string{"mapping.a"}, Left: []string{"mapping.b"}}); again != part {
		t.Errorf("the intent of an equal plan: got %s, want %s", again, part)
	}
}

func TestTheTermsOfASubsetTellTargetsFromWhatIsExcluded(t *testing.T) {
	s := &plan.Subset{Target: []string{"mapping.a*"}, Exclude: []string{"tag:slow"}}
	if got, want := s.Terms(), []string{"mapping.a*", "not tag:slow"}; !slices.Equal(got, want) {
		t.Errorf("terms: got %v, want %v", got, want)
	}
	if !s.Asks([]string{"mapping.a*"}, []string{"tag:slow"}) || s.Asks([]string{"mapping.a*"}, nil) {
		t.Error("Asks: want true for the same options alone")
	}
	var none *plan.Subset
	if len(none.Terms()) > 0 || !none.Asks(nil, nil) || none.Asks([]string{"mapping.a"}, nil) {
		t.Error("no subset: want no terms, and that it is what no option asks for")
	}
}
