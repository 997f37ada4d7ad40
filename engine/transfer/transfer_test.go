package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/novumsolvo/migrateiq/engine/event"
	"github.com/novumsolvo/migrateiq/engine/plan"
	"github.com/novumsolvo/migrateiq/engine/transfer"
	"github.com/novumsolvo/migrateiq/engine/transform"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/batch"
	"github.com/novumsolvo/migrateiq/providers/faulty"
	"github.com/novumsolvo/migrateiq/providers/memory"
	"github.com/novumsolvo/migrateiq/providers/schema"
)

var (
	number = schema.Type{Kind: schema.Int64}
	table  = schema.Table{Ref: schema.Ref{Name: "t"}, Columns: []schema.Column{{Name: "id", Type: number}, {Name: "n", Type: number}}}
	keyed  = schema.Table{Ref: schema.Ref{Name: "from"}, Columns: table.Columns, Primary: &schema.Key{Columns: []string{"id"}}}
)

// bench is a source of rows 0 to 99 in ten chunks, an empty target without a key, and the job between them.
type bench struct {
	t        *testing.T
	job      transfer.Job
	old, new providers.Endpoint

	mu   sync.Mutex
	told []event.Event
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func endpoint(t *testing.T, makes schema.Table) (providers.Endpoint, int64) {
	t.Helper()
	ctx := context.Background()
	e, err := memory.New().Open(ctx, &memory.Config{})
	must(t, err)
	l, _ := providers.As[providers.Ledger](e)
	epoch, err := l.Open(ctx, providers.Owner{Lineage: "l"}, providers.Run{ID: "r"})
	must(t, err)
	d, _ := providers.As[providers.Definer](e)
	all, err := d.Define(schema.Change{CreateTable: &makes})
	must(t, err)
	for i, st := range all {
		must(t, l.Exec(ctx, providers.Step{Run: "r", N: i, Epoch: epoch, Statement: st}))
	}
	return e, epoch
}

// where and expect are conditions on row n; faults are on both systems.
func newBench(t *testing.T, where, expect string, rejects plan.Share, faults *faulty.Plan) *bench {
	t.Helper()
	b := &bench{t: t}
	var epoch int64
	b.old, epoch = endpoint(t, keyed)
	target, _ := providers.As[providers.Target](b.old)
	load, err := target.Load(context.Background(), providers.LoadSpec{Epoch: epoch, Table: keyed.Ref, Columns: keyed.Columns, Mode: providers.Insert})
	must(t, err)
	rows := batch.New(keyed.Columns, 0)
	for i := range 100 {
		rows.Vectors[0].AppendInt(int64(i))
		rows.Vectors[1].AppendInt(int64(i % 10))
	}
	must(t, load.Write(context.Background(), rows))
	_, err = load.Commit(context.Background(), providers.ChunkRecord{Epoch: epoch})
	must(t, err)
	cutter, _ := providers.As[providers.Chunker](b.old)
	chunks, err := cutter.Chunks(context.Background(), keyed, int64(rows.Bytes()/10)+1, false)
	must(t, err)
	b.new, epoch = endpoint(t, table)
	plain := func(name string) plan.Field {
		return plan.Field{Name: name, CEL: `src["` + name + `"]`, Column: schema.Column{Name: name, Type: number}, Value: number, Plain: name,
			Fidelity: plan.Fidelity{Verdict: plan.Exact}, OnRowError: "quarantine"}
	}
	d := &plan.Definition{SourceTable: keyed.Ref, SourceKey: []string{"id"}, Read: keyed.Columns, TargetTable: table.Ref, Fields: []plan.Field{plain("id"), plain("n")},
		Where: where, Mode: "append", MaxRejects: rejects}
	d.Fields[1].Expect = expect
	tr, err := transform.Compile(transform.Spec{Definition: d})
	must(t, err)
	source, _ := providers.As[providers.Source](faulty.Wrap(b.old, faults))
	b.job = transfer.Job{Run: "r", Mapping: "mapping.m", UID: "u", Epoch: epoch, Definition: d, Move: plan.Transfer{Table: table.Ref, Load: providers.Insert, Ours: true},
		Source: source, Moment: "now", Target: faulty.Wrap(b.new, faults), Chunks: chunks, Hasher: batch.NewHasher([16]byte{1}), Transformer: tr,
		Workers: 3, Slots: make(chan struct{}, 3), Tell: b.tell, Total: 100}
	return b
}

func (b *bench) tell(e event.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, e)
}

// ids are what stands in the target, in order.
func (b *bench) ids() []int64 {
	b.t.Helper()
	source, _ := providers.As[providers.Source](b.new)
	var out []int64
	must(b.t, providers.Each(context.Background(), source, providers.ReadSpec{Table: table.Ref, Columns: table.Columns}, func(r *batch.Batch) error {
		out = append(out, r.Vectors[0].Ints...)
		return nil
	}))
	slices.Sort(out)
	return out
}

func (b *bench) records() []providers.ChunkRecord {
	b.t.Helper()
	h, _ := providers.As[providers.History](b.new)
	records, err := h.Recorded(context.Background(), "r", "u")
	must(b.t, err)
	return records
}

// sound is what holds however a job ended: rows are those of the recorded chunks, and what was read is accounted for.
func (b *bench) sound() {
	b.t.Helper()
	written := int64(0)
	for _, r := range b.records() {
		written += r.Written.Rows
		if r.Source.Rows != r.Written.Rows+r.Filtered+r.Rejected {
			b.t.Errorf("chunk %d: %d rows read, %d written, %d filtered, %d rejected, which does not add up", r.N, r.Source.Rows, r.Written.Rows, r.Filtered, r.Rejected)
		}
	}
	ids := b.ids()
	if int64(len(ids)) != written || len(slices.Compact(ids)) != len(ids) {
		b.t.Errorf("target: %d rows stand, %d of them different, want the %d that the records count", len(ids), len(slices.Compact(slices.Clone(ids))), written)
	}
}

func hundred() []int64 {
	var out []int64
	for i := range int64(100) {
		out = append(out, i)
	}
	return out
}

func TestWhatIsReadIsWrittenFilteredOrRejected(t *testing.T) {
	b := newBench(t, "src.n != 3", "out != 5", plan.Share{Rows: 10}, faulty.Nth(0))
	got, err := transfer.Run(context.Background(), b.job)
	must(t, err)
	if got.Written != 80 || got.Filtered != 10 || got.Rejected != 10 || len(got.Records) != len(b.job.Chunks) {
		t.Errorf("result: got %d written, %d filtered, %d rejected in %d chunks, want 80, 10, 10 in %d", got.Written, got.Filtered, got.Rejected, len(got.Records), len(b.job.Chunks))
	}
	b.sound()
}

func TestTheChunkThatPassesMaxRejectsIsNotCommitted(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit plan.Share
		pass  bool
	}{
		{"as many as allowed", plan.Share{Rows: 10}, true},
		{"one too many", plan.Share{Rows: 9}, false},
		{"none allowed", plan.Share{}, false},
		{"a tenth of all", plan.Share{PerMillion: 100_000, Percent: true}, true},
		{"a little less than a tenth of all", plan.Share{PerMillion: 99_999, Percent: true}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, "", "out != 5", c.limit, faulty.Nth(0))
			b.job.Workers = 1
			_, err := transfer.Run(context.Background(), b.job)
			var many *transfer.TooManyRejects
			if errors.As(err, &many) == c.pass {
				t.Errorf("got %v, want it to pass: %v", err, c.pass)
			}
			rejected := int64(0)
			for _, r := range b.records() {
				rejected += r.Rejected
			}
			if !c.pass && many != nil && (rejected >= many.Rejected || !c.limit.Allows(rejected, 100)) {
				t.Errorf("%d rejected rows are recorded and %d passed the limit, want those of whole chunks before it", rejected, many.Rejected)
			}
			b.sound()
		})
	}
}

func TestRejectsOfATryThatFailedDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "out != 5", plan.Share{Rows: 10}, faulty.Nth(2).On("commit"))
		_, err := transfer.Run(context.Background(), b.job)
		must(t, err)
		if got := len(b.ids()); got != 90 {
			t.Errorf("got %d rows, want 90", got)
		}
		b.sound()
	})
}

func TestOnlyTransientErrorsAreTriedAgain(t *testing.T) {
	for _, op := range []string{"load", "read", "next", "write", "commit"} {
		for _, class := range []providers.Class{providers.Transient, providers.Unknown, providers.Conflict, providers.BadValue, providers.Denied, providers.NotFound, providers.Unsupported, providers.Fenced} {
			t.Run(fmt.Sprintf("%s in %s", strings.TrimPrefix(" "+string(class), " "), op), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, "", "", plan.Share{}, faulty.Nth(3).On(op).As(class))
					_, err := transfer.Run(context.Background(), b.job)
					again := slices.ContainsFunc(b.told, func(e event.Event) bool { return e.Kind == event.ChunkRetry })
					if want := class == providers.Transient; again != want || (err == nil) != want {
						t.Errorf("tried again: %v, error: %v; want another try: %v", again, err, want)
					}
					if err != nil && (providers.ClassOf(err) != class || !errors.Is(err, faulty.ErrInjected)) {
						t.Errorf("got %v of class %q, want the injected one of class %q", err, providers.ClassOf(err), class)
					}
					b.sound()
				})
			})
		}
	}
}

// Of an unknown total a share is taken of what was read, and a try that failed has read nothing.
func TestRowsOfATryThatFailedDoNotCountInAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "src.id < 90 || src.n != 5", "out != 5", plan.Share{PerMillion: 100_000, Percent: true}, faulty.Nth(1).On("commit"))
		b.job.Total, b.job.Workers = 0, 1
		got, err := transfer.Run(context.Background(), b.job)
		var many *transfer.TooManyRejects
		if errors.As(err, &many) && many.Read > 100 {
			t.Errorf("%d rows count as read, want at most the 100 there are", many.Read)
		}
		if err == nil && got.Rejected != 9 {
			t.Errorf("got %d rejected rows, want 9", got.Rejected)
		}
		b.sound()
	})
}

// down is a target that fails at every load.
type down struct {
	providers.Endpoint
	tries int
}

func (d *down) Load(context.Context, providers.LoadSpec) (providers.Loader, error) {
	d.tries++
	return nil, &providers.Error{Op: "load", Object: "t", Class: providers.Transient, Err: faulty.ErrInjected}
}

func TestAnErrorThatDoesNotPassStandsInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
		d := &down{Endpoint: b.new}
		b.job.Target, b.job.Chunks = d, b.job.Chunks[:1]
		_, err := transfer.Run(context.Background(), b.job)
		var failed *transfer.ChunkError
		if !errors.As(err, &failed) || failed.Chunk != 0 || d.tries < 2 {
			t.Errorf("got %v after %d tries, want a ChunkError of chunk 0 after several", err, d.tries)
		}
	})
}

// A commit whose answer is lost is looked up; broken where a lost answer is taken for a failure, or for a success.
func TestALostAnswerToACommitIsLookedUp(t *testing.T) {
	for name, faults := range map[string]func() *faulty.Plan{
		"the rows are there":     func() *faulty.Plan { return faulty.Nth(4).On("commit").As(providers.Ambiguous).After() },
		"the rows are not there": func() *faulty.Plan { return faulty.Nth(4).On("commit").As(providers.Ambiguous) },
		"said to be transient":   func() *faulty.Plan { return faulty.Nth(4).On("commit").After() },
		"a close that fails":     func() *faulty.Plan { return faulty.Nth(4).On("close").After() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, "", "", plan.Share{}, faults())
				_, err := transfer.Run(context.Background(), b.job)
				must(t, err)
				if got := b.ids(); !slices.Equal(got, hundred()) {
					t.Errorf("got %d rows %v, want each of 100 once", len(got), got)
				}
				b.sound()
			})
		})
	}
}

// silent is a target that commits, says that it does not know, and does not answer when it is asked.
type silent struct{ providers.Endpoint }

func (s silent) Unwrap() providers.Endpoint { return s.Endpoint }

func (s silent) Load(ctx context.Context, spec providers.LoadSpec) (providers.Loader, error) {
	target, _ := providers.As[providers.Target](s.Endpoint)
	l, err := target.Load(ctx, spec)
	return unanswered{l}, err
}

type unanswered struct{ providers.Loader }

func (u unanswered) Commit(ctx context.Context, r providers.ChunkRecord) (providers.ChunkRecord, error) {
	if _, err := u.Loader.Commit(ctx, r); err != nil {
		return r, err
	}
	return r, &providers.Error{Op: "commit", Object: "t", Class: providers.Ambiguous, Err: faulty.ErrInjected}
}

func TestNothingIsTriedAgainWhileTheLedgerDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
		b.job.Target = silent{faulty.Wrap(b.new, faulty.Nth(1).On("recorded").As(providers.Unknown))}
		b.job.Workers = 1
		_, err := transfer.Run(context.Background(), b.job)
		if providers.ClassOf(err) != providers.Ambiguous {
			t.Errorf("got %v, want an ambiguous error that ends the job", err)
		}
		if n := len(b.records()); n != 1 {
			t.Errorf("got %d records, want the one whose answer was lost", n)
		}
		b.sound()
	})
}

// Broken where a worker that leaves cancels the others, and where one that waits for a place begins a chunk.
func TestStopFinishesTheChunksInHandAndNoOthers(t *testing.T) {
	for _, c := range []struct{ workers, slots int }{{1, 1}, {3, 1}, {2, 2}, {3, 2}, {5, 5}} {
		t.Run(fmt.Sprintf("%d workers in %d places", c.workers, c.slots), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
				stop := make(chan struct{})
				var begun atomic.Int64
				b.job.Workers, b.job.Stop, b.job.Slots = c.workers, stop, make(chan struct{}, c.slots)
				b.job.Tell = func(e event.Event) {
					if e.Kind == event.Rows && begun.Add(1) == 1 { // while the first chunk is being written
						close(stop)
						synctest.Wait() // until all others have left or wait
					}
				}
				_, err := transfer.Run(context.Background(), b.job)
				if !errors.Is(err, transfer.ErrStopped) {
					t.Fatalf("got %v, want ErrStopped", err)
				}
				if n := len(b.records()); n == 0 || n > c.slots || int64(n) != begun.Load() {
					t.Errorf("%d chunks are committed and %d were begun, want all that were begun and at most %d", n, begun.Load(), c.slots)
				}
				b.sound()
			})
		})
	}
}

func TestAStopThatComesAfterTheLastChunkChangesNothing(t *testing.T) {
	b := newBench(t, "", "", plan.Share{}, faulty.Nth(0))
	b.job.Chunks = nil
	stop := make(chan struct{})
	close(stop)
	b.job.Stop = stop
	if _, err := transfer.Run(context.Background(), b.job); err != nil {
		t.Errorf("no chunks are left and Stop is closed: got %v, want no error", err)
	}
}
