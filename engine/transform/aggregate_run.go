package transform

import (
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/lang/expr"
	"github.com/novumsolvo/migrateiq/providers/batch"
)

// OfTable reports whether a check goes through the rows of the target's table.
func (a *Aggregator) OfTable() bool { return a.goes(expr.OutRows) }

// OfRun reports whether a check goes through the rows that the run wrote or read.
func (a *Aggregator) OfRun() bool { return a.goes(expr.RunRows) || a.goes(expr.SrcRows) }

func (a *Aggregator) goes(over expr.Rows) bool {
	return slices.ContainsFunc(a.checks, func(c *tableCheck) bool { return c.goes(over) })
}

// AddRun takes in a batch that the run read, of the columns read, and the rows that were made of it: out's row i was made
// of in's row from[i].
func (a *Aggregator) AddRun(in, out *batch.Batch, from []int) error {
	if len(in.Vectors) != len(a.read) || len(out.Vectors) != len(a.fields) || out.Len() != len(from) {
		return fmt.Errorf("check a batch of a run: its columns or rows are not those of the plan")
	}
	a.wrote += int64(out.Len())
	for i, c := range a.read {
		if !c.Null && in.Vectors[i].HasNulls() {
			a.Spoil(fmt.Sprintf("column %s is null in a row, though the source's table says that it never is", c.Name))
		}
	}
	a.over(expr.SrcRows, a.ran, in)
	if !a.goes(expr.RunRows) {
		return nil
	}
	a.pair.Reset()
	for i := range in.Vectors {
		for _, row := range from {
			a.pair.Vectors[i].AppendFrom(&in.Vectors[i], row)
		}
	}
	for i := range out.Vectors {
		a.pair.Vectors[len(in.Vectors)+i].AppendAll(&out.Vectors[i])
	}
	a.over(expr.RunRows, a.ran, a.pair)
	return nil
}

// Spoil says why the rows of the run cannot be added up. Checks that go through them have not passed.
func (a *Aggregator) Spoil(why string) {
	for _, c := range a.checks {
		if c.wrong == "" && (c.goes(expr.RunRows) || c.goes(expr.SrcRows)) {
			c.wrong = why
		}
	}
}
