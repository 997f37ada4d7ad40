package providers

import "context"

// Quarantine reads the rejects of the ledger; like History it changes nothing, and gives none where there is no ledger.
type Quarantine interface {
	// Rejects hands on the rows that did not pass, of one run or with run "" of all, of one mapping or with "" of all: one
	// after the other, chunks in the order of their commits, so that no list of them is kept. visit's error ends the
	// reading and is in the chain of what Rejects returns.
	Rejects(ctx context.Context, run, mapping string, visit func(Rejected) error) error
}

// Rejected is a Reject as the ledger has it.
type Rejected struct {
	Run, Mapping string
	Reject
}
