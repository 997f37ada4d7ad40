package testserver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// Private describes a server of a test's own. It is reached through its socket, which trusts everybody, and where
// Access is not empty also at 127.0.0.1.
type Private struct {
	Settings map[string]string // of postgresql.conf
	Access   string            // lines of pg_hba.conf for 127.0.0.1
	Files    map[string][]byte // put into the data folder, readable by the server alone
	Follows  string            // the URL of a server of which this one is a standby
	port     int
}

// Start starts the server and returns the URL of its administrator on the socket, and the port at 127.0.0.1. The server
// is gone at the end of the test. Where there are no binaries the test is skipped like those of Postgres.
func (p Private) Start(t testing.TB) (dsn string, port int) {
	t.Helper()
	if testing.Short() {
		t.Skip("testserver: -short starts no server")
	}
	if p.Access != "" {
		free, port, err := reserve()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(free)
		p.port = port
	}
	s, err := startPostgres(p)
	if err != nil {
		missing(t, "postgres", err)
	}
	t.Cleanup(func() {
		_ = s.life.Close() // the watcher ends on it in any case
		_ = s.watcher.Wait()
	})
	return s.dsn(), p.port
}

// arguments are what the postgres program is given beside those of every server; of two the later counts.
func (p Private) arguments() []string {
	var out []string
	if p.port != 0 {
		out = append(out, "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(p.port))
	}
	for k, v := range p.Settings {
		out = append(out, "-c", k+"="+v)
	}
	return out
}

// prepare puts files into the data folder, as the server's user.
func (p Private) prepare(data string, as *syscall.SysProcAttr) error {
	files := map[string][]byte{}
	for name, text := range p.Files {
		files[name] = text
	}
	if p.Access != "" {
		files["pg_hba.conf"] = []byte("local all all trust\n" + p.Access + "\n")
	}
	for name, text := range files {
		path := filepath.Join(data, name)
		if err := os.WriteFile(path, slices.Clone(text), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if as.Credential != nil {
			if err := os.Chown(path, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
				return err
			}
		}
	}
	return nil
}
