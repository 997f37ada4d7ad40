package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// entry is a connection on which a login is under way. A server that refuses it says why and hangs up, perhaps while there
// is still something to be written. What it said has come by then and is about to be read, and a write that fails must not
// hide it. Once the login is done every failed write is an error.
type entry struct {
	net.Conn
	done atomic.Bool
}

func (e *entry) Write(p []byte) (int, error) {
	n, err := e.Conn.Write(p)
	if !e.done.Load() && (errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)) {
		return len(p), nil
	}
	return n, err
}

// entering makes connections that hear why a login is refused.
func entering(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &entry{Conn: c}, nil
	}
}

// entered ends the login.
func entered(_ context.Context, c *pgconn.PgConn) error {
	if e := under(c.Conn()); e != nil {
		e.done.Store(true)
	}
	return nil
}

// under is the entry that a connection goes through, encrypted or not.
func under(c net.Conn) *entry {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	e, _ := c.(*entry)
	return e
}
