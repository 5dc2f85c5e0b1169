//go:build unix

package testserver_test

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestS3(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t)
	require.Same(t, server, testserver.S3(t))
	server.Exec(t, "bucket logs", "user "+rand.Text()+" secret-of-ann")
	require.NotNil(t, testserver.S3(t, testserver.TLS()).Roots)
}
