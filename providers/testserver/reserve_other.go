//go:build !linux

package testserver

import (
	"fmt"
	"net"
)

// reserve finds a port of 127.0.0.1 that is free now. Other systems give a socket that is bound to nobody else.
func reserve() (free func(), port int, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, fmt.Errorf("find a port: %w", err)
	}
	port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return nil, 0, fmt.Errorf("find a port: %w", err)
	}
	return func() {}, port, nil
}
