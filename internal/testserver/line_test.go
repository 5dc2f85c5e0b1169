//go:build unix

package testserver_test

import (
	"io"
	"math"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestALineIsCutAndDown(t *testing.T) {
	t.Parallel()
	echo, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = echo.Close() })
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
	line := testserver.NewLine(t, echo.Addr().String())
	say := func() error {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", line.Addr)
		if err != nil {
			return err
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = c.Write([]byte("hello"))
		_, err = io.ReadFull(c, make([]byte, 5))
		return err
	}
	require.NoError(t, say())
	require.EqualValues(t, 10, line.Passed())

	line.CutAfter(7)
	require.Error(t, say())
	require.NoError(t, say(), "it is cut once")
	line.CutAfter(math.MaxInt64)

	line.SetDown(true)
	require.Error(t, say())
	line.SetDown(false)
	require.NoError(t, say())
}
