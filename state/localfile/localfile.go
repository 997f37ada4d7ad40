// Package localfile keeps the state in a file on this machine. Beside the file are <path>.backup, the state before the
// last save, and <path>.lock, which says who is at work.
package localfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/google/renameio/v2"
	"github.com/novumsolvo/migrateiq/state"
)

var _ state.Store = (*Store)(nil)

// Store is one state file.
type Store struct {
	path string

	mu   sync.Mutex
	held bool // this store has the lock
}

// New names the file. Nothing is read or made before the first call of Load, Save or Lock.
func New(path string) *Store { return &Store{path: path} }

// Load reads and checks the file; the zero Snapshot where there is none.
func (s *Store) Load(ctx context.Context) (state.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return state.Snapshot{}, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := s.stored()
	return now.Snapshot, err
}

// Save replaces the file, and keeps the one before as backup. An error before the replacement says that nothing was
// changed.
func (s *Store) Save(ctx context.Context, next state.Snapshot) (serial uint64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held {
		unlock, err := s.hold(ctx, "a save")
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	now, err := s.stored()
	if err != nil {
		return 0, err
	}
	if now.Serial != next.Serial || now.Serial > 0 && now.Lineage != next.Lineage {
		return 0, fmt.Errorf("save %s: %w: it holds serial %d of lineage %s, and serial %d of lineage %s was to be replaced",
			s.path, state.ErrConflict, now.Serial, now.Lineage, next.Serial, next.Lineage)
	}
	next.Serial, next.Previous = now.Serial+1, now.digest
	text, _, err := state.Encode(next)
	if err != nil {
		return 0, err
	}
	if err := s.replace(text, now.text); err != nil {
		return 0, err
	}
	return next.Serial, nil
}

// content is a file as it was read; the zero value for no file.
type content struct {
	state.Snapshot
	text   []byte
	digest string
}

// stored reads the file and holds it against its backup: the file follows the backup, or is the same where a save was
// cut off between the two.
func (s *Store) stored() (content, error) {
	for {
		now, err := s.current()
		if err != nil {
			return content{}, err
		}
		problem := s.follows(now)
		if problem == nil {
			return now, nil
		}
		if again, err := s.current(); err != nil || again.digest == now.digest {
			return content{}, errors.Join(err, problem)
		} // else another process saved while the two files were read
	}
}

func (s *Store) current() (content, error) {
	now, err := read(s.file())
	if errors.Is(err, errBroken) {
		return content{}, s.damaged(strings.TrimPrefix(err.Error(), errBroken.Error()+": "), s.restore())
	}
	return now, err
}

// follows says what is wrong between the file and its backup, nil where nothing is.
func (s *Store) follows(now content) error {
	file, backup := s.file(), s.backup()
	before, err := read(backup)
	if errors.Is(err, state.ErrNewer) || errors.Is(err, errBroken) {
		return &state.DamagedError{Object: backup, Found: strings.TrimPrefix(err.Error(), errBroken.Error()+": "),
			Remedy: fmt.Sprintf("This is the backup; %s itself is whole. Move the backup away and run the command again.", file)}
	}
	if err != nil || before.text == nil {
		return err
	}
	if now.text == nil {
		return s.damaged("the file is gone, but its backup is there", s.restore())
	}
	if now.Previous == before.digest || now.digest == before.digest {
		return nil
	}
	return s.damaged(
		fmt.Sprintf("serial %d of lineage %s does not follow its backup, which is serial %d of lineage %s",
			now.Serial, now.Lineage, before.Serial, before.Lineage),
		fmt.Sprintf("Another file was put in its place. If that was meant, move %s away and run the command again; "+
			"else put the backup back: cp %s %s", backup, backup, file))
}

// restore is the remedy for a file that cannot be read.
func (s *Store) restore() string {
	file, backup := s.file(), s.backup()
	if b, err := read(backup); err == nil && b.text != nil {
		return fmt.Sprintf("The state before it, serial %d, is whole; put it back: cp %s %s; or move both files away and "+
			"rebuild the state from the target: migrateiq state recover", b.Serial, backup, file)
	}
	return fmt.Sprintf("There is no backup that can be read. Move %s away and rebuild it from the target: migrateiq state recover", file)
}

func (s *Store) damaged(found, remedy string) error {
	return &state.DamagedError{Object: s.file(), Found: found, Remedy: remedy}
}

// errBroken marks a file that was read and is no whole state.
var errBroken = errors.New("broken")

// read gives the zero content for a file that is not there.
func read(file string) (content, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return content{}, nil
	}
	if err != nil {
		return content{}, fmt.Errorf("read state: %w", err)
	}
	snap, digest, err := state.Decode(text)
	if errors.Is(err, state.ErrNewer) {
		return content{}, fmt.Errorf("read state %s: %w", file, err)
	}
	if err != nil {
		return content{}, fmt.Errorf("%w: %w", errBroken, err)
	}
	return content{Snapshot: snap, text: text, digest: digest}, nil
}

// replace writes the new file beside the old one, then the backup, and only then puts the new one in place: a full disk
// is met before anything has changed.
func (s *Store) replace(text, old []byte) error {
	file := s.file()
	next, err := pending(file, text)
	if err != nil {
		return unchanged("save", file, err)
	}
	defer next.Cleanup()
	if old != nil {
		backup, err := pending(s.backup(), old)
		if err != nil {
			return unchanged("save", file, err)
		}
		defer backup.Cleanup()
		if err := backup.CloseAtomicallyReplace(); err != nil {
			return unchanged("save", file, err)
		}
	}
	if err := next.CloseAtomicallyReplace(); err != nil {
		return unchanged("save", file, err)
	}
	if err := syncFolder(filepath.Dir(file)); err != nil {
		return fmt.Errorf("save %s: the new state is in place, but might not survive a loss of power: %w", file, err)
	}
	return nil
}

func pending(file string, text []byte) (*renameio.PendingFile, error) {
	f, err := renameio.NewPendingFile(file, renameio.WithTempDir(filepath.Dir(file)), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return nil, err
	}
	if _, err := bytes.NewReader(text).WriteTo(f); err != nil {
		return nil, errors.Join(err, f.Cleanup())
	}
	if err := f.Sync(); err != nil {
		return nil, errors.Join(err, f.Cleanup())
	}
	return f, nil
}

func syncFolder(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

// unchanged says why a write failed, in words for the commonest causes, and that the old state still stands.
func unchanged(verb, file string, err error) error {
	why := ""
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		why = "there is no space left for it; "
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		why = "there is no permission to write it; "
	}
	return fmt.Errorf("%s %s: %sthe state is as it was: %w", verb, file, why, err)
}

// file is the path behind symbolic links, so that a save replaces the file and not the link, and every way of naming the
// file meets the same lock.
func (s *Store) file() string {
	if real, err := filepath.EvalSymlinks(s.path); err == nil {
		return real
	}
	return s.path
}

func (s *Store) backup() string { return s.file() + ".backup" }
