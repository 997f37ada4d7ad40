package transform_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// asTheyAre are fields that hand every column on under another name.
func asTheyAre() []plan.Field {
	var all []plan.Field
	for _, c := range read() {
		all = append(all, field("new_"+c.Name, "src."+c.Name, c.Type))
	}
	return all
}

// A digest is taken twice unless a mapping computes nothing. Whether it does is told here by the digests themselves.
func TestRowsThatAreHandedOnAsTheyAreHaveOneDigest(t *testing.T) {
	for _, c := range []struct {
		name   string
		same   bool
		change func(d *plan.Definition)
	}{
		{"all columns", true, func(*plan.Definition) {}},
		{"in another order", false, func(d *plan.Definition) { d.Fields[1], d.Fields[2] = d.Fields[2], d.Fields[1] }},
		{"without one", false, func(d *plan.Definition) { d.Fields = d.Fields[:5] }},
		{"one twice", false, func(d *plan.Definition) { d.Fields = append(d.Fields, field("again", "src.id", of(schema.Int32))) }},
		{"one computed", false, func(d *plan.Definition) { d.Fields[2].CEL = "text.trim(src.name)" }},
		{"a wider number", false, func(d *plan.Definition) { d.Fields[3].Column.Type = of(schema.Int64) }},
		{"a decimal without a scale", false, func(d *plan.Definition) { d.Fields[5].Column.Type = decimal(0, 0) }},
		{"a condition", false, func(d *plan.Definition) { d.Where = "src.id > 1" }},
		{"an expectation", false, func(d *plan.Definition) { d.Fields[0].Expect = "coalesce(out, 0) > 0" }},
		{"a column that takes no null, and a row that has one", false, func(d *plan.Definition) {
			d.Fields[4].Column.Null, d.Fields[4].OnRowError = false, "quarantine"
		}},
	} {
		d := definition(asTheyAre()...)
		c.change(d)
		in := people(t)
		before := texts(in)
		got, err := compile(t, d).Run(in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		h := batch.NewHasher([16]byte{7})
		equal := h.Batch(in, nil) == h.Batch(got.Out, nil)
		if got.Same != c.same || got.Same && !equal {
			t.Errorf("%s: got Same %t with equal digests %t, want %t", c.name, got.Same, equal, c.same)
		}
		if diff := cmp.Diff(before, texts(in)); diff != "" {
			t.Errorf("%s: the batch was changed:\n%s", c.name, diff)
		}
	}
}

func TestNullsAreRefusedInRowsThatAreHandedOnToo(t *testing.T) {
	fields := asTheyAre()
	fields[1].Column.Null, fields[1].OnRowError = false, "quarantine"
	tr := compile(t, definition(fields...))
	for range 2 { // the second batch finds nothing of the first
		got, err := tr.Run(people(t))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Rejects) != 1 || got.Same || !slices.Equal(firsts(got.Out), []string{"1", "2", "4"}) {
			t.Errorf("got %v, rejects %v, same %t; want row 3 rejected", firsts(got.Out), got.Rejects, got.Same)
		}
	}
	fields[1].OnRowError = "fail"
	if _, err := compile(t, definition(fields...)).Run(people(t)); err == nil {
		t.Error("a null into a column that takes none: no error")
	}
}
