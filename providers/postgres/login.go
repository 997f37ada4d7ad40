package postgres

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/novumsolvo/migrateiq/providers"
)

// unanswered words a failed login without the driver's text, which repeats the settings.
func unanswered(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" { // an alert of TLS
		return fmt.Errorf("the server refused the encrypted connection: %w", op.Err)
	}
	if errors.As(err, &op) {
		return fmt.Errorf("nothing answers: %w", op.Err)
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return fmt.Errorf("the host's name is not known: %s", dns.Err)
	}
	if text := untrusted(err); text != "" {
		return errors.New(text)
	}
	for inner := inside(err); inner != nil; inner = inside(inner) {
		err = inner
	}
	return fmt.Errorf("the server does not let us in: %w", err)
}

// inside is the cause of an error; of several, one for each host that was tried, the last.
func inside(err error) error {
	if all, ok := err.(interface{ Unwrap() []error }); ok && len(all.Unwrap()) > 0 {
		return all.Unwrap()[len(all.Unwrap())-1]
	}
	return errors.Unwrap(err)
}

// untrusted says why a server's certificate was not accepted, "" for any other error.
func untrusted(err error) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "the server's certificate is for another name than " + name.Host
	case errors.As(err, &authority):
		return "the server's certificate is of an authority that is not trusted"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has expired, or is not valid yet"
	case errors.As(err, &invalid):
		return "the server's certificate is not valid"
	}
	return ""
}

// errPlain is the driver's only word for a server that does not encrypt; it has no type.
const errPlain = "server refused TLS connection"

// login is the remedy for a connection that did not come about.
func login(err error) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var op *net.OpError
	switch {
	case errors.As(err, &name):
		return "Write the host as the certificate has it, or have the server's certificate made for this name."
	case errors.As(err, &authority):
		return "Name the file of the authority's certificate in sslrootcert."
	case untrusted(err) != "":
		return "Have the server's certificate renewed."
	case errors.As(err, &op) && op.Op == "remote error":
		return "Look at sslcert and sslkey: the server has to trust the authority of the client's certificate."
	case strings.HasSuffix(err.Error(), errPlain):
		return "The server does not encrypt. Switch ssl on there; sslmode = \"disable\" goes without, and whoever is in between reads the rows."
	}
	switch state(err) {
	case "28P01":
		return "The password is wrong, or the role has none: look at user, password and passfile."
	case "28000":
		return "The server's pg_hba.conf lets no such login in: look at user, database, sslmode and sslcert, or have a line added there."
	case "3D000":
		return "There is no such database: look at database."
	case "53300":
		return "The server has no connection left. Work on less at once with --parallel, or raise max_connections."
	case "08P01":
		return "If a pooler such as pgbouncer stands in between, connect to the server itself."
	}
	return "Check address, user and password of the connection, and that the server runs."
}

// errPooled is a pooler in between that gives every transaction another session.
var errPooled = errors.New("a pooler stands in between and hands out another session of the server for every transaction, so that settings, snapshots and locks get lost")

// unpooled refuses a pooler that works by transactions. A pooler is known by the number that it gave the session, which
// is not the server's. Then another session or two must not be the same on the server, and this one has to stay.
func (e *endpoint) unpooled(ctx context.Context, c *pgx.Conn) error {
	first, err := backend(ctx, c)
	if err != nil || first == c.PgConn().PID() {
		return err
	}
	for range 3 {
		other, err := e.pool.dial(ctx)
		if err != nil {
			return err
		}
		defer discard(other)
		if _, err := other.PgConn().Exec(ctx, readOnly).ReadAll(); err != nil {
			return err
		}
		theirs, err := backend(ctx, other)
		if err != nil {
			return err
		}
		ours, err := backend(ctx, c)
		if err != nil {
			return err
		}
		if theirs == first || ours != first {
			return &providers.Error{Op: "open", Object: e.info.Place, Class: providers.Unsupported, Err: errPooled,
				Remedy: "Connect to the server itself, or let the pooler work by sessions (pgbouncer: pool_mode = session)."}
		}
	}
	return nil
}

// backend is the number of the session on the server. It is one simple query: a prepared one gets lost in a pooler.
func backend(ctx context.Context, c *pgx.Conn) (uint32, error) {
	got, err := c.PgConn().Exec(ctx, "SELECT pg_catalog.pg_backend_pid()").ReadAll()
	if err != nil {
		return 0, err
	}
	if len(got) != 1 || len(got[0].Rows) != 1 {
		return 0, errors.New("the server gave no number of the session")
	}
	pid, err := strconv.ParseUint(string(got[0].Rows[0][0]), 10, 32)
	return uint32(pid), err
}
