package probe

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
)

// ZooKeeper's client protocol, as far as a check needs it: a session, one
// node, goodbye. Libraries for it reconnect for ever and believe any length.
// Source: ZooKeeper's zookeeper.jute.
const (
	zkGetData      = 4
	zkCloseSession = -11
	zkNoNode       = -101
	zkNoAuth       = -102
	zkSession      = 10_000 // milliseconds; the server may choose another time
)

var errNoNode = errors.New("there is no such node")

// openZooKeeper opens a session with one of the servers: with the one that
// conn leads to, or else with another one, because a server that has lost the
// others accepts connections only to close them.
func (a *attempt) openZooKeeper(ctx context.Context, conn net.Conn, ats []endpoint) (net.Conn, error) {
	first := a.at
	err := a.zooKeeperSession(ctx, conn)
	if err == nil || !failedAs(err, "zookeeper.closed") {
		return conn, err
	}
	for _, at := range ats {
		if at == first {
			continue
		}
		other, failed := a.reach(ctx, at)
		if failed == nil && a.zooKeeperSession(ctx, other) == nil {
			a.warn(fault("zookeeper.some_closed", pathQuorum).with("peer", first.String()))
			return other, nil
		}
	}
	a.aim(first)
	return nil, err
}

// zooKeeperSession opens a session, which any server lets anybody do.
func (a *attempt) zooKeeperSession(ctx context.Context, conn net.Conn) error {
	request := binary.BigEndian.AppendUint32(nil, 0)    // version
	request = binary.BigEndian.AppendUint64(request, 0) // last transaction seen
	request = binary.BigEndian.AppendUint32(request, zkSession)
	request = binary.BigEndian.AppendUint64(request, 0)  // no session to resume
	request = binary.BigEndian.AppendUint32(request, 16) // and its password
	request = append(request, make([]byte, 16)...)
	answer, err := a.exchangeFrames(ctx, conn, withLength(request))
	if failedAs(err, "peer.closed") {
		return fault("zookeeper.closed", pathQuorum)
	}
	if err != nil {
		return err
	}
	const least = 4 + 4 + 8 + 4 // version, time, session, length of the password
	if len(answer) < least || binary.BigEndian.Uint64(answer[8:]) == 0 {
		return fault("peer.garbled", a.at.portPath)
	}
	return nil
}

// zooKeeperNode reads the data of a node.
func (a *attempt) zooKeeperNode(conn net.Conn, path string) ([]byte, error) {
	const call = 1
	request := zkCall(call, zkGetData)
	request = binary.BigEndian.AppendUint32(request, uint32(len(path))) //nolint:gosec // ours, and short
	request = append(append(request, path...), 0)                       // and no watch
	if _, err := conn.Write(withLength(request)); err != nil {
		return nil, err
	}
	answer, err := a.frame(conn, make([]byte, maxAnswer), 0)
	if err != nil {
		return nil, err
	}
	const header = 4 + 8 + 4 // call, transaction, error
	if len(answer) < header || binary.BigEndian.Uint32(answer) != call {
		return nil, fault("peer.garbled", a.at.portPath)
	}
	switch code := int32(binary.BigEndian.Uint32(answer[12:])); { //nolint:gosec // it is signed there
	case code == zkNoNode:
		return nil, errNoNode
	case code == zkNoAuth:
		return nil, fault("zookeeper.no_right", pathQuorum).with("peer", path)
	case code != 0 || len(answer) < header+4:
		return nil, fault("peer.garbled", a.at.portPath)
	}
	data, length := answer[header+4:], binary.BigEndian.Uint32(answer[header:])
	if uint64(length) > uint64(len(data)) {
		return nil, fault("peer.garbled", a.at.portPath)
	}
	return data[:length], nil
}

func zkCall(id, operation int32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(id)), uint32(operation)) //nolint:gosec // they are signed there
}

// leaveZooKeeper ends the session, which the server would otherwise keep until
// its time is over.
func leaveZooKeeper(conn net.Conn) {
	_, _ = conn.Write(withLength(zkCall(2, zkCloseSession)))
	_ = conn.Close()
}

// zooKeeperVersion asks for the version with one of the four-letter words,
// over a connection of its own. Servers may have the words turned off and are
// no worse for it; the answer is then "".
func (a *attempt) zooKeeperVersion(ctx context.Context) string {
	ctx, cancel := shareOf(ctx, 8)
	defer cancel()
	conn, err := a.another(ctx, a.at)
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "srvr"); err != nil {
		return ""
	}
	line, _ := bufio.NewReader(io.LimitReader(conn, maxAnswer)).ReadString('\n')
	_, version, _ := strings.Cut(line, "Zookeeper version: ")
	version, _, _ = strings.Cut(version, "-") // and the commit it was built from
	version, _, _ = strings.Cut(version, ",")
	return version
}
