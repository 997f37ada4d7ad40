package transfer

import (
	"errors"
	"fmt"

	"github.com/novumsolvo/migrateiq/providers"
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
