package testserver

import (
	"fmt"
	"syscall"
)

// reserve finds a port of 127.0.0.1 and keeps it from everybody who asks for any that is free. A server that asks for this
// one gets it, as it shares addresses on which nobody listens.
func reserve() (free func(), port int, err error) {
	kept, port, err := bound(0)
	if err != nil {
		return nil, 0, fmt.Errorf("reserve a port: %w", err)
	}
	free = func() { _ = syscall.Close(kept) } // nothing was written to it
	shared, _, err := bound(port)
	if err != nil { // a system that calls itself Linux and shares none: then it is only free now
		free()
		return func() {}, port, nil
	}
	return free, port, syscall.Close(shared)
}

// bound is a socket at a port of 127.0.0.1, at any that is free where port is 0, as the server binds its own.
func bound(port int) (fd, at int, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, 0, err
	}
	var name syscall.Sockaddr
	err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: port})
	}
	if err == nil {
		name, err = syscall.Getsockname(fd)
	}
	if err != nil {
		_ = syscall.Close(fd) // the error that matters is err
		return 0, 0, err
	}
	return fd, name.(*syscall.SockaddrInet4).Port, nil
}
