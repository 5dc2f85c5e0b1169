package probe_test

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

var (
	hanaLink = mysqlLink.with("databaseType", "SAP HANA")
	dmLink   = mysqlLink.with("databaseType", "DM")
)

func TestStandInForSAPHANA(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	t.Run("the protocol is agreed, and it is said that nobody signed in", func(t *testing.T) {
		t.Parallel()
		asked := make(chan []byte, 1)
		addr := standIn(t, func(conn net.Conn) {
			request := make([]byte, 14)
			_, _ = io.ReadFull(conn, request)
			asked <- request
			_, _ = io.WriteString(conn, "\x04\x14\x00\x04\x01\x00\x00\x00")
			_, _ = io.Copy(io.Discard, conn)
		})
		c := hanaLink.to(addr).check(t, p)
		requireWarning(t, c, api.StepSignIn, "sign_in.not_tried_database", "password")
		require.Equal(t, "protocol 4.1", find(t, c, api.StepHandshake).Found)
		require.Equal(t, []byte{0xff, 0xff, 0xff, 0xff, 4, 20, 0, 4, 1, 0, 0, 1, 1, 1}, <-asked)
	})
	for name, answer := range map[string]string{
		"another protocol":    "\x04\x14\x00\x05\x01\x00\x00\x00",
		"no version at all":   "\x00\x00\x00\x00\x00\x00\x00\x00",
		"the question itself": "\xff\xff\xff\xff\x04\x14\x00\x04",
	} {
		t.Run("stand-in that answers with "+name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, hanaLink.to(standIn(t, says(answer))).check(t, p), api.StepHandshake, "peer.garbled", "port")
		})
	}
	t.Run("stand-in that hangs up in its answer", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, hanaLink.to(standIn(t, saysAndHangsUp("\x04\x14"))).check(t, p), api.StepHandshake, "dropped", "")
	})
}

func TestStandInForDMIsOnlyConnectedTo(t *testing.T) {
	t.Parallel()
	said := make(chan string, 1)
	addr := standIn(t, func(conn net.Conn) {
		words, _ := io.ReadAll(conn)
		said <- string(words)
	})
	c := dmLink.to(addr).check(t, prober(probe.Options{}))
	w := requireWarning(t, c, api.StepSignIn, "sign_in.not_tried_at_all", "databaseType")
	require.Equal(t, "DM", w.Message.Args["wanted"])
	require.Equal(t, addr.String(), find(t, c, api.StepConnect).Found)
	require.Empty(t, <-said)
}
