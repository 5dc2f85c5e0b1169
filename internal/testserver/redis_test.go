//go:build unix

package testserver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestRedis(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t)
	require.Same(t, server, testserver.Redis(t))
	server.Exec(t, "SET greeting hello", "SELECT 3")
	open := testserver.Redis(t, testserver.Setting("requirepass", ""))
	require.Empty(t, open.Password)
	open.Exec(t, "PING")
}

func TestRedisCluster(t *testing.T) {
	t.Parallel()
	server := testserver.RedisCluster(t)
	server.Exec(t, "CLUSTER SLOTS")
}

func TestMongoDB(t *testing.T) {
	t.Parallel()
	require.NotZero(t, testserver.MongoDB(t).Port)
}
