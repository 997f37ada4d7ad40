package faulty_test

import (
	"errors"
	"io"
	"testing"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/conformance"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/memory"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

func open(t *testing.T, p providers.Provider) providers.Endpoint {
	t.Helper()
	e, err := p.Open(t.Context(), p.NewConfig())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnEndpointWithoutFaultsKeepsEveryPromise(t *testing.T) {
	var current providers.Provider
	conformance.Run(t, conformance.Suite{
		Open: func(t *testing.T) providers.Endpoint {
			current = memory.New()
			return faulty.Wrap(open(t, current), faulty.Nth(0))
		},
		Reopen: func(t *testing.T, _ providers.Endpoint) providers.Endpoint {
			return faulty.Wrap(open(t, current), faulty.Nth(0))
		},
		Types: []schema.Type{{Kind: schema.Int64}, {Kind: schema.String}},
	})
}

// work makes a table, loads a chunk and reads it back.
func work(t *testing.T, e providers.Endpoint) (err error) {
	defer func() { err = errors.Join(err, e.Close()) }()
	ctx := t.Context()
	l, _ := providers.As[providers.Ledger](e)
	epoch, err := l.Open(ctx, providers.Owner{Lineage: "l"}, providers.Run{ID: "r", Lineage: "l"})
	if err != nil {
		return err
	}
	table := schema.Table{Ref: schema.Ref{Name: "t"}, Columns: []schema.Column{{Name: "a", Type: schema.Type{Kind: schema.Int64}}}}
	d, _ := providers.As[providers.Definer](e)
	st, err := d.Define(schema.Change{CreateTable: &table})
	if err != nil {
		return err
	}
	if err := l.Exec(ctx, providers.Step{Run: "r", N: 1, Epoch: epoch, Statement: st[0]}); err != nil {
		return err
	}
	to, _ := providers.As[providers.Target](e)
	loader, err := to.Load(ctx, providers.LoadSpec{Run: "r", Epoch: epoch, Table: table.Ref, Columns: table.Columns, Mode: providers.Insert})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loader.Close()) }()
	b := batch.New(table.Columns, 0)
	b.Vectors[0].AppendInt(1)
	if err := loader.Write(ctx, b); err != nil {
		return err
	}
	if _, err := loader.Commit(ctx, providers.ChunkRecord{Run: "r"}); err != nil {
		return err
	}
	from, _ := providers.As[providers.Source](e)
	r, err := from.Read(ctx, providers.ReadSpec{Table: table.Ref, Columns: table.Columns})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		if err := r.Next(ctx, b); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestEveryCallCanFailOnce(t *testing.T) {
	n := 1
	for ; ; n++ {
		p := faulty.Nth(n).As(providers.Denied)
		err := work(t, faulty.Wrap(open(t, memory.New()), p))
		if !p.Reached() {
			if err != nil {
				t.Errorf("without a fault: %v", err)
			}
			break
		}
		if !errors.Is(err, faulty.ErrInjected) || providers.ClassOf(err) != providers.Denied {
			t.Errorf("call %d: got %v, want an injected fault of class denied", n, err)
		}
	}
	if n != 12 { // open, exec, load, write, commit, read, next, next, close of reader, loader and endpoint
		t.Errorf("calls that can fail: got %d, want 11", n-1)
	}
}

func TestAFaultAfterCommitLeavesTheRows(t *testing.T) {
	p := memory.New()
	err := work(t, faulty.Wrap(open(t, p), faulty.Nth(1).On("commit").After().As(providers.Ambiguous)))
	if providers.ClassOf(err) != providers.Ambiguous {
		t.Fatalf("commit: got %v, want class ambiguous", err)
	}
	c, _ := providers.As[providers.Counter](open(t, p))
	if n, err := c.Count(t.Context(), providers.ReadSpec{Table: schema.Ref{Name: "t"}}); n != 1 || err != nil {
		t.Errorf("rows after the lost answer: got %d, %v, want 1", n, err)
	}
}
