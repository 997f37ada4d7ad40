package testserver

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server is a running PostgreSQL. Its watcher, a shell, stops it and removes its folder when the pipe to the watcher
// closes: by stop, or by the death of this process in whatever way.
type server struct {
	dir     string
	port    int // in the socket's name; 0: the usual one
	watcher *exec.Cmd
	life    io.Closer
}

var (
	start   sync.Once
	running *server
	failed  error
)

// watch is the watcher's script: $1 the postgres binary, $2 the folder, then more arguments for postgres. The server does
// nothing on its own accord: when autovacuum comes by, it changes estimates, and removes rows that a standby still sees.
const watch = `
postgres="$1" dir="$2"
shift 2
"$postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
  -c max_connections=200 -c shared_buffers=32MB -c max_wal_size=4GB -c autovacuum=off -c log_min_messages=fatal "$@" >"$dir/log" 2>&1 &
pid=$!
read -r _
kill -INT $pid 2>/dev/null
wait $pid
cd /
rm -rf "$dir"`

// admin is the DSN of a role that may create databases.
func admin() (string, error) {
	if dsn := os.Getenv("MIGRATEIQ_TEST_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	start.Do(func() { running, failed = startPostgres(Private{}) })
	if failed != nil {
		return "", failed
	}
	return running.dsn(), nil
}

func (s *server) dsn() string {
	more := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	if s.port != 0 {
		more.Set("port", strconv.Itoa(s.port))
	}
	return "postgres://postgres@/postgres?" + more.Encode()
}

func stopPostgres() {
	if running == nil {
		return
	}
	_ = running.life.Close() // the watcher ends on it in any case
	_ = running.watcher.Wait()
	running = nil
}

// binary finds a program of PostgreSQL on PATH, then among the versions in /usr/lib/postgresql, highest first. On PATH
// a link to a program of another name is Debian's wrapper, which is taken last.
func binary(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(real) == name {
			return real, nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is well formed
	if len(found) == 0 {
		return path, err
	}
	best, version := "", -1
	for _, path := range found {
		if v, err := strconv.Atoi(strings.Split(path, "/")[4]); err == nil && v > version {
			best, version = path, v
		}
	}
	return cmp.Or(best, found[0]), nil
}

func startPostgres(p Private) (s *server, err error) {
	postgres, err := binary("postgres")
	if err != nil {
		return nil, err
	}
	if _, err := binary("psql"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "miq-pg-") // not TMPDIR: the path of a socket has about 100 bytes
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	as, err := servant(dir)
	if err != nil {
		return nil, err
	}
	if p.Follows != "" {
		err = copyOf(p.Follows, filepath.Join(filepath.Dir(postgres), "pg_basebackup"), dir, as)
	} else {
		err = initdb(filepath.Join(filepath.Dir(postgres), "initdb"), dir, as)
	}
	if err != nil {
		return nil, err
	}
	if err := p.prepare(filepath.Join(dir, "data"), as); err != nil {
		return nil, err
	}
	s = &server{dir: dir, port: p.port, watcher: exec.Command("/bin/sh", append([]string{"-c", watch, "watch", postgres, dir}, p.arguments()...)...)}
	s.watcher.Dir, s.watcher.SysProcAttr, s.watcher.Env = dir, as, environ()
	if s.life, err = s.watcher.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.watcher.Start(); err != nil {
		return nil, err
	}
	return s, s.wait()
}

// initdb makes the cluster: UTF-8 and, where the version knows them, a linguistic collation, so that tests do not take
// the order of bytes for the order of text.
func initdb(path, dir string, as *syscall.SysProcAttr) error {
	args := []string{"-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"}
	var out []byte
	var err error
	for _, more := range [][]string{{"--locale-provider=icu", "--icu-locale=en"}, nil} {
		run := exec.Command(path, append(args, more...)...)
		run.Dir, run.SysProcAttr, run.Env = dir, as, environ()
		if out, err = run.CombinedOutput(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
}

// copyOf makes the data folder of a standby.
func copyOf(dsn, path, dir string, as *syscall.SysProcAttr) error {
	run := exec.Command(path, "-D", filepath.Join(dir, "data"), "-d", dsn, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
	run.Dir, run.SysProcAttr, run.Env = dir, as, environ()
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// servant prepares the folder and says as whom the server runs: as this user in a process group of its own, or, since
// PostgreSQL refuses to run as root, as postgres or nobody.
func servant(dir string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the tests; the watcher hears of their end
	if os.Getuid() != 0 {
		return as, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return as, os.Chown(dir, int(uid), int(gid))
}

// wait returns when the server answers.
func (s *server) wait() error {
	for range 600 {
		if _, err := TryPsql(s.dsn(), "SELECT 1"); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log")) // only to say more
	_ = s.life.Close()
	return fmt.Errorf("the server does not answer: %s", bytes.TrimSpace(log))
}

// TryPsql is Psql for scripts that may fail: it returns what psql prints, errors too.
func TryPsql(dsn, script string, flags ...string) (string, error) {
	path, err := binary("psql")
	if err != nil {
		return "", err
	}
	run := exec.Command(path, append([]string{"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", dsn}, flags...)...)
	run.Env = environ()
	run.Stdin = strings.NewReader(script)
	out, err := run.CombinedOutput()
	return string(out), err
}

// environ is this process's environment without the variables that steer PostgreSQL's programs.
func environ() []string {
	var keep []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "PG") {
			keep = append(keep, e)
		}
	}
	return append(keep, "PGCLIENTENCODING=UTF8")
}
