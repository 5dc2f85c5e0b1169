//go:build unix

package testserver

import (
	"net"
	"syscall"
	"testing"
)

// ClosedAddr returns an address of this machine on which nobody listens, and
// nobody can until the test ends: the port is taken, by a socket that does not
// listen.
func ClosedAddr(t testing.TB) *net.TCPAddr {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("testserver: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatalf("testserver: %v", err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatalf("testserver: %v", err)
	}
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1).To4(), Port: at.(*syscall.SockaddrInet4).Port}
}
