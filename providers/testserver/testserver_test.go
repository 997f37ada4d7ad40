package testserver

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	a, b := Postgres(t), Postgres(t)
	Psql(t, a, "CREATE TABLE here (n int); INSERT INTO here VALUES (1), (2)")
	if got := Psql(t, a, "SELECT count(*) FROM here"); got != "2" {
		t.Errorf("count in the first database: got %q, want 2", got)
	}
	if out, err := TryPsql(b, "SELECT * FROM here"); err == nil {
		t.Errorf("the second database has the table of the first: %s", out)
	}
}

func TestDatabasesAreDroppedAtTheEndOfTheTest(t *testing.T) {
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = Postgres(t) })
	if dsn == "" {
		t.Skip("no server")
	}
	if out, err := TryPsql(dsn, "SELECT 1"); err == nil {
		t.Errorf("the database is still there: %s", out)
	}
}

// The test process that is killed here runs only TestKilled of this binary.
func TestAKilledTestLeavesNoServer(t *testing.T) {
	Postgres(t)
	if os.Getenv("MIGRATEIQ_TEST_POSTGRES") != "" {
		t.Skip("the server is not ours to stop")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), "TESTSERVER_KILLED=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 256)
	n, _ := out.Read(buf)
	dir := strings.TrimSpace(string(buf[:n]))
	if !strings.HasPrefix(dir, "/tmp/miq-pg-") {
		t.Fatalf("the child said %q, want its server's folder", dir)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	for _, err := os.Stat(dir); err == nil; _, err = os.Stat(dir) {
		time.Sleep(20 * time.Millisecond)
	}
	if found, _ := filepath.Glob(dir + "/.s.*"); len(found) != 0 {
		t.Errorf("sockets left: %v", found)
	}
}

func TestKilled(t *testing.T) {
	if os.Getenv("TESTSERVER_KILLED") == "" {
		t.Skip("run by TestAKilledTestLeavesNoServer")
	}
	Postgres(t)
	_, _ = os.Stdout.WriteString(running.dir + "\n")
	select {}
}

func TestAPortThatIsReservedIsGivenToNobodyElse(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux keeps a port for its server")
	}
	dsn, port := Private{Access: "host all all 127.0.0.1/32 trust"}.Start(t)
	free, kept, err := reserve()
	if err != nil {
		t.Fatal(err)
	}
	defer free()
	for range 2000 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Addr().(*net.TCPAddr).Port; got == kept || got == port {
			t.Errorf("port %d is given to another one", got)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := Psql(t, "postgres://postgres@127.0.0.1:"+strconv.Itoa(port)+"/postgres", "SHOW port"); got != strconv.Itoa(port) {
		t.Errorf("the server at %d says that it is at %s", port, got)
	}
	if got := Psql(t, dsn, "SHOW autovacuum"); got != "off" {
		t.Errorf("autovacuum is %s", got)
	}
}
