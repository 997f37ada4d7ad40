package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
)

// exchange carries out a swap. It needs the tables that others read for itself, and whoever waits behind it waits for those
// in front of it, too. So it waits in turns that end before the server would look for a deadlock, in which it would end one
// of the readers: all that was locked is given back, and taken again a little later. lock_timeout says for how long.
func (e *endpoint) exchange(ctx context.Context, t *tx, s providers.Statement) error {
	var deadlock float64
	if err := t.row(ctx, "SELECT extract(epoch FROM current_setting('deadlock_timeout')::interval)::float8").Scan(&deadlock); err != nil {
		return err
	}
	pid, err := backend(ctx, t.conn)
	if err != nil {
		return err
	}
	longest := time.Duration(0.8 * deadlock * float64(time.Second))
	if e.patience > 0 {
		longest = min(longest, e.patience)
	}
	turn, who, heard := longest/8, "", time.Now()
	for began, n := time.Now(), 0; ; n++ {
		now, err := e.turn(ctx, t, s, pid, turn, n%2 == 1)
		if code := state(err); code != "55P03" && code != "40P01" {
			return err
		}
		if err := t.run(ctx, "ROLLBACK TO SAVEPOINT swap"); err != nil {
			return err
		}
		if now != "" {
			who, heard = now, time.Now()
		}
		// another statement of this run ends by itself; one that is not heard of any more is nobody to wait for
		ours := time.Since(heard) < e.patience && who != "" && strings.Count(who, "session ") == strings.Count(who, e.tag)
		if e.patience > 0 && time.Since(began) >= e.patience && !ours {
			if who == "" {
				who = "another session"
			}
			return &providers.Error{
				Op: "carry out", Object: s.What, Class: providers.Conflict,
				Err:    fmt.Errorf("%s held what it needs for longer than lock_timeout, which is %s", who, e.patience),
				Remedy: "The old table stands, and others went on reading it. Let that session end its transaction, or end it with pg_terminate_backend, and run the command again: it goes on here. A larger lock_timeout waits longer.",
			}
		}
		select {
		case <-time.After(turn / 2):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		turn = min(2*turn, longest)
	}
}

// turn tries once. Who stands in the way is asked for while it waits. Every other turn takes the tables the other way round:
// those who read several may do so in either order.
func (e *endpoint) turn(ctx context.Context, t *tx, s providers.Statement, pid uint32, long time.Duration, back bool) (string, error) {
	watch, stop := context.WithCancel(ctx)
	said := make(chan string, 1)
	go func() { said <- e.blockers(watch, pid, long/4) }()
	if back {
		g := *s.Guard
		s.Guard, g.Locks = &g, reversed(g.Locks)
	}
	err := e.within(ctx, t, s, long)
	stop()
	return <-said, err
}

// within takes all locks in the given time, looks whether the plan still holds, and swaps.
func (e *endpoint) within(ctx context.Context, t *tx, s providers.Statement, long time.Duration) error {
	if err := t.run(ctx, "SAVEPOINT swap", "SET LOCAL search_path TO ''"); err != nil {
		return err
	}
	for began, at := time.Now(), 0; at < len(s.Guard.Locks); at++ {
		left := max(long-time.Since(began), time.Millisecond)
		if err := t.run(ctx, "SET LOCAL lock_timeout = "+milliseconds(left), s.Guard.Locks[at]); err != nil {
			return err
		}
	}
	if err := e.guarded(ctx, t, s.Guard, s.What); err != nil {
		return err
	}
	if err := t.run(ctx, "SET LOCAL lock_timeout = "+milliseconds(long)); err != nil {
		return err
	}
	return t.run(ctx, append(append([]string{}, s.SQL...), "SET LOCAL lock_timeout = 0", "SET LOCAL search_path TO DEFAULT")...)
}

// reversed has the tables at the end of the locks in the other order. What is in front of them are views.
func reversed(locks []string) []string {
	at := slices.IndexFunc(locks, func(s string) bool { return strings.HasPrefix(s, lockTable) })
	if at < 0 {
		return locks
	}
	out := slices.Clone(locks)
	slices.Reverse(out[at:])
	return out
}
