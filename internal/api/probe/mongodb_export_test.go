package probe

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// MongoRun runs commands on a database, as a user of admin: tests prepare the
// real server with it.
func MongoRun(t testing.TB, addr, user, password, database string, commands ...bson.D) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	c := &mongoConn{w: conn, r: conn}
	require.NoError(t, c.signIn("admin", mongoSHA256, account{user: user, password: password}))
	for _, command := range commands {
		require.NoError(t, c.run(database, command, &bson.D{}), "%v", command)
	}
}
