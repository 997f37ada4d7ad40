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
	{"a field that was gone is there again, and what the mapping put into its column is nobody's correction", func(h *history, apply func()) {
		h.w.fields = append(h.w.fields, madeField{"f2", 1})
		apply()
		h.w.fields = h.w.fields[:1]
		apply()
		h.put(3, sourceRow{a: "x", n: 3}, true)
		apply()
		h.w.fields = []madeField{h.w.fields[0], {"f2", 5}}
		apply()
	}},
	{"a cursor begins beside a field of another name", func(h *history, apply func()) {
		apply()
		h.w.cursor, h.w.fields = true, []madeField{{"f2", 0}}
		apply()
	}},
	{"a reload of some rows repairs the others too where the mapping says so", func(h *history, apply func()) {
		h.w.drift = "repair"
		apply()
		h.theirs("UPDATE item SET f1 = 'by hand' WHERE id = 1")
		h.m.edit(1, map[string]string{"f1": "by hand"})
		h.w.reload = reload{generation: 1, where: 1}
		apply()
	}},
	{"a chunk that an upsert has read again has not changed since, and what somebody put there stays", func(h *history, apply func()) {
		h.w.fields = append(h.w.fields, madeField{"f2", 1})
		apply()
		h.put(1, sourceRow{a: "y", n: 1}, true)
		apply()
		h.theirs("ALTER TABLE item ADD COLUMN f3 TEXT; UPDATE item SET f3 = 'by hand' WHERE id = 1")
		h.m.beside = map[int]map[string]string{1: {"f3": "by hand"}}
		h.w.fields = append(h.w.fields, madeField{"f3", 0})
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
