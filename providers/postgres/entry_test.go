package postgres

import (
	"io"
	"net"
	"testing"
)

// The server says why it refuses a login and hangs up while the client has more to write.
func TestAWriteThatFailsDoesNotHideWhyALoginIsRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	refused := make(chan error, 1)
	go func() {
		c, err := listener.Accept()
		if err == nil {
			_, err = io.ReadFull(c, make([]byte, 1))
		}
		if err == nil {
			_, err = c.Write([]byte("no"))
		}
		if err == nil {
			err = c.Close() // with a byte left, so that the client hears of it at its next write
		}
		refused <- err
	}()
	conn, err := entering((&net.Dialer{}).DialContext)(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	e := conn.(*entry)
	defer e.Close()
	if _, err := e.Write([]byte("in")); err != nil {
		t.Fatal(err)
	}
	if err := <-refused; err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = e.Conn.Write([]byte("in"))
	}
	if _, err := e.Write([]byte("in")); err != nil {
		t.Errorf("a write that fails during the login: got %v, want the answer to tell", err)
	}
	said := make([]byte, 2)
	if _, err := io.ReadFull(e, said); err != nil || string(said) != "no" {
		t.Errorf("the answer: got %q, %v, want no", said, err)
	}
	e.done.Store(true)
	if _, err := e.Write([]byte("in")); err == nil {
		t.Error("a write that fails after the login: got no error")
	}
}
