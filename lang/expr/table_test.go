package expr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/cel-go/common/types"

	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/lang/library"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// ofRun is a check's scope: the target's columns, and a table of the source behind them.
func ofRun() expr.Scope {
	s := scope()
	s.Origin = &expr.Origin{Columns: []schema.Column{{Name: "ID", Type: schema.Type{Kind: schema.Int32}}, {Name: "PAID", Type: schema.Type{Kind: schema.Decimal}, Null: true}}, Place: "Table t of s"}
	s.Joins = []expr.Join{{Name: "ward", Columns: []schema.Column{{Name: "NAME", Type: schema.Type{Kind: schema.String}}}, Place: "Table w of s"}}
	return s
}

func TestAggregatesAreLiftedOutOfAConditionOverATable(t *testing.T) {
	for _, c := range []struct{ text, aggregates string }{
		{"agg.count() > 0", "agg_0=count():int64"},
		{"agg.count_if(out.stringN != null) >= agg.count() * 98 / 100", "agg_0=count_if(out.stringN != null):int64 agg_1=count():int64"},
		{"agg.count() == agg.count() && agg.count_if(out.bool) <= agg.count()", "agg_0=count():int64 agg_1=count_if(out.bool):int64"},
		{"agg.sum(out.decimalN) == 12 && agg.sum(out.int32) > 0", "agg_0=sum(out.decimalN):decimal agg_1=sum(out.int32):decimal"},
		{"agg.sum(out.float64N) > 1.0", "agg_0=sum(out.float64N):float64"},
		{"coalesce(agg.min(out.date), date('1900-01-01')) >= date('1900-01-01')", "agg_0=min(out.date):date?"},
		{"agg.max(out.string) == null || agg.max(out.string) < param.trust", "agg_0=max(out.string):string(10)?"},
		{"agg.sum(out.int32 * 2 + size(out.string)) < 10", "agg_0=sum(out.int32 * 2 + size(out.string)):decimal"},
		{"agg.count(run) <= agg.count(src) && agg.count(out) == agg.count()", "agg_0=count(run):int64 agg_1=count(src):int64 agg_2=count():int64"},
		{"agg.sum(run.decimalN) == agg.sum(src.PAID)", "agg_0=sum(run.decimalN)@run:decimal agg_1=sum(src.PAID)@src:decimal"},
		{"agg.count_if(run.int32 == src.ID) == agg.count(run)", "agg_0=count_if(run.int32 == src.ID)@run:int64 agg_1=count(run):int64"},
		{`agg.count_if(join.ward.NAME == null && run["string"] != '') == 0`, `agg_0=count_if(join.ward.NAME == null && run["string"] != '')@run:int64`},
		{"coalesce(agg.avg(out.decimalN, 2, 'half_even'), decimal(0)) > 1", "agg_0=avg(out.decimalN):decimal?"},
		{"coalesce(agg.avg(run.float64N), 0.0) > 1.0", "agg_0=avg(run.float64N)@run:float64?"},
	} {
		table, diags := expr.CheckTable(c.text, at(), ofRun())
		if table == nil {
			t.Errorf("%s: %s", c.text, details(diags))
			continue
		}
		var got []string
		for _, a := range table.Aggregates {
			arg, mark := "", ""
			over := ""
			switch {
			case a.Arg != nil:
				arg = a.Arg.Text()
				if a.Over != expr.OutRows {
					over = "@" + string(a.Over)
				}
			case a.Over != expr.OutRows:
				arg = string(a.Over)
			}
			if a.Null {
				mark = "?"
			}
			got = append(got, fmt.Sprintf("%s=%s(%s)%s:%s%s", a.Name, a.Func, arg, over, a.Type, mark))
		}
		if got := strings.Join(got, " "); got != c.aggregates {
			t.Errorf("%s: got %s, want %s", c.text, got, c.aggregates)
		}
	}
}

func TestTheFinalConditionSeesTheAggregates(t *testing.T) {
	table, diags := expr.CheckTable("agg.count_if(out.stringN != null) >= agg.count() * 98 / 100 && agg.sum(out.int32) == 12", at(), scope())
	if table == nil {
		t.Fatal(details(diags))
	}
	program, err := table.Final.Program()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		some int64
		want types.Bool
	}{{98, true}, {97, false}} {
		v, _, err := program.Eval(map[string]any{"agg_0": c.some, "agg_1": 100, "agg_2": library.DecimalOf(12)})
		if err != nil || v != c.want {
			t.Errorf("%d of 100: got %v, %v, want %v", c.some, v, err, c.want)
		}
	}
	argument, err := table.Aggregates[0].Arg.Program()
	if err != nil {
		t.Fatal(err)
	}
	if v, _, err := argument.Eval(map[string]any{"out": row(t)}); err != nil || v != types.False {
		t.Errorf("got %v, %v, want false", v, err)
	}
	if got := table.Aggregates[0].Arg.Columns(); len(got) != 1 || got[0] != "stringN" {
		t.Errorf("got columns %v, want stringN", got)
	}
}

func TestConditionsOverATableThatAreRefused(t *testing.T) {
	for _, c := range []struct{ text, code, under, says string }{
		{"out.int32 > 0", "cel-type", "out.int32", "agg.count_if"},
		{"agg.count_if(out.boolN) > 0", "null-decides", "out.boolN", "out.boolN == null"},
		{"agg.count_if(out.int32) > 0", "cel-type", "out.int32", "A condition is bool"},
		{"agg.min(out.int32) > 0", "null-decides", "agg.min(out.int32)", "coalesce(agg.min(out.int32), ...)"},
		{"agg.median(out.int32) > 0", "unknown-function", "agg.median", "count, count_if, sum, min, max and avg"},
		{"agg.avg(out.int32) != null", "cel-type", "agg.avg(out.int32)", "agg.avg(x, 2, 'half_even')"},
		{"agg.avg(out.int32, 2, 'up and away') != null", "cel-type", "", "half_even"},
		{"agg.avg(out.int32, out.int32, 'up') != null", "cel-type", "", "are literals"},
		{"agg.avg(out.float64, 2, 'up') != null", "cel-type", "", "Doubles are not rounded"},
		{"agg.avg(out.string) != null", "cel-type", "out.string", "agg.avg adds numbers"},
		{"agg.cont() > 0", "unknown-function", "agg.cont", `Did you mean "count"?`},
		{"agg.sum(out.string) > 0", "cel-type", "out.string", "adds numbers"},
		{"agg.min(out.json) != null", "cel-type", "out.json", "no order"},
		{"agg.count(out.string) > 0", "cel-type", "out.string", "agg.count(run)"},
		{"agg.sum() > 0", "cel-type", "agg.sum()", "takes one argument"},
		{"agg.sum(out.int32 + run.int32) > 0", "cel-type", "out.int32 + run.int32", "no row is both"},
		{"agg.count_if(src.NOPE == 1) > 0", "unknown-column", "src.NOPE", "Table t of s"},
		{"agg.count_if(run.nope == 1) > 0", "unknown-column", "run.nope", "nope"},
		{"agg.count_if(run.boolN) > 0", "null-decides", "run.boolN", "run.boolN == null"},
		{"agg.count_if(has(run.bool)) > 0", "cel-type", "", "has_value"},
		{"agg.count_if(out.nope == 1) > 0", "unknown-column", "out.nope", "nope"},
		{"agg.count()", "cel-type", "", "A condition is bool, and this is int."},
		{"run.rows > 0", "cel-type", "run.rows", "agg.count_if"},
		{"run == 1", "unknown-name", "run", "agg.count(run)"},
	} {
		table, diags := expr.CheckTable(c.text, at(), ofRun())
		if table != nil || len(diags) == 0 {
			t.Errorf("%s: got no finding, want %s", c.text, c.code)
			continue
		}
		if d := diags[0]; d.Code != c.code || !strings.Contains(d.Detail, c.says) || c.under != "" && under(c.text, d) != c.under {
			t.Errorf("%s: got %s under %q: %s", c.text, d.Code, under(c.text, d), d.Detail)
		}
	}
}
