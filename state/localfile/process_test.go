package localfile_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/state"
	"github.com/novumsolvo/migrateiq/state/localfile"
)

// TestMain makes the test binary the child process that a test asks for.
func TestMain(m *testing.M) {
	if role := os.Getenv("LOCALFILE_CHILD"); role != "" {
		if err := child(role, os.Getenv("LOCALFILE_PATH")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(role, file string) error {
	store := localfile.New(file)
	switch role {
	case "saves without end":
		for {
			serial, err := bump(context.Background(), store)
			if err != nil {
				return err
			}
			fmt.Println(serial)
		}
	case "holds the lock":
		if _, err := store.Lock(context.Background(), "apply by a child"); err != nil {
			return err
		}
		fmt.Println("locked")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	case "takes turns":
		for range turns {
			if err := turn(store); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("no such role: %s", role)
}

const turns = 25

// turn adds one to the serial under the lock, as an apply does.
func turn(store *localfile.Store) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	lease, err := store.Lock(ctx, "a turn")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lease.Unlock()) }()
	_, err = bump(lease.Context(), store)
	return err
}

func start(t *testing.T, role, file string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "LOCALFILE_CHILD="+role, "LOCALFILE_PATH="+file)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its error is the kill
}

// Breaks when Save writes the file in place instead of beside it.
func TestAProcessKilledWhileItSavesLosesNoState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	last := uint64(0)
	for range 10 {
		cmd, lines := start(t, "saves without end", file)
		for range 1 + rand.IntN(40) {
			if !lines.Scan() {
				t.Fatalf("the child stopped by itself: %v", lines.Err())
			}
		}
		kill(t, cmd)
		var seen uint64
		if _, err := fmt.Sscan(lines.Text(), &seen); err != nil {
			t.Fatal(err)
		}
		now, err := localfile.New(file).Load(t.Context())
		if err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		if now.Serial < seen || now.Serial < last {
			t.Fatalf("serial %d after the child had saved %d", now.Serial, seen)
		}
		last = now.Serial
	}
	for _, f := range []string{".state.json4711", ".state.json.backup4711"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), f), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(t, file)
	var names []string
	entries, err := os.ReadDir(filepath.Dir(file))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), "state.json state.json.backup state.json.lock"; err != nil || got != want {
		t.Errorf("the folder after the next save: %s, error %v; want %s", got, err, want)
	}
}

func TestTheHolderOfTheLockIsNamedAndItsDeathFreesIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	cmd, lines := start(t, "holds the lock", file)
	if !lines.Scan() {
		t.Fatal("the child did not get the lock")
	}
	store := localfile.New(file)
	for name, ctx := range map[string]context.Context{"no deadline": t.Context(), "a deadline that is over": expired(t)} {
		_, err := store.Lock(ctx, "a test")
		var locked *state.LockedError
		if !errors.As(err, &locked) || !errors.Is(err, state.ErrLocked) {
			t.Fatalf("Lock with %s: got %v, want ErrLocked", name, err)
		}
		if h := locked.Holder; h.PID != cmd.Process.Pid || h.Owner != "apply by a child" || h.Host == "" || h.Since.IsZero() {
			t.Errorf("holder: got %+v, want the child %d", h, cmd.Process.Pid)
		}
	}
	if _, err := bump(t.Context(), store); !errors.Is(err, state.ErrLocked) {
		t.Errorf("Save while another has the lock: got %v, want ErrLocked", err)
	}
	if _, err := store.Load(t.Context()); err != nil {
		t.Errorf("Load while another has the lock: %v", err)
	}
	kill(t, cmd)
	lease, err := store.Lock(t.Context(), "a test")
	if err != nil {
		t.Fatalf("Lock after the holder was killed: %v", err)
	}
	if err := lease.Unlock(); err != nil {
		t.Error(err)
	}
}

func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	t.Cleanup(cancel)
	return ctx
}

// Breaks when Lock does not take the lock: two children load the same serial, and one fails with ErrConflict.
func TestProcessesTakeTurns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	var all []*exec.Cmd
	for range 4 {
		cmd, _ := start(t, "takes turns", file)
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Errorf("a child failed: %v", err)
		}
	}
	if now, err := localfile.New(file).Load(t.Context()); err != nil || now.Serial != 4*turns {
		t.Errorf("got serial %d, error %v; want %d", now.Serial, err, 4*turns)
	}
}

func TestAReaderNeverSeesHalfASave(t *testing.T) {
	file := saved(t, 2)
	cmd, lines := start(t, "saves without end", file)
	defer kill(t, cmd)
	for last := uint64(0); last < 100; {
		now, err := localfile.New(file).Load(t.Context())
		if err != nil || now.Serial < last {
			t.Fatalf("Load while another saves: serial %d after %d, error %v", now.Serial, last, err)
		}
		last = now.Serial
		if !lines.Scan() {
			t.Fatal("the child stopped by itself")
		}
	}
}

// The backup is a pipe here, so that two saves happen after Load has read the file and before it reads the backup.
func TestSavesBetweenTheTwoReadsOfALoadAreNoDamage(t *testing.T) {
	file, later := saved(t, 2), saved(t, 4)
	backup, err := os.ReadFile(later + ".backup")
	if err != nil {
		t.Fatal(err)
	}
	remove(t, file+".backup")
	if err := syscall.Mkfifo(file+".backup", 0o600); err != nil {
		t.Skipf("this file system has no pipes: %v", err)
	}
	type result struct {
		serial uint64
		err    error
	}
	loaded := make(chan result)
	go func() {
		now, err := localfile.New(file).Load(t.Context())
		loaded <- result{now.Serial, err}
	}()
	pipe, err := os.OpenFile(file+".backup", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	copyFile(t, later, file)
	remove(t, file+".backup")
	copyFile(t, later+".backup", file+".backup")
	if _, err := pipe.Write(backup); err != nil {
		t.Fatal(err)
	}
	if err := pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-loaded; got.serial != 4 || got.err != nil {
		t.Errorf("got serial %d, error %v; want 4", got.serial, got.err)
	}
}

func TestALeaseOutlivesTheDeadlineOfLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	first, err := localfile.New(file).Lock(expired(t), "the first")
	if err != nil {
		t.Fatalf("a free lock with no time left to wait: %v", err)
	}
	if err := first.Context().Err(); err != nil || first.Epoch() != 0 {
		t.Errorf("lease: context %v, epoch %d; want it open, and 0", err, first.Epoch())
	}
	second := make(chan error)
	go func() { second <- turn(localfile.New(file)) }()
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}
	if first.Context().Err() == nil {
		t.Error("the lease's context is open after Unlock")
	}
	if err := <-second; err != nil {
		t.Errorf("the one that waited: %v", err)
	}
	if err := first.Unlock(); err != nil {
		t.Errorf("second Unlock: %v", err)
	}
}

// tmpfs mounts a small file system, and skips the test where that is not possible.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("mounting a small file system takes root on Linux")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

func TestAFullDiskLeavesTheStateAsItWas(t *testing.T) {
	dir := tmpfs(t, "size=256k")
	file := filepath.Join(dir, "state.json")
	save(t, file)
	save(t, file)
	store := localfile.New(file)
	lease, err := store.Lock(t.Context(), "a test")
	if err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(dir, "filler"))
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = bump(t.Context(), store)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "there is no space left for it; the state is as it was") {
		t.Errorf("Save: got %v, want one that says that the state is as it was", err)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed (%v)", err)
	}
	if err := lease.Unlock(); err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(dir, "filler")) // what Unlock has freed
	if _, err := store.Lock(t.Context(), "a test"); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the state is as it was") {
		t.Errorf("Lock: got %v, want one that says that the state is as it was", err)
	}
	remove(t, filepath.Join(dir, "filler"))
	if got := save(t, file); got != 3 {
		t.Errorf("after space was made: got serial %d, want 3", got)
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func TestAFolderThatMayNotBeWrittenIsReported(t *testing.T) {
	dir := t.TempDir()
	if os.Getuid() == 0 {
		dir = tmpfs(t, "size=256k")
	}
	file := filepath.Join(dir, "state.json")
	save(t, file)
	if os.Getuid() == 0 {
		if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
			t.Skipf("mount: %v: %s", err, out)
		}
	} else if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := bump(t.Context(), localfile.New(file))
	if err == nil || !strings.Contains(err.Error(), "there is no permission to write it; the state is as it was") {
		t.Errorf("Save: got %v, want one that says that the state is as it was", err)
	}
	if _, err := localfile.New(file).Load(t.Context()); err != nil {
		t.Errorf("Load from it: %v", err)
	}
	if os.Getuid() != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Error(err)
		}
	}
}
