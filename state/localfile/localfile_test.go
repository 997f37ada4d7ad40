package localfile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

// saved makes a state file of so many saves and returns its path.
func saved(t *testing.T, saves int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.json")
	for range saves {
		save(t, file)
	}
	return file
}

func save(t *testing.T, file string) uint64 {
	t.Helper()
	serial, err := bump(t.Context(), localfile.New(file))
	if err != nil {
		t.Fatal(err)
	}
	return serial
}

// bump saves the state again with one mapping more.
func bump(ctx context.Context, s *localfile.Store) (uint64, error) {
	now, err := s.Load(ctx)
	if err != nil {
		return 0, err
	}
	now.Lineage = "lineage-1"
	if now.Mappings == nil {
		now.Mappings = map[string]state.Mapping{}
	}
	now.Mappings["mapping.m"+strings.Repeat("x", int(now.Serial%50))] = state.Mapping{Rows: int64(now.Serial)}
	return s.Save(ctx, now)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestBeforeTheFirstSaveTheStateIsZeroAndNothingIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	got, err := localfile.New(filepath.Join(dir, "state.json")).Load(t.Context())
	if diff := cmp.Diff(state.Snapshot{}, got); err != nil || diff != "" {
		t.Errorf("Load: error %v, difference %s", err, diff)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load made the folder: Stat gives %v", err)
	}
}

func TestASaveIsReadBackWithItsSerialAndChain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "folder", "state.json")
	store := localfile.New(file)
	for want := uint64(1); want <= 3; want++ {
		if got := save(t, file); got != want {
			t.Fatalf("serial of save %d: got %d", want, got)
		}
	}
	now, err := store.Load(t.Context())
	if err != nil || now.Serial != 3 || len(now.Mappings) != 3 || now.Format != state.Format {
		t.Fatalf("Load: serial %d, %d mappings, format %d, error %v", now.Serial, len(now.Mappings), now.Format, err)
	}
	text, err := os.ReadFile(file + ".backup")
	if err != nil {
		t.Fatal(err)
	}
	before, digest, err := state.Decode(text)
	if err != nil || before.Serial != 2 || now.Previous != digest {
		t.Errorf("backup: serial %d, digest %s, error %v; want serial 2 and the digest %s", before.Serial, digest, err, now.Previous)
	}
	for _, f := range []string{file, file + ".backup", file + ".lock"} {
		if i, err := os.Stat(f); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v; want 0600", f, i.Mode(), err)
		}
	}
}

func TestAStateThatWasChangedMeanwhileIsNotReplaced(t *testing.T) {
	file := saved(t, 2)
	store := localfile.New(file)
	for name, next := range map[string]state.Snapshot{
		"an older serial":           {Lineage: "lineage-1", Serial: 1},
		"a later serial":            {Lineage: "lineage-1", Serial: 3},
		"a first save":              {Lineage: "lineage-1"},
		"a state of other lineage":  {Lineage: "lineage-2", Serial: 2},
		"a state without a lineage": {Serial: 2},
	} {
		if serial, err := store.Save(t.Context(), next); !errors.Is(err, state.ErrConflict) || serial != 0 {
			t.Errorf("%s: got serial %d and error %v, want ErrConflict", name, serial, err)
		}
	}
	if _, err := localfile.New(filepath.Join(t.TempDir(), "s")).Save(t.Context(), state.Snapshot{}); err == nil {
		t.Error("first save without a lineage: got no error")
	}
	if now, err := store.Load(t.Context()); err != nil || now.Serial != 2 {
		t.Errorf("afterwards: serial %d, error %v; want 2", now.Serial, err)
	}
}

func TestADamagedFileIsReportedWithItsRemedyAndLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		harm        func(t *testing.T, file string)
		found, cure string // in the message
	}{
		"cut short": {func(t *testing.T, f string) { change(t, f, func(s string) string { return s[:len(s)/3] }) },
			"cut short", "cp F.backup F"},
		"emptied": {func(t *testing.T, f string) { change(t, f, func(string) string { return "" }) },
			"it is empty", "serial 2, is whole; put it back: cp F.backup F"},
		"edited by hand": {func(t *testing.T, f string) {
			change(t, f, func(s string) string { return strings.Replace(s, "lineage-1", "lineage-2", 1) })
		}, "does not match its digest", "cp F.backup F"},
		"cut short without a backup": {func(t *testing.T, f string) {
			change(t, f, func(s string) string { return s[:9] })
			remove(t, f+".backup")
		}, "cut short", "There is no backup that can be read. Move F away"},
		"both cut short": {func(t *testing.T, f string) {
			change(t, f, func(s string) string { return s[:9] })
			change(t, f+".backup", func(s string) string { return s[:9] })
		}, "cut short", "There is no backup that can be read."},
		"only the backup cut short": {func(t *testing.T, f string) { change(t, f+".backup", func(s string) string { return s[:9] }) },
			"the state in F.backup is damaged", "Move the backup away"},
		"gone, with its backup there": {func(t *testing.T, f string) { remove(t, f) },
			"the file is gone", "cp F.backup F"},
		"an older file put in its place": {func(t *testing.T, f string) {
			copyFile(t, f, f+".old")
			save(t, f)
			save(t, f)
			copyFile(t, f+".old", f)
		}, "serial 3 of lineage lineage-1 does not follow its backup, which is serial 4", "move F.backup away"},
	} {
		t.Run(name, func(t *testing.T) {
			file := saved(t, 3)
			c.harm(t, file)
			before, _ := os.ReadFile(file)
			store := localfile.New(file)
			_, err := store.Load(t.Context())
			var damage *state.DamagedError
			if !errors.As(err, &damage) || !errors.Is(err, state.ErrDamaged) {
				t.Fatalf("Load: got %v, want ErrDamaged", err)
			}
			message := strings.ReplaceAll(err.Error(), file, "F")
			for _, want := range []string{c.found, c.cure} {
				if !strings.Contains(message, want) {
					t.Errorf("message lacks %q:\n%s", want, message)
				}
			}
			if _, err := store.Save(t.Context(), state.Snapshot{Lineage: "lineage-1", Serial: 3}); !errors.Is(err, state.ErrDamaged) {
				t.Errorf("Save: got %v, want ErrDamaged", err)
			}
			if after, _ := os.ReadFile(file); string(after) != string(before) {
				t.Error("the damaged file was changed")
			}
		})
	}
}

func change(t *testing.T, file string, f func(string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(f(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func TestTheRemedyWorks(t *testing.T) {
	file := saved(t, 3)
	change(t, file, func(s string) string { return s[:20] })
	copyFile(t, file+".backup", file)
	if got := save(t, file); got != 3 {
		t.Errorf("save after the backup was put back: got serial %d, want 3", got)
	}
	if got := save(t, file); got != 4 {
		t.Errorf("the save after it: got serial %d, want 4", got)
	}
}

func TestASaveCutOffBetweenBackupAndFileLosesNothing(t *testing.T) {
	file := saved(t, 2)
	copyFile(t, file, file+".backup")
	if got := save(t, file); got != 3 {
		t.Errorf("got serial %d, want 3", got)
	}
}

func TestAStateOfANewerVersionIsNeitherReadNorReplaced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	newer := `{"digest":"sha256:5a365c1ca1e53cfb7a0a6c0443c46655561f0e082d7ca08dfb1955ac707755a0","state":{"format":99,"engine":"9.0.0"}}`
	if err := os.WriteFile(file, []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := localfile.New(file).Load(t.Context())
	if !errors.Is(err, state.ErrNewer) || errors.Is(err, state.ErrDamaged) {
		t.Errorf("Load: got %v, want ErrNewer", err)
	}
	if _, err := localfile.New(file).Save(t.Context(), state.Snapshot{Lineage: "l"}); !errors.Is(err, state.ErrNewer) {
		t.Errorf("Save: got %v, want ErrNewer", err)
	}
}

func TestASymbolicLinkStaysAndTheFileBehindItIsReplaced(t *testing.T) {
	file := saved(t, 1)
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(file, link); err != nil {
		t.Skipf("this file system has no symbolic links: %v", err)
	}
	lease, err := localfile.New(file).Lock(t.Context(), "a test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bump(t.Context(), localfile.New(link)); !errors.Is(err, state.ErrLocked) {
		t.Errorf("save through the link while the file is locked: got %v, want ErrLocked", err)
	}
	if err := lease.Unlock(); err != nil {
		t.Fatal(err)
	}
	save(t, link)
	if now, err := localfile.New(file).Load(t.Context()); err != nil || now.Serial != 2 {
		t.Errorf("the file behind the link: serial %d, error %v; want 2", now.Serial, err)
	}
	if i, err := os.Lstat(link); err != nil || i.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link: mode %v, error %v; want a link", i.Mode(), err)
	}
}

func TestCancelledWorkDoesNothing(t *testing.T) {
	file := saved(t, 1)
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the user pressed Ctrl-C")
	cancel(cause)
	store := localfile.New(file)
	if _, err := store.Load(ctx); !errors.Is(err, cause) {
		t.Errorf("Load: got %v, want the cause", err)
	}
	if _, err := store.Save(ctx, state.Snapshot{Lineage: "lineage-1", Serial: 1}); !errors.Is(err, cause) {
		t.Errorf("Save: got %v, want the cause", err)
	}
	if _, err := store.Lock(ctx, "a test"); !errors.Is(err, cause) {
		t.Errorf("Lock: got %v, want the cause", err)
	}
}
