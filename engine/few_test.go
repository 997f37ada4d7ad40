package engine_test

import (
	"regexp"
	"strings"
	"testing"
)

// small is a number of rows that can point at a person.
var small = regexp.MustCompile(`\b[1-4] (of |rows?\b|written|missing|differ)`)

func TestASmallNumberOfRowsOfPeopleIsNowhereToBeRead(t *testing.T) {
	f := newFolder(t, itemShop("", "key = [\"id\"]", "field \"id\" { from = \"id\" }\n  field \"code\" {\n    from     = \"code\"\n    classify = [\"special.health\"]\n  }\n  field \"n\" { from = \"n\" }"))
	sqliteRun(t, f.path("shop.db"), threeRows)
	none := func(step, out string) {
		t.Helper()
		if !strings.Contains(out, "<5 rows") {
			t.Errorf("%s: got\n%s\nwant <5 rows", step, out)
		}
		if found := small.FindString(out); found != "" {
			t.Errorf("%s: got\n%s\nwant no number of one to four rows, as in %q", step, out, found)
		}
	}
	none("plan", f.exits(2, "plan", "--detailed-exitcode"))
	none("apply", f.exits(0, "apply", "--auto-approve"))
	none("verify", f.exits(0, "verify"))
	none("verify with the source", f.exits(0, "verify", "--source"))
	sqliteRun(t, f.path("shop.db"), "UPDATE item SET n = 9 WHERE id = 1; DELETE FROM item WHERE id = 2")
	none("verify with the source that changed", f.exits(0, "verify", "--source"))
}
