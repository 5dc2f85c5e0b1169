//go:build unix

package testserver_test

import (
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestZooKeeper(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	conn, _, err := zk.Connect([]string{server.Addr()}, time.Minute, zk.WithLogInfo(false))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	_, err = conn.Create("/switchboard", []byte("here"), zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
	require.NoError(t, err)
	data, _, err := conn.Get("/switchboard")
	require.NoError(t, err)
	require.Equal(t, "here", string(data))
}
