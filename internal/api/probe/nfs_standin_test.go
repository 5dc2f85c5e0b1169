package probe_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Programs and procedures of ONC RPC that stand-ins answer.
const (
	getPort = 100000<<8 | 3
	mount   = 100005<<8 | 1
	unmount = 100005<<8 | 3
	null    = 100003 << 8
	readDir = 100003<<8 | 16
)

// rpcWords are numbers as RPC sends them.
func rpcWords(values ...uint32) string {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return string(b)
}

// rpcResult stands before a result: the call was accepted.
var rpcResult = rpcWords(1, 0, 0, 0, 0)

// rpcServer is a stand-in for a service that is called by ONC RPC. It answers
// by program and procedure; what follows the call's number is left to answer.
func rpcServer(answer func(call uint32, args []byte) string) func(net.Conn) {
	return func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			var mark [4]byte
			if _, err := io.ReadFull(r, mark[:]); err != nil {
				return
			}
			message := make([]byte, binary.BigEndian.Uint32(mark[:])&0xffff)
			if _, err := io.ReadFull(r, message); err != nil {
				return
			}
			word := func(i int) uint32 { return binary.BigEndian.Uint32(message[4*i:]) }
			credentials := 8 + int(word(7))/4 // the verifier is empty
			reply := string(message[:4]) + answer(word(3)<<8|word(5), message[4*(credentials+2):])
			_, _ = io.WriteString(conn, rpcWords(1<<31|uint32(len(reply)))+reply)
		}
	}
}

// replies answers calls with what is at hand.
func replies(answers map[uint32]string) func(net.Conn) {
	return rpcServer(func(call uint32, _ []byte) string {
		if answer, ok := answers[call]; ok {
			return answer
		}
		return rpcWords(1, 0, 0, 0, 1) // no such program
	})
}

// portmapper is a stand-in that knows ports by program.
func portmapper(ports map[uint32]int) func(net.Conn) {
	return rpcServer(func(_ uint32, args []byte) string {
		return rpcResult + rpcWords(uint32(ports[binary.BigEndian.Uint32(args)]))
	})
}

// nfsOn starts a portmapper that sends clients to the ports of mountd and nfsd
// that listen returns for the host.
func nfsOn(t *testing.T, listen func(host string) (mountd, nfsd int)) files {
	t.Helper()
	l := testserver.ListenLow(t, 111)
	host := l.Addr().(*net.TCPAddr).IP.String()
	mountd, nfsd := listen(host)
	go serveOn(l, portmapper(map[uint32]int{100005: mountd, 100003: nfsd}))
	return nfsLink.with("server", host+":/export")
}

// listenOn is standIn on a host.
func listenOn(t *testing.T, host string, serve func(net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go serveOn(l, serve)
	return l.Addr().(*net.TCPAddr).Port
}
