package bench

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// watcher follows the memory of a child. What the system says of a child that has ended counts the memory of this
// process too, which it was for a moment.
type watcher struct {
	of   *exec.Cmd
	end  chan struct{}
	peak chan int64
}

func watch(c *exec.Cmd) watcher {
	w := watcher{of: c, end: make(chan struct{}), peak: make(chan int64, 1)}
	go func() {
		most, tick := int64(0), time.NewTicker(10*time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, resident(c.Process.Pid))
			select {
			case <-tick.C:
			case <-w.end:
				w.peak <- most
				return
			}
		}
	}()
	return w
}

// stop is called when the child has ended.
func (w watcher) stop() cost {
	close(w.end)
	return cost{cpu: w.of.ProcessState.UserTime() + w.of.ProcessState.SystemTime(), peak: <-w.peak}
}

// resident is the most memory that a process has had so far, 0 where the system does not tell.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes << 10
		}
	}
	return 0
}

// throughPgcopydb copies the whole database, which holds nothing but the table.
func throughPgcopydb(t *testing.T, s servers, program string, c content) cost {
	t.Helper()
	testserver.Psql(t, s.to, "DROP TABLE IF EXISTS "+c.name+"; DROP SCHEMA IF EXISTS _migrateiq CASCADE")
	run := exec.Command(program, "clone", "--source", s.from, "--target", s.to, "--table-jobs", "4", "--index-jobs", "2", "--no-owner", "--no-acl", "--dir", t.TempDir(), "--restart")
	begun := time.Now()
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("pgcopydb: %v\n%s", err, out)
	}
	return cost{took: time.Since(begun), cpu: run.ProcessState.UserTime() + run.ProcessState.SystemTime()}
}
