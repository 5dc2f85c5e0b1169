//go:build unix

package testserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// OpenID returns the shared OpenID provider, starting it if this is the first test
// to ask: zitadel/oidc's, with users in memory. Its issuer is http:// and the
// address it is reached at; it has no Account. Statements of Exec are:
//
//	user NAME PASSWORD {claims}          whoever signs in; sub is the name
//	client ID SECRET REDIRECT [{claims}] its id tokens have these instead; null takes one away; SECRET may be -
//	rotate                               sign with a new key
//
// Where bin/testservers/openid was not built the test is skipped, or fails when
// the environment has CI set.
func OpenID(t testing.TB) *Server {
	t.Helper()
	return shared(t, "openid", startOpenID, nil)
}

func startOpenID(options) (*Server, error) {
	binary, err := external("openid")
	if err != nil {
		return nil, err
	}
	h, err := newHome("openid", "KILL", nil)
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", Password: rand.Text(), exec: listens, home: h}
	s, err = launch(s, func() (*process, error) { return h.start(binary, "--listen="+s.Addr(), "--key="+s.Password) })
	if err != nil {
		return nil, err
	}
	s.exec = execOpenID
	return s, nil
}

func execOpenID(ctx context.Context, s *Server, stmts []string) error {
	for _, stmt := range stmts {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.Addr()+"/statements", strings.NewReader(stmt))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+s.Password)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s: %s", stmt, res.Status, said)
		}
	}
	return nil
}
