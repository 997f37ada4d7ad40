package testserver

import (
	"fmt"
	"syscall"
)

// reserve finds a port of 127.0.0.1 and keeps it from everybody who asks for any that is free. A server that asks for this
// one gets it, as it shares addresses on which nobody listens.
func reserve() (free func(), port int, err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, fmt.Errorf("reserve a port: %w", err)
	}
	free = func() { _ = syscall.Close(fd) } // nothing was written to it
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		free()
		return nil, 0, fmt.Errorf("reserve a port: %w", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		free()
		return nil, 0, fmt.Errorf("reserve a port: %w", err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		free()
		return nil, 0, fmt.Errorf("reserve a port: %w", err)
	}
	return free, at.(*syscall.SockaddrInet4).Port, nil
}
