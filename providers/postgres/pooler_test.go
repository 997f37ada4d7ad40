package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/novumsolvo/migrateiq/providers"
	"github.com/novumsolvo/migrateiq/providers/testserver"
)

// pooler stands between clients and a server as pgbouncer does. By transactions it has two sessions of the server for
// all clients and gives each transaction the next free one; by sessions each client has one for itself.
type pooler struct {
	t       *testing.T
	dsn     string
	free    chan *pgproto3.Frontend
	session bool
	clients sync.WaitGroup
	open    []net.Conn
	mu      sync.Mutex
}

func (p *pooler) backend() *pgproto3.Frontend {
	c, err := pgconn.Connect(context.Background(), p.dsn)
	if err != nil {
		p.t.Error(err)
		return nil
	}
	h, err := c.Hijack()
	if err != nil {
		p.t.Error(err)
		return nil
	}
	p.keep(h.Conn)
	return h.Frontend
}

func (p *pooler) keep(c net.Conn) {
	p.mu.Lock()
	p.open = append(p.open, c)
	p.mu.Unlock()
}

// start listens until the end of the test.
func (p *pooler) start() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.free = make(chan *pgproto3.Frontend, 2)
	if !p.session {
		p.free <- p.backend()
		p.free <- p.backend()
	}
	p.clients.Add(1)
	go func() {
		defer p.clients.Done()
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			p.keep(c)
			p.clients.Add(1)
			go func() {
				defer p.clients.Done()
				if err := p.serve(c); err != nil && !errors.Is(err, net.ErrClosed) {
					p.t.Log("pooler:", err)
				}
			}()
		}
	}()
	p.t.Cleanup(func() {
		_ = listener.Close() // ends the loop
		p.mu.Lock()
		for _, c := range p.open {
			_ = c.Close() // ends the clients
		}
		p.mu.Unlock()
		p.clients.Wait()
	})
	return listener.Addr().(*net.TCPAddr).Port
}

func (p *pooler) serve(c net.Conn) error {
	defer c.Close()
	client := pgproto3.NewBackend(c, c)
	for {
		m, err := client.ReceiveStartupMessage()
		if err != nil {
			return err
		}
		if _, ok := m.(*pgproto3.StartupMessage); ok {
			break
		}
		if _, err := c.Write([]byte("N")); err != nil { // it does not encrypt
			return err
		}
	}
	client.Send(&pgproto3.AuthenticationOk{})
	client.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	client.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
	client.Send(&pgproto3.BackendKeyData{ProcessID: 4000000, SecretKey: []byte{1, 2, 3, 4}})
	client.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if err := client.Flush(); err != nil {
		return err
	}
	var server *pgproto3.Frontend
	if p.session {
		server = p.backend()
	}
	return p.relay(client, server)
}

func (p *pooler) relay(client *pgproto3.Backend, server *pgproto3.Frontend) error {
	for {
		m, err := client.Receive()
		if err != nil {
			return nil // it hung up
		}
		if _, bye := m.(*pgproto3.Terminate); bye {
			return nil
		}
		if server == nil {
			server = <-p.free
		}
		server.Send(m)
		switch m.(type) {
		case *pgproto3.Query, *pgproto3.Sync:
		default:
			continue
		}
		if err := server.Flush(); err != nil {
			return err
		}
		for ready := false; !ready; {
			answer, err := server.Receive()
			if err != nil {
				return err
			}
			client.Send(answer)
			if z, ok := answer.(*pgproto3.ReadyForQuery); ok {
				if ready = true; z.TxStatus == 'I' && !p.session {
					p.free <- server
					server = nil
				}
			}
		}
		if err := client.Flush(); err != nil {
			return err
		}
	}
}

func TestAPoolerByTransactionsIsRefusedAndOneBySessionsIsNot(t *testing.T) {
	for _, bySession := range []bool{false, true} {
		dsn := testserver.Postgres(t)
		p := &pooler{t: t, dsn: dsn, session: bySession}
		name := strings.TrimPrefix(strings.SplitN(dsn, "?", 2)[0], "postgres://postgres@/")
		_, _, err := tried(t, Config{Host: "127.0.0.1", Port: p.start(), Database: name, User: "postgres"})
		if bySession && err != nil {
			t.Errorf("by sessions: %v", err)
		}
		if f := failure(err); !bySession && (f.Class != providers.Unsupported || !strings.Contains(f.Remedy, "pool_mode = session") || !errors.Is(err, errPooled)) {
			t.Errorf("by transactions: got %v, remedy %q", err, f.Remedy)
		}
	}
}
