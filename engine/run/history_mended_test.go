package run_test

import (
	"strings"
	"testing"
)

// told are histories that went wrong once, each told in a few steps. What they end in is held against the model.
var told = []struct {
	name string
	live func(h *history, apply func())
}{
	{"what mode append did not take is taken by the mode behind it", func(h *history, apply func()) {
		h.w.mode = "append"
		apply()
		h.put(1, sourceRow{a: "y"}, true)
		h.w.fields = append(h.w.fields, madeField{"f2", 1}) // reads all rows again
		apply()
		h.w.mode = "mirror"
		apply()
	}},
}

func TestHistories(t *testing.T) {
	for _, c := range told {
		t.Run(c.name, func(t *testing.T) {
			h := newHistory(t, "sqlite", "", wording{mode: "upsert", loose: true, param: "x", codes: "ex", fields: []madeField{{"f1", 0}}})
			defer func() { h.must(h.db.Close()) }()
			h.put(1, sourceRow{a: "x", n: 1}, true)
			h.put(2, sourceRow{a: "z", n: 4}, true)
			c.live(h, func() {
				t.Helper()
				if err := h.applied(nil, nil); err != nil {
					t.Fatalf("%v\n%s", err, strings.Join(h.log, "\n"))
				}
			})
		})
	}
}
