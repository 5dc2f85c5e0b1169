package probe_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/probe"
)

// ask sends a request with a body of some MiB and returns the answer's.
func ask(t *testing.T, way http.RoundTripper, url string) ([]byte, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, bytes.NewReader(make([]byte, 3<<20)))
	require.NoError(t, err)
	answer, err := way.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

func TestTransport(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}
	t.Run("carries bodies of any length over a connection that is kept", func(t *testing.T) {
		t.Parallel()
		store := upstream(t, echo)
		p := prober(probe.Options{})
		way := p.Transport()
		for range 3 {
			body, err := ask(t, way, store.URL)
			require.NoError(t, err)
			require.Len(t, body, 3<<20)
		}
		dialled, _ := p.Dialled()
		require.EqualValues(t, 1, dialled)
	})
	t.Run("an address that the policy refuses looks like one that there is no way to", func(t *testing.T) {
		t.Parallel()
		p := probe.New(probe.Options{})
		_, err := ask(t, p.Transport(), "http://169.254.169.254/latest")
		require.ErrorIs(t, err, syscall.EHOSTUNREACH)
		_, refused := p.Dialled()
		require.EqualValues(t, 1, refused)
	})
	t.Run("a certificate is verified", func(t *testing.T) {
		t.Parallel()
		store := httptest.NewUnstartedServer(http.HandlerFunc(echo))
		store.Config.ErrorLog = log.New(io.Discard, "", 0)
		store.StartTLS()
		t.Cleanup(store.Close)
		_, err := ask(t, prober(probe.Options{}).Transport(), store.URL)
		require.ErrorAs(t, err, new(*tls.CertificateVerificationError))
		roots := x509.NewCertPool()
		roots.AddCert(store.Certificate())
		body, err := ask(t, prober(probe.Options{Roots: roots}).Transport(), store.URL)
		require.NoError(t, err)
		require.Len(t, body, 3<<20)
	})
}
