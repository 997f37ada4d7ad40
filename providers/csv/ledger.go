package csv

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
)

// ledger is the endpoint's record of its runs, in one file of the folder.
type ledger struct{ endpoint *endpoint }

var (
	_ providers.History    = ledger{}
	_ providers.Ledger     = ledger{}
	_ providers.Quarantine = ledger{}
)

// Meta is what the ledger says of itself.
func (l ledger) Meta(context.Context) (providers.Meta, error) {
	d, err := l.endpoint.load()
	if err != nil {
		return providers.Meta{}, err
	}
	m := providers.Meta{Format: d.Format, Target: d.Target, Lineage: d.Lineage, Secret: d.Secret, Epoch: d.Epoch}
	if r := d.open(); r != nil {
		m.Open = r
	}
	return m, nil
}

func (d *document) open() *providers.Run {
	for i := range d.Runs {
		if d.Runs[i].Closed.IsZero() {
			return &d.Runs[i]
		}
	}
	return nil
}

// Runs lists all runs, the oldest first.
func (l ledger) Runs(context.Context) ([]providers.Run, error) {
	d, err := l.endpoint.load()
	if err != nil {
		return nil, err
	}
	return d.Runs, nil
}

// Chunks is the list that Begin stored.
func (l ledger) Chunks(_ context.Context, run, mapping string) ([]providers.Chunk, error) {
	d, err := l.endpoint.load()
	if err != nil {
		return nil, err
	}
	return d.list(run, mapping), nil
}

func (d *document) list(run, mapping string) []providers.Chunk {
	for _, l := range d.Lists {
		if l.Run == run && l.Mapping == mapping {
			return l.Chunks
		}
	}
	return nil
}

// Recorded gives committed chunks in the order of commit.
func (l ledger) Recorded(_ context.Context, run, mapping string) ([]providers.ChunkRecord, error) {
	d, err := l.endpoint.load()
	if err != nil {
		return nil, err
	}
	var found []providers.ChunkRecord
	for _, r := range d.Records {
		if (mapping == "" || r.Mapping == mapping) && (run == "" && !r.Stale || run != "" && r.Run == run) {
			found = append(found, r.ChunkRecord)
		}
	}
	return found, nil
}

// Steps lists the steps of a run that are done.
func (l ledger) Steps(_ context.Context, run string) ([]int, error) {
	d, err := l.endpoint.load()
	if err != nil {
		return nil, err
	}
	var found []int
	for _, s := range d.Steps {
		if s.Run == run {
			found = append(found, s.N)
		}
	}
	return found, nil
}

// Definitions are as Close stored them.
func (l ledger) Definitions(context.Context) (map[string]string, error) {
	d, err := l.endpoint.load()
	if err != nil {
		return nil, err
	}
	return d.Definitions, nil
}

// LedgerStatements is one line: the ledger is a file.
func (l ledger) LedgerStatements() []providers.Statement {
	text := "create file " + ledgerFolder + "/ledger.json"
	return []providers.Statement{{SQL: []string{text}, What: text}}
}

// Open raises the fence, takes the run up, and clears away what a process that died has left.
func (l ledger) Open(ctx context.Context, o providers.Owner, r providers.Run) (int64, error) {
	var epoch int64
	err := l.endpoint.change(ctx, func(d *document) error {
		if d.Lineage != "" && d.Lineage != o.Lineage {
			return &providers.Error{Op: "open", Object: "the ledger", Class: providers.Conflict, Err: errors.New("the ledger belongs to the state of another lineage"),
				Remedy: "Use the state that loaded this folder, or another folder."}
		}
		if other := d.open(); other != nil && other.ID != r.ID {
			return &providers.Error{Op: "open", Object: "the ledger", Class: providers.Conflict, Err: fmt.Errorf("run %s is open", other.ID),
				Remedy: "Finish that run by applying it again, or abandon it."}
		}
		d.Lineage, d.Session = o.Lineage, o.Session
		d.Epoch++
		epoch = d.Epoch
		if err := l.enter(d, o, r); err != nil {
			return err
		}
		return l.endpoint.sweep(d)
	})
	return epoch, err
}

func (l ledger) enter(d *document, o providers.Owner, r providers.Run) error {
	for i := range d.Runs {
		if d.Runs[i].ID != r.ID {
			continue
		}
		if !d.Runs[i].Closed.IsZero() {
			return failure("open", "the ledger", providers.Conflict, fmt.Sprintf("run %s is closed", r.ID))
		}
		d.Runs[i].Epoch = d.Epoch
		return nil
	}
	r.Lineage, r.Epoch, r.Closed, r.Outcome = o.Lineage, d.Epoch, time.Time{}, ""
	if r.Opened.IsZero() {
		r.Opened = time.Now().UTC()
	}
	d.Runs = append(d.Runs, r)
	return nil
}

// holds refuses whoever does not hold the fence.
func (d *document) holds(run string, epoch int64) error {
	if d.Epoch != epoch {
		return &providers.Error{Op: "write", Object: "the ledger", Class: providers.Fenced, Err: errors.New("another process has taken over"),
			Remedy: "Let it finish: " + d.Session + "."}
	}
	if r := d.open(); r == nil || r.ID != run {
		return failure("write", "the ledger", providers.Conflict, fmt.Sprintf("run %s is not open", run))
	}
	return nil
}

// Begin stores the chunk list of a mapping, or returns the one stored before.
func (l ledger) Begin(ctx context.Context, run, mapping string, c []providers.Chunk) ([]providers.Chunk, error) {
	stored := c
	err := l.endpoint.change(ctx, func(d *document) error {
		if have := d.list(run, mapping); have != nil {
			stored = have
			return nil
		}
		if r := d.open(); r == nil || r.ID != run {
			return failure("write", "the ledger", providers.Conflict, fmt.Sprintf("run %s is not open", run))
		}
		d.Lists = append(d.Lists, list{run, mapping, c})
		return nil
	})
	return stored, err
}

// Exec carries a step out and marks it as done, at once. A step that is done already stays so.
func (l ledger) Exec(ctx context.Context, s providers.Step) error {
	return l.endpoint.change(ctx, func(d *document) error {
		if err := d.holds(s.Run, s.Epoch); err != nil {
			return err
		}
		if slices.Contains(d.Steps, done{s.Run, s.N}) {
			return nil
		}
		if err := l.endpoint.carryOut(ctx, d, s.Statement); err != nil {
			return err
		}
		for i := range d.Records {
			if r := &d.Records[i]; s.Fresh != "" && r.Mapping == s.Fresh {
				r.Stale = s.Runs == nil && (r.Stale || r.Run != s.Run) || s.Runs != nil && !slices.Contains(s.Runs, r.Run)
			}
		}
		d.Steps = append(d.Steps, done{s.Run, s.N})
		return nil
	})
}

// Reset forgets a mapping's chunks of a run and empties its table, at once.
func (l ledger) Reset(ctx context.Context, run, mapping string, epoch int64, empty providers.Statement) error {
	return l.endpoint.change(ctx, func(d *document) error {
		if err := d.holds(run, epoch); err != nil {
			return err
		}
		if err := l.endpoint.carryOut(ctx, d, empty); err != nil {
			return err
		}
		d.Lists = slices.DeleteFunc(d.Lists, func(x list) bool { return x.Run == run && x.Mapping == mapping })
		d.Records = slices.DeleteFunc(d.Records, func(r record) bool { return r.Run == run && r.Mapping == mapping })
		d.Rejects = slices.DeleteFunc(d.Rejects, func(r reject) bool { return r.Run == run && r.Mapping == mapping })
		return nil
	})
}

// Close ends a run. With single_file it first joins the parts of each table.
func (l ledger) Close(ctx context.Context, run, outcome string, definitions map[string]string) error {
	return l.endpoint.change(ctx, func(d *document) error {
		r := d.open()
		if r == nil || r.ID != run {
			return failure("close", "the ledger", providers.Conflict, fmt.Sprintf("run %s is not open", run))
		}
		if l.endpoint.config.SingleFile {
			for _, name := range slices.Sorted(maps.Keys(d.Tables)) {
				if err := l.endpoint.join(d, d.Tables[name]); err != nil {
					return err
				}
			}
		}
		r.Closed, r.Outcome = time.Now().UTC(), outcome
		if definitions != nil {
			d.Definitions = definitions
		}
		return nil
	})
}

// Rejects are the rows that did not pass.
func (l ledger) Rejects(_ context.Context, run, mapping string, visit func(providers.Rejected) error) error {
	d, err := l.endpoint.load()
	if err != nil {
		return err
	}
	for _, r := range d.Rejects {
		if run != "" && run != r.Run || mapping != "" && mapping != r.Mapping {
			continue
		}
		if err := visit(providers.Rejected{Run: r.Run, Mapping: r.Mapping, Reject: r.Reject}); err != nil {
			return err
		}
	}
	return nil
}
