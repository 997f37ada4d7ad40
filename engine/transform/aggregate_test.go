package transform_test

import (
	"strings"
	"testing"

	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func TestChecksAreAboutAllRowsOfAllBatches(t *testing.T) {
	for _, c := range []struct {
		expect string
		pass   bool
		text   string
	}{
		{"agg.count() == 8", true, "agg.count() = 8"},
		{"agg.count() == 7", false, "agg.count() = 8"},
		{"agg.count_if(out.name != null) >= agg.count() * 3 / 4", true, "agg.count_if(out.name != null) = 6, agg.count() = 8"},
		{"agg.count_if(out.score != null && out.score > param.limit) == 4", true, "agg.count_if(out.score != null && out.score > param.limit) = 4"},
		{"agg.sum(out.score) == 80080", true, "over 8 rows"},
		{"agg.sum(out.paid) == decimal('206.98')", true, "over 8 rows"},
		{"agg.sum(out.score * 9000000000000) > 0", true, "over 8 rows"},
		{"agg.min(out.born) == date('1815-12-10')", false, ""},
		{"coalesce(agg.min(out.born), date('1900-01-01')) == date('1815-12-10')", true, "over 8 rows"},
		{"coalesce(agg.max(out.name), '') == 'Zoë'", true, "over 8 rows"},
		{"coalesce(agg.max(out.paid), decimal(0)) < decimal(100)", true, "over 8 rows"},
		{"agg.count_if(100 / (out.id - 2) == 1) == 0", false, "cannot be computed: division by zero"},
	} {
		a, err := transform.CompileChecks([]plan.Check{{Name: "it", Expect: c.expect}}, read(), nil, params())
		if c.text == "" {
			if err == nil {
				t.Errorf("%s: got no error, want one about null", c.expect)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.expect, err)
			continue
		}
		for range 2 {
			if err := a.Add(people(t)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := a.Results()
		if err != nil || len(got) != 1 || got[0].Pass != c.pass || got[0].Text != c.text || got[0].Name != "it" {
			t.Errorf("%s: got %+v, %v, want %v, %q", c.expect, got, err, c.pass, c.text)
		}
	}
}

func TestAggregatesOfNoRows(t *testing.T) {
	for expect, pass := range map[string]bool{
		"agg.count() == 0":              true,
		"agg.sum(out.score) == 0":       true,
		"agg.min(out.score) == null":    true,
		"agg.count_if(out.id > 0) == 0": true,
		"has_value(agg.max(out.paid))":  false,
	} {
		a, err := transform.CompileChecks([]plan.Check{{Name: "it", Expect: expect}}, read(), nil, params())
		if err != nil {
			t.Fatalf("%s: %v", expect, err)
		}
		got, err := a.Results()
		if err != nil || got[0].Pass != pass {
			t.Errorf("%s: got %+v, %v, want %v", expect, got, err, pass)
		}
	}
}

func TestACheckShowsNoValueOfARow(t *testing.T) {
	columns := []schema.Column{{Name: "name", Type: text(0)}}
	a, err := transform.CompileChecks([]plan.Check{
		{Name: "a", Expect: "coalesce(agg.max(out.name), '') == 'x'"}, {Name: "b", Expect: "agg.sum(int(out.name)) == 1"}}, columns, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Add(rows(t, columns, []string{"s3cr3t"})); err != nil {
		t.Fatal(err)
	}
	got, err := a.Results()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got {
		if r.Pass || strings.Contains(r.Text, "s3cr3t") {
			t.Errorf("got %+v, want a failure without the value", r)
		}
	}
}

func TestABatchOfOtherColumnsIsRefused(t *testing.T) {
	a, err := transform.CompileChecks(nil, read(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := batch.New(read()[:2], 0)
	if err := a.Add(other); err == nil {
		t.Error("Add of a batch of other columns: got no error")
	}
	if _, err := compile(t, definition(field("a", "src.id", of(schema.Int32)))).Run(other); err == nil {
		t.Error("Run of a batch of other columns: got no error")
	}
}
