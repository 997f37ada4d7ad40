package evidence

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/novumsolvo/migrateiq/engine/event"
)

// Recorder writes what the engine tells into the log. It is safe for concurrent use.
type Recorder struct {
	ctx   context.Context
	log   *Log
	actor string
	plan  string
	now   func() time.Time

	mu     sync.Mutex
	copies map[string]*copied // by mapping, of the copy under way
	err    error
}

type copied struct{ chunks, rows, rejected, again int64 }

// NewRecorder makes one for a run. ctx is for waiting for other processes' lines.
func NewRecorder(ctx context.Context, log *Log, actor, plan string, now func() time.Time) *Recorder {
	return &Recorder{ctx: ctx, log: log, actor: actor, plan: plan, now: now, copies: map[string]*copied{}}
}

// Write adds a line.
func (r *Recorder) Write(event string, payload any) error {
	_, err := r.log.Append(r.ctx, Note{At: r.now(), Actor: r.actor, Event: event, Plan: r.plan, Payload: payload})
	return err
}

// Err is every line that could not be written.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Tell takes an event of the engine. Messages and the course of single rows are not written down, nor is why something
// failed: a message may name a key.
func (r *Recorder) Tell(e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.copies[e.Mapping]
	if c == nil {
		c = &copied{}
	}
	step := map[string]any{"run": e.Run, "step": e.Step, "mapping": e.Mapping}
	switch e.Kind {
	case event.RunOpened:
		r.write("run_opened", map[string]any{"run": e.Run, "resumed": e.Resumed, "plan_digest": r.plan})
	case event.StepDone:
		r.write("step_done", step)
	case event.StepFailed:
		r.write("step_failed", step)
	case event.CopyStarted:
		r.copies[e.Mapping] = &copied{}
	case event.ChunkDone:
		c.chunks, c.rows, c.rejected = c.chunks+1, c.rows+e.Rows, c.rejected+e.Rejected
		r.copies[e.Mapping] = c
	case event.ChunkRetry:
		c.again++
		r.copies[e.Mapping] = c
	case event.CopyDone:
		r.write("rows_copied", map[string]any{"run": e.Run, "mapping": e.Mapping, "chunks": c.chunks, "rows": c.rows, "rejected": c.rejected, "chunks_again": c.again})
		delete(r.copies, e.Mapping)
	case event.RunClosed:
		r.write("run_closed", map[string]any{"run": e.Run})
	}
}

func (r *Recorder) write(event string, payload any) {
	if err := r.Write(event, payload); err != nil {
		r.err = errors.Join(r.err, err)
	}
}
