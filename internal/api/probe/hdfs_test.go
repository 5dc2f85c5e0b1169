package probe_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// nameNode is a stand-in for a NameNode. It reads what a client sends before
// it may expect an answer, tells sent, and answers.
func nameNode(t *testing.T, answer string, sent chan<- string) string {
	t.Helper()
	return standIn(t, func(conn net.Conn) {
		head := make([]byte, 7)
		_, _ = io.ReadFull(conn, head)
		words := string(head)
		frames := 2 // context and call
		if head[6] == 0xdf {
			frames = 1
		}
		for range frames {
			words += readFrame(conn)
		}
		if sent != nil {
			sent <- words
		}
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, conn)
	}).String()
}

// The answers of a NameNode.
var (
	rootFolder = frameOf(pb(1, 1, 2, 0, 3, 9), pb(1, pb(1, 1, 2, "", 3, 0, 4, pb(1, 0o755), 5, "hdfs", 6, "supergroup", 7, 0, 8, 0)))
	wantsSASL  = frameOf(pb(1, 1<<32-33, 2, 0, 3, 9),
		pb(2, 1, 4, pb(1, "TOKEN", 2, "DIGEST-MD5"), 4, pb(1, "KERBEROS", 2, "GSSAPI", 3, "hdfs", 4, "nn1.example")))
	knowsSimpleOnly = frameOf(pb(1, 1<<32-33, 2, 0, 3, 9), pb(2, 0))
)

// refusal is an exception of a Hadoop server.
func refusal(status int, class, text string, code int) string {
	return frameOf(pb(1, 1, 2, status, 3, 9, 4, class, 5, text, 6, code))
}

func TestHDFS(t *testing.T) {
	t.Parallel()
	t.Run("stand-in NameNode tells whose the root folder is", func(t *testing.T) {
		t.Parallel()
		sent := make(chan string, 1)
		c := hdfsLink.with("uri", "hdfs://"+nameNode(t, rootFolder, sent)+"/user").check(t, prober(probe.Options{}))
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead)
		require.Equal(t, "Hadoop IPC 9", find(t, c, api.StepHandshake).Found)
		require.Equal(t, "/ hdfs:supergroup", find(t, c, api.StepRead).Found)
		words := <-sent
		require.True(t, strings.HasPrefix(words, "hrpc\x09\x00\x00"), "version 9, no service class, no SASL")
		require.Contains(t, words, "getFileInfo")
		require.Contains(t, words, "org.apache.hadoop.hdfs.protocol.ClientProtocol")
	})
	for _, c := range []struct {
		name, answer, reason, path string
	}{
		{"stand-in NameNode in security mode", refusal(2, "org.apache.hadoop.security.AccessControlException",
			"SIMPLE authentication is not enabled.  Available:[TOKEN, KERBEROS]", 15), "hadoop.kerberos_required", "authType"},
		{"stand-in NameNode on standby", refusal(1, "org.apache.hadoop.ipc.StandbyException",
			"Operation category READ is not supported in state standby\n\tat org.apache", 1), "hdfs.standby", "uri"},
		{"stand-in NameNode that is starting", refusal(1, "org.apache.hadoop.ipc.RetriableException", "NameNode still not started", 1), "server.not_ready", ""},
		{"stand-in ResourceManager", refusal(1, "org.apache.hadoop.ipc.RpcNoSuchProtocolException",
			"Unknown protocol: org.apache.hadoop.hdfs.protocol.ClientProtocol", 3), "hdfs.no_namenode", "uri"},
		{"stand-in NameNode with an error of its own", refusal(1, "java.io.IOException", "disk on fire", 1), "unexpected", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := hdfsLink.with("uri", "hdfs://"+nameNode(t, c.answer, nil)).check(t, prober(probe.Options{}))
			f := requireFailure(t, got, api.StepHandshake, c.reason, c.path)
			require.NotEmpty(t, f.Detail)
			require.NotContains(t, f.Detail, "at org.apache", "no stack traces")
		})
	}
	for name, answer := range map[string]string{
		"a root folder without an owner": frameOf(pb(1, 1, 2, 0, 3, 9), pb(1, pb(1, 1))),
		"no root folder":                 frameOf(pb(1, 1, 2, 0, 3, 9), ""),
	} {
		t.Run("stand-in NameNode with "+name, func(t *testing.T) {
			t.Parallel()
			got := hdfsLink.with("uri", nameNode(t, answer, nil)).check(t, prober(probe.Options{}))
			requireFailure(t, got, api.StepRead, "peer.garbled", "uri")
		})
	}
}

func TestHDFSServerThatMeansHarm(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"an enormous answer":           "\x7f\xff\xff\xff\x00",
		"an empty answer":              "\x00\x00\x00\x00\x00",
		"an answer without a status":   frameOf(pb(1, 1)),
		"an answer without a body":     frameOf(pb(1, 1, 2, 0)),
		"a header that is cut":         "\x00\x00\x00\x02\x7f\x08",
		"a header that is no protobuf": frameOf("\xff\xff\xff"),
		"an answer that is cut":        rootFolder[:20],
	} {
		t.Run("stand-in NameNode with "+name, func(t *testing.T) {
			t.Parallel()
			at := standIn(t, saysAndHangsUp(answer)).String()
			got := hdfsLink.with("uri", at).check(t, prober(probe.Options{}))
			require.Equal(t, api.Failed, got.Status)
			require.Contains(t, []string{"check.peer.garbled", "check.dropped"}, got.Failure().Message.Key, "%+v", got)
		})
	}
}

func TestNamesOfHDFSServicesAreNotTakenForServers(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"hdfs://hacluster", "hacluster", "hdfs://hacluster/user/ann", "viewfs://cluster.example"} {
		t.Run(uri+" (fake resolver)", func(t *testing.T) {
			t.Parallel()
			c := hdfsLink.with("uri", uri).check(t, prober(probe.Options{Resolver: nowhere()}))
			requireWarning(t, c, api.StepResolve, "hdfs.logical_name", "uri")
			require.Equal(t, api.Skipped, find(t, c, api.StepConnect).Status)
			require.Equal(t, api.Skipped, find(t, c, api.StepRead).Status)
		})
	}
	t.Run("a name that resolves is a server's, on port 8020 (fake resolver)", func(t *testing.T) {
		t.Parallel()
		deny := probe.Policy{Deny: loopbackOnly}
		c := hdfsLink.with("uri", "hdfs://namenode").check(t, prober(probe.Options{Resolver: name("namenode", "127.0.0.1"), Policy: deny}))
		f := requireFailure(t, c, api.StepConnect, "connect.unreachable", "uri")
		require.Equal(t, "8020", f.Message.Args["port"])
	})
	t.Run("a full name that does not resolve is wrong (fake resolver)", func(t *testing.T) {
		t.Parallel()
		c := hdfsLink.with("uri", "hdfs://nn1.example").check(t, prober(probe.Options{Resolver: nowhere()}))
		requireFailure(t, c, api.StepResolve, "resolve.unknown", "uri")
	})
}

func TestHDFSWithKerberos(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Resolver: nowhere()})
	t.Run("stand-in NameNode that knows no Kerberos", func(t *testing.T) {
		t.Parallel()
		c := withKeytab(t, hdfsLink.with("uri", nameNode(t, knowsSimpleOnly, nil))).check(t, p)
		require.Equal(t, "check.hadoop.simple_only", c.Failure().Message.Key)
		require.Equal(t, "linkConfig.authType", c.Failure().Path)
	})
	t.Run("stand-in NameNode with tokens only", func(t *testing.T) {
		t.Parallel()
		answer := frameOf(pb(1, 1, 2, 0, 3, 9), pb(2, 1, 4, pb(1, "TOKEN", 2, "DIGEST-MD5")))
		c := withKeytab(t, hdfsLink.with("uri", nameNode(t, answer, nil))).check(t, p)
		require.Equal(t, "check.hadoop.simple_only", c.Failure().Message.Key)
	})
	t.Run("stand-in NameNode with a state that there is not", func(t *testing.T) {
		t.Parallel()
		c := withKeytab(t, hdfsLink.with("uri", nameNode(t, frameOf(pb(1, 1, 2, 0), pb(2, 7)), nil))).check(t, p)
		require.Equal(t, "check.peer.garbled", c.Failure().Message.Key)
	})
	t.Run("the steps", func(t *testing.T) {
		t.Parallel()
		sent := make(chan string, 1)
		c := withKeytab(t, hdfsLink.with("uri", nameNode(t, wantsSASL, sent))).check(t, p)
		var steps []api.StepName
		for _, s := range c.Steps {
			steps = append(steps, s.Name)
		}
		require.Equal(t, []api.StepName{api.StepKerberos, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn}, steps)
		require.True(t, strings.HasPrefix(<-sent, "hrpc\x09\x00\xdf"), "version 9, no service class, SASL")
	})
}
