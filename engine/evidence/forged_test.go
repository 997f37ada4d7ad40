package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/novumsolvo/migrateiq/policy"
)

// A line that is changed together with its digests is good by itself, and the line behind it does not follow it.
func TestALineThatIsForgedWithItsDigestsBreaksTheNext(t *testing.T) {
	l, text := written(t, 5)
	lines := bytes.SplitAfter(text, []byte("\n"))
	var e map[string]any
	if err := json.Unmarshal(lines[2], &e); err != nil {
		t.Fatal(err)
	}
	e["actor"] = "somebody@else"
	hash := func(members ...string) string {
		covered := map[string]any{}
		for _, m := range members {
			covered[m] = e[m]
		}
		text, err := policy.Canonical(covered)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:])
	}
	e["hash"] = hash("seq", "ts", "actor", "event", "payload_sha256", "prev")
	forged, err := policy.Canonical(e)
	if err != nil {
		t.Fatal(err)
	}
	lines[2] = append(forged, '\n')
	put(t, l.Path(), bytes.Join(lines, nil))
	if c := check(t, l); c.Bad == nil || c.Bad.Line != 4 {
		t.Errorf("got %+v, want line 4", c.Bad)
	}
	// The whole chain made anew from there is what only a head that is kept outside shows.
	prev := e["hash"]
	for i := 3; i < 5; i++ {
		e = nil
		if err := json.Unmarshal(lines[i], &e); err != nil {
			t.Fatal(err)
		}
		e["prev"] = prev
		e["hash"] = hash("seq", "ts", "actor", "event", "payload_sha256", "prev")
		prev = e["hash"]
		if lines[i], err = policy.Canonical(e); err != nil {
			t.Fatal(err)
		}
		lines[i] = append(lines[i], '\n')
	}
	put(t, l.Path(), bytes.Join(lines, nil))
	if c := check(t, l); c.Bad == nil || c.Bad.Line != 5 {
		t.Errorf("a chain made anew, against the head kept: got %+v, want line 5", c.Bad)
	}
	put(t, l.HeadPath(), []byte(`{"seq":5,"hash":"`+prev.(string)+`"}`))
	if c := check(t, l); c.Bad != nil {
		t.Errorf("a chain made anew with its head: got %+v; that it cannot be seen is what is said of a chain", c.Bad)
	}
}
