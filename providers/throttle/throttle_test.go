package throttle_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/schema"
	"github.com/novumsolvo/migrateiq/providers/throttle"
)

var columns = []schema.Column{{Name: "n", Type: schema.Type{Kind: schema.Int64}}}

// rows is a source of batches of these sizes, one after the other.
type rows []int

func (r rows) Read(context.Context, providers.ReadSpec) (providers.Reader, error) {
	left := append(rows{}, r...)
	return &left, nil
}

func (r *rows) Next(_ context.Context, b *batch.Batch) error {
	if len(*r) == 0 {
		return io.EOF
	}
	b.Reset()
	for i := range (*r)[0] {
		b.Vectors[0].AppendInt(int64(i))
	}
	*r = (*r)[1:]
	return nil
}

func (r *rows) Close() error { return nil }

func TestSoManyRowsPassInASecond(t *testing.T) {
	for _, c := range []struct {
		name    string
		batches rows
		pace    int64
		want    time.Duration
	}{
		{"many at a high pace", rows{500, 500, 1000}, 1000, 2 * time.Second},
		{"a batch larger than a second's rows", rows{100}, 10, 10 * time.Second},
		{"one row a second", rows{1, 1, 1, 1, 1}, 1, 5 * time.Second},
		{"an empty batch", rows{0, 0}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				r, err := throttle.New(c.batches, c.pace).Read(context.Background(), providers.ReadSpec{})
				if err != nil {
					t.Fatal(err)
				}
				b, n := batch.New(columns, 0), 0
				for {
					err := r.Next(context.Background(), b)
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					n += b.Len()
				}
				took, burst := time.Since(begun).Round(time.Millisecond), time.Second/10
				if c.pace == 1 {
					burst = time.Second
				}
				if took > c.want || took < c.want-burst {
					t.Errorf("%d rows at %d per second took %s, want %s or up to %s less", n, c.pace, took, c.want, burst)
				}
			})
		})
	}
}

func TestAnEndOfTheContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		gone := errors.New("gone")
		time.AfterFunc(time.Second, func() { cancel(gone) })
		r, err := throttle.New(rows{100}, 1).Read(ctx, providers.ReadSpec{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Next(ctx, batch.New(columns, 0)); !errors.Is(err, gone) {
			t.Errorf("got %v, want the cause %v", err, gone)
		}
	})
}
