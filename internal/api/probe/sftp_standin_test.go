package probe_test

import (
	"crypto/ed25519"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// sshServer is an SSH server in this process, of x/crypto/ssh, which stands in
// for those that let somebody in; sessions are served by session.
type sshServer struct {
	config  ssh.ServerConfig
	session func(t testing.TB, subsystem string, channel ssh.Channel) bool
}

// passwordIs accepts a password and counts how often one was tried.
func passwordIs(password string, tried *atomic.Int64) func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
		tried.Add(1)
		if string(given) != password {
			return nil, errors.New("no")
		}
		return nil, nil
	}
}

// asks signs in by questions; each answer must be as expected.
func asks(questions ...string) func(ssh.ConnMetadata, ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		for i := 0; i < len(questions); i += 2 {
			answers, err := ask("", "", []string{questions[i]}, []bool{false})
			if err != nil || len(answers) != 1 || answers[0] != questions[i+1] {
				return nil, errors.New("no")
			}
		}
		_, err := ask("", "Welcome", nil, nil)
		return nil, err
	}
}

func (s sshServer) start(t testing.TB) net.Addr {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	key, err := ssh.NewSignerFromSigner(private)
	require.NoError(t, err)
	s.config.AddHostKey(key)
	return standIn(t, func(conn net.Conn) {
		_, channels, requests, err := ssh.NewServerConn(conn, &s.config)
		if err != nil {
			return
		}
		go ssh.DiscardRequests(requests)
		for asked := range channels {
			channel, requests, err := asked.Accept()
			if err != nil {
				return
			}
			go s.serve(t, channel, requests)
		}
	})
}

func (s sshServer) serve(t testing.TB, channel ssh.Channel, requests <-chan *ssh.Request) {
	for request := range requests {
		var subsystem struct{ Name string }
		_ = ssh.Unmarshal(request.Payload, &subsystem)
		if request.Type != "subsystem" || s.session == nil {
			_ = request.Reply(false, nil)
			continue
		}
		_ = request.Reply(true, nil)
		s.session(t, subsystem.Name, channel)
		_ = channel.Close()
	}
}

// folder serves a folder by SFTP.
func folder(path string) func(testing.TB, string, ssh.Channel) bool {
	return func(_ testing.TB, subsystem string, channel ssh.Channel) bool {
		server, err := sftp.NewServer(channel, sftp.ReadOnly(), sftp.WithServerWorkingDirectory(path))
		return err == nil && subsystem == "sftp" && server.Serve() == nil
	}
}

func noKey(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, errors.New("no") }
