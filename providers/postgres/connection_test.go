package postgres

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/secret"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// everywhere is a provider for which every name is this machine, so that names that are not local can be tried.
func everywhere() provider {
	return provider{lookup: func(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }}
}

// tried opens and closes an endpoint, and gives what it says of the session.
func tried(t *testing.T, cfg Config) (providers.Info, string, error) {
	t.Helper()
	end, err := everywhere().Open(t.Context(), &cfg)
	if err != nil {
		return providers.Info{}, "", err
	}
	e := end.(*endpoint)
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := e.pool.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.pool.give(c)
	if on := under(c.PgConn().Conn()); on == nil || !on.done.Load() {
		t.Errorf("the login at %s is over: got %+v, want a connection that hears of every write that fails", cfg.Host, on)
	}
	var session string
	if err := c.QueryRow(t.Context(), `SELECT current_user || ' ' || s.ssl || ' ' || current_database() FROM pg_stat_ssl s WHERE pid = pg_backend_pid()`).Scan(&session); err != nil {
		t.Fatal(err)
	}
	return e.info, session, nil
}

// secured is a server that demands TLS and has a role for each way to log in.
func secured(t *testing.T) (base Config, dir string, ca *authority, dsn string) {
	t.Helper()
	ca, dir = newAuthority(t), t.TempDir()
	cert, key := ca.issue(t, "server", x509.ExtKeyUsageServerAuth, "db.example.org")
	server := testserver.Private{
		Settings: map[string]string{"ssl": "on", "ssl_cert_file": "own.crt", "ssl_key_file": "own.key", "ssl_ca_file": "ca.crt"},
		Access: "hostssl all carder 127.0.0.1/32 cert\nhostssl all worder 127.0.0.1/32 scram-sha-256\n" +
			"hostnossl all plain 127.0.0.1/32 scram-sha-256\nhostssl all plain 127.0.0.1/32 scram-sha-256",
		Files: map[string][]byte{"own.crt": cert, "own.key": key, "ca.crt": ca.pem},
	}
	dsn, port := server.Start(t)
	testserver.Psql(t, dsn, `SET password_encryption = 'scram-sha-256'; CREATE ROLE carder LOGIN; CREATE ROLE worder LOGIN PASSWORD 'topsecret';
		CREATE ROLE plain LOGIN PASSWORD 'topsecret'; CREATE DATABASE shop`)
	return Config{Host: "db.example.org", Port: port, Database: "shop", User: "worder", SSLRootCert: put0600(t, dir, "ca.crt", ca.pem)}, dir, ca, dsn
}

func TestConnectionsAreVerifiedEncryptedAndAuthenticated(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	base, dir, ca, _ := secured(t)
	other := newAuthority(t)
	cert, key := ca.issue(t, "carder", x509.ExtKeyUsageClientAuth)
	guest, guestKey := ca.issue(t, "guest", x509.ExtKeyUsageClientAuth)
	strange, strangeKey := other.issue(t, "carder", x509.ExtKeyUsageClientAuth)
	files := map[string]string{}
	for name, text := range map[string][]byte{"own.crt": cert, "own.key": key, "guest.crt": guest, "guest.key": guestKey, "strange.crt": strange, "strange.key": strangeKey, "other.crt": other.pem, "none.crt": []byte("x"),
		"pass": fmt.Appendf(nil, "other:1:*:*:wrong\n%s:%d:shop:worder:topsecret\n", base.Host, base.Port), "wrongpass": []byte("*:*:*:*:topsecretoo\n"),
		"services": fmt.Appendf(nil, "[else]\nhost=nowhere\n[shop]\n# a comment\nhost=%s\nport=%d\ndbname=shop\nuser=worder\nsslrootcert=%s\n", base.Host, base.Port, base.SSLRootCert),
		"odd":      []byte("[shop]\nhost=h\nldap://x\n")} {
		files[name] = put0600(t, dir, name, text)
	}
	loose := put0600(t, dir, "loose", []byte("*:*:*:*:topsecret\n"))
	if err := os.Chmod(loose, 0o644); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*Config)) Config {
		c := base
		c.Password = secret.Literal("topsecret")
		change(&c)
		return c
	}
	url := func(more string) Config {
		return Config{URL: secret.Literal(fmt.Sprintf("postgres://worder:topsecret@db.example.org:%d/shop?sslrootcert=%s%s", base.Port, base.SSLRootCert, more))}
	}
	for _, c := range []struct {
		name, says string // of the session, or of the error with its remedy
		field      string // of an error
		notes      int
		cfg        Config
	}{
		{"in full by default", "worder true shop", "", 0, with(func(*Config) {})},
		{"channel binding", "worder true shop", "", 0, with(func(c *Config) { c.ChannelBinding = "require" })},
		{"a url", "worder true shop", "", 0, url("")},
		{"a url with a mode", "worder true shop", "", 1, url("&sslmode=require")},
		{"a name that the certificate has not", "another name than other.example.org. Write the host", "", 0, with(func(c *Config) { c.Host = "other.example.org" })},
		{"that name, with the authority alone checked", "worder true shop", "", 1, with(func(c *Config) { c.Host, c.SSLMode = "other.example.org", "verify-ca" })},
		{"an authority that is not trusted", "authority that is not trusted. Name the file", "", 0, with(func(c *Config) { c.SSLRootCert = "" })},
		{"another authority", "authority that is not trusted", "", 0, with(func(c *Config) { c.SSLRootCert = files["other.crt"] })},
		{"a file without a certificate", "no certificate in the form PEM", "sslrootcert", 0, with(func(c *Config) { c.SSLRootCert = files["none.crt"] })},
		{"no such file", "no such file", "sslrootcert", 0, with(func(c *Config) { c.SSLRootCert = "absent.crt" })},
		{"in clear, where that is written", "plain false shop", "", 1, with(func(c *Config) { c.User, c.SSLMode = "plain", "disable" })},
		{"in clear where the server wants TLS", "lets no such login in", "", 0, with(func(c *Config) { c.SSLMode = "disable" })},
		{"a wrong password", "password is wrong", "", 0, with(func(c *Config) { c.Password = secret.Literal("topsecretoo") })},
		{"no password", "password", "", 0, base},
		{"a client's certificate", "carder true shop", "", 0, with(func(c *Config) { c.User, c.SSLCert, c.SSLKey = "carder", files["own.crt"], files["own.key"] })},
		{"one that the server does not trust", "server refused the encrypted connection", "", 0, with(func(c *Config) { c.User, c.SSLCert, c.SSLKey = "carder", files["strange.crt"], files["strange.key"] })},
		{"one for another role", "sslcert", "", 0, with(func(c *Config) { c.User, c.SSLCert, c.SSLKey = "carder", files["guest.crt"], files["guest.key"] })},
		{"a key of another certificate", "no certificate and its key", "sslkey", 0, with(func(c *Config) { c.SSLCert, c.SSLKey = files["own.crt"], files["strange.key"] })},
		{"a key that is not there", "no such file", "sslkey", 0, with(func(c *Config) { c.SSLCert, c.SSLKey = files["own.crt"], "absent" })},
		{"a file of passwords", "worder true shop", "", 0, with(func(c *Config) { c.Password, c.PassFile = secret.Secret{}, files["pass"] })},
		{"a file of wrong passwords", "password is wrong", "", 0, with(func(c *Config) { c.Password, c.PassFile = secret.Secret{}, files["wrongpass"] })},
		{"a file of passwords that others may read", "chmod 600", "passfile", 0, with(func(c *Config) { c.Password, c.PassFile = secret.Secret{}, loose })},
		{"a service", "worder true shop", "", 0, Config{Service: "shop", ServiceFile: files["services"], Password: secret.Literal("topsecret")}},
		{"a service with another database", "worder true postgres", "", 0, Config{Service: "shop", ServiceFile: files["services"], Password: secret.Literal("topsecret"), Database: "postgres"}},
		{"no such service", "it has: else, shop", "service", 0, Config{Service: "shoq", ServiceFile: files["services"]}},
		{"a service with more than is known", "Line 3 of", "service", 0, Config{Service: "shop", ServiceFile: files["odd"]}},
		{"no file of services", "pg_service.conf cannot be read", "service", 0, Config{Service: "shop"}},
		{"the second of two hosts", "worder true shop", "", 0, Config{URL: secret.Literal(fmt.Sprintf(
			"postgres://worder:topsecret@down.example.org:1,db.example.org:%d/shop?sslrootcert=%s&target_session_attrs=read-write", base.Port, base.SSLRootCert))}},
		{"a standby where there is none", "standby", "", 0, with(func(c *Config) { c.TargetSessionAttrs = "standby" })},
		{"an unknown way to log in", "do not fit together", "", 0, with(func(c *Config) { c.RequireAuth = "nothing" })},
		{"only another way to log in", "let us in", "", 0, with(func(c *Config) { c.RequireAuth = "md5" })},
	} {
		info, session, err := tried(t, c.cfg)
		got, field := session, providers.FieldError{}
		if err != nil {
			got = err.Error() + ". " + failure(err).Remedy
			errors.As(err, &field)
		}
		if !strings.Contains(got, c.says) || field.Field != c.field || len(info.Notes) != c.notes {
			t.Errorf("%s: got %q of the attribute %q with notes %v; want %q of %q with %d", c.name, got, field.Field, info.Notes, c.says, c.field, c.notes)
		}
		if err != nil && (strings.Contains(got, "topsecret") || failure(err).Class != providers.Unreachable) {
			t.Errorf("%s: the error tells the password, or is not of the class unreachable: %v", c.name, err)
		}
	}
}

func TestAServerInClearIsRefusedUnlessItIsLocal(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dsn, port := testserver.Private{Access: "host all all 127.0.0.1/32 trust"}.Start(t)
	testserver.Psql(t, dsn, "CREATE DATABASE shop")
	for host, want := range map[string]string{
		"db.example.org": "does not encrypt. Switch ssl on", "localhost": "postgres false shop", "127.0.0.1": "postgres false shop", "LOCALHOST": "postgres false shop",
		"localhost,db.example.org": "does not encrypt", "localhost.example.org": "does not encrypt",
	} {
		_, session, err := tried(t, Config{Host: host, Port: port, Database: "shop", User: "postgres"})
		if err != nil {
			session = err.Error() + ". " + failure(err).Remedy
		}
		if !strings.Contains(session, want) {
			t.Errorf("%s: got %q, want %q", host, session, want)
		}
	}
	for host, want := range map[string]bool{"/tmp": true, "127.9.9.9": true, "::1": true, "10.0.0.1": false, "db": false, "localhost,db": false, "127.0.0.1.example.org": false} {
		if isLocal(host) != want {
			t.Errorf("isLocal(%q): got %t", host, !want)
		}
	}
}

func TestThePasswordFileOfTheUserIsHonouredUnlessOthersMayReadIt(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("PGPASSFILE", "/nowhere")
	base, _, _, _ := secured(t)
	file := put0600(t, home, ".pgpass", []byte("*:*:*:*:topsecret\n"))
	if _, session, err := tried(t, base); err != nil || session != "worder true shop" {
		t.Errorf("~/.pgpass: got %q, %v", session, err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	base.User = "carder"
	l, err := base.connection()
	if err != nil || l.config.Password != "" || len(l.warnings) != 1 || !strings.Contains(l.warnings[0].Message, "chmod 600") {
		t.Errorf("~/.pgpass that others may read: got %+v, %v", l, err)
	}
}

func TestStatementsOfPlanHaveATimeAndRowsHaveNot(t *testing.T) {
	whole, dsn := database(t)
	testserver.Psql(t, dsn, `CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN PERFORM pg_sleep(0.3); RETURN $1; END';
		CREATE VIEW v AS SELECT slow(1) AS a; CREATE TABLE t (a int)`)
	v := table(t, whole, "v") // without the limit, which a busy machine may pass
	end, err := New().Open(t.Context(), &Config{URL: secret.Literal(dsn), StatementTimeout: "100ms"})
	if err != nil {
		t.Fatal(err)
	}
	e := end.(*endpoint)
	defer e.Close() // reading only
	what := providers.ReadSpec{Table: v.Ref, Columns: v.Columns}
	if _, err := e.Position(t.Context(), v.Ref, v.Columns[0]); !strings.Contains(failure(err).Remedy, "statement_timeout, which is 100ms") {
		t.Errorf("a slow question of plan: got %v, remedy %q", err, failure(err).Remedy)
	}
	if b, err := all(t.Context(), e, what); err != nil || b.Len() != 1 {
		t.Errorf("slow rows: got %v", err)
	}
}

func TestWhoHoldsALockIsNamed(t *testing.T) {
	e, dsn := database(t)
	epoch := opened(t, e)
	testserver.Psql(t, dsn, "CREATE TABLE t (a int)")
	holder := connect(t, dsn)
	held, err := holder.pool.begin(t.Context(), readWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := held.run(t.Context(), "LOCK TABLE t IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	e.patience = time.Second // so long that a busy machine sees who holds the lock
	step := providers.Step{Run: "r", N: 1, Epoch: epoch, Statement: providers.Statement{SQL: []string{"DROP TABLE t"}, What: "drop table public.t"}}
	err = ledger{e}.Exec(t.Context(), step)
	for _, want := range []string{"carry out drop table public.t", "of role postgres", holder.tag, "longer than lock_timeout, which is 1s"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a table that is held: got %v, want %q", err, want)
		}
	}
	if failure(err).Class != providers.Conflict {
		t.Errorf("class: got %q", failure(err).Class)
	}
	held.end()
	if err := (ledger{e}).Exec(t.Context(), step); err != nil {
		t.Errorf("after it was let go: %v", err)
	}
}
