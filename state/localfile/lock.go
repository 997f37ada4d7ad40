package localfile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/novumsolvo/migrateiq/state"
)

// poll is how often a lock that is held is tried again.
const poll = 50 * time.Millisecond

// Lock takes the lock of the file. The operating system frees it when the process ends, however it ends.
func (s *Store) Lock(ctx context.Context, owner string) (state.Lease, error) {
	unlock, err := s.hold(ctx, owner)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = true
	l := &lease{}
	l.ctx, l.end = context.WithCancel(context.WithoutCancel(ctx))
	l.unlock = sync.OnceValue(func() error {
		s.mu.Lock()
		s.held = false
		s.mu.Unlock()
		l.end()
		return unlock()
	})
	return l, nil
}

type lease struct {
	ctx    context.Context
	end    context.CancelFunc
	unlock func() error
}

func (l *lease) Context() context.Context { return l.ctx }
func (l *lease) Epoch() int64             { return 0 }
func (l *lease) Unlock() error            { return l.unlock() }

// hold takes the lock, writes down who has it, and clears away what a process that was killed has left.
func (s *Store) hold(ctx context.Context, owner string) (unlock func() error, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, context.Cause(ctx)
	}
	file := s.file()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, unchanged("lock", file, err)
	}
	name := file + ".lock"
	lock := flock.New(name, flock.SetPermissions(0o600))
	switch taken, err := try(ctx, lock); {
	case errors.Is(err, context.Canceled):
		return nil, fmt.Errorf("lock %s: %w", file, context.Cause(ctx))
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		return nil, unchanged("lock", file, err)
	case !taken:
		return nil, errors.Join(&state.LockedError{Object: file, Holder: holder(name)}, lock.Close())
	}
	if err := sign(name, owner); err != nil {
		return nil, errors.Join(unchanged("lock", file, err), lock.Close())
	}
	if err := sweep(file); err != nil {
		return nil, errors.Join(unchanged("lock", file, err), lock.Close())
	}
	return func() error { return errors.Join(os.Truncate(name, 0), lock.Close()) }, nil
}

// try makes one attempt in any case, and more until the deadline where there is one.
func try(ctx context.Context, lock *flock.Flock) (bool, error) {
	taken, err := lock.TryLock()
	if _, limited := ctx.Deadline(); taken || err != nil || !limited {
		return taken, err
	}
	return lock.TryLockContext(ctx, poll)
}

// sign names the holder in the lock file.
func sign(name, owner string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	line, err := json.Marshal(state.Holder{Owner: owner, PID: os.Getpid(), Host: host, Since: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(line, '\n'), 0o600)
}

// holder reads who has the lock; the zero Holder where it has not signed yet.
func holder(name string) state.Holder {
	var h state.Holder
	line, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(line, &h) != nil {
		return state.Holder{}
	}
	return h
}

// sweep removes the half-written files of saves that were cut off. Only the holder of the lock may call it.
func sweep(file string) error {
	dir, base := filepath.Split(file)
	if dir == "" {
		dir = "."
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !halfWritten(e, base) && !halfWritten(e, base+".backup") {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// halfWritten reports whether e has the name that a pending file for base gets: a dot before, digits behind.
func halfWritten(e fs.DirEntry, base string) bool {
	digits, ok := strings.CutPrefix(e.Name(), "."+base)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == "" && e.Type().IsRegular()
}
