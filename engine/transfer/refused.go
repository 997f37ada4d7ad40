package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/novumsolvo/migrateiq/engine/delta"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

// Refused is a row that the target did not take, by the key of the source's row, or key# and a hash of a classified one.
type Refused struct {
	Key string
	Err error
}

func (e *Refused) Error() string { return fmt.Sprintf("row %s: %v", e.Key, e.Err) }

func (e *Refused) Unwrap() error { return e.Err }

// named says which row of the source an error of the target is about, where the target says which of the rows written it is.
func (a *attempt) named(err error) error {
	var of *providers.Error
	if !errors.As(err, &of) || of.Nth == 0 {
		return err
	}
	if name, ok := a.trail.Name(of.Nth); ok {
		return &Refused{Key: name, Err: err}
	}
	return err
}

// going counts the rows that are about to be removed. Of a comparison its record tells them: what stood, and was not written
// anew.
func (a *attempt) going(ctx context.Context, keys *batch.Batch) error {
	target, ok := providers.As[providers.Source](a.Target)
	if !ok || a.c != nil {
		return nil
	}
	columns := make([]schema.Column, len(a.Definition.Key))
	for i, name := range a.Definition.Key {
		columns[i] = a.Definition.Columns()[slices.IndexFunc(a.Definition.Fields, func(f plan.Field) bool { return f.Name == name })]
	}
	n, err := delta.Stand(ctx, target, a.Move.Table, columns, keys)
	a.settled(plan.Removed, n)
	return err
}
