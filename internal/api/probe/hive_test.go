package probe_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// metastore is a stand-in for a Hive metastore: the three methods that checks
// call, on Thrift's own server side. It answers with the results in the order
// of the calls; a nil one is a method that it does not know.
func metastore(t *testing.T, results ...result) net.Addr {
	t.Helper()
	return standIn(t, func(conn net.Conn) {
		transport := thrift.NewStreamTransport(conn, conn)
		protocol := thrift.NewTBinaryProtocolConf(transport, nil)
		for i := 0; ; i++ {
			method, _, id, err := protocol.ReadMessageBegin(context.Background())
			if err != nil || protocol.Skip(context.Background(), thrift.STRUCT) != nil || i >= len(results) {
				return
			}
			answer(protocol, method, id, results[i])
		}
	})
}

// result writes the fields of a method's result.
type result func(ctx context.Context, p thrift.TProtocol)

func answer(p thrift.TProtocol, method string, id int32, r result) {
	ctx := context.Background()
	if r == nil {
		e := thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, "Invalid method name: '"+method+"'")
		_ = p.WriteMessageBegin(ctx, method, thrift.EXCEPTION, id)
		_ = e.Write(ctx, p)
	} else {
		_ = p.WriteMessageBegin(ctx, method, thrift.REPLY, id)
		r(ctx, p)
		_ = p.WriteFieldStop(ctx)
	}
	_ = p.Flush(ctx)
}

func number(n int32) result {
	return func(ctx context.Context, p thrift.TProtocol) {
		_ = p.WriteFieldBegin(ctx, "success", thrift.I32, 0)
		_ = p.WriteI32(ctx, n)
	}
}

func text(s string) result {
	return func(ctx context.Context, p thrift.TProtocol) {
		_ = p.WriteFieldBegin(ctx, "success", thrift.STRING, 0)
		_ = p.WriteString(ctx, s)
	}
}

func texts(all ...string) result {
	return func(ctx context.Context, p thrift.TProtocol) {
		_ = p.WriteFieldBegin(ctx, "success", thrift.LIST, 0)
		_ = p.WriteListBegin(ctx, thrift.STRING, len(all))
		for _, s := range all {
			_ = p.WriteString(ctx, s)
		}
	}
}

func exception(words string) result {
	return func(ctx context.Context, p thrift.TProtocol) {
		_ = p.WriteFieldBegin(ctx, "o1", thrift.STRUCT, 1)
		_ = p.WriteFieldBegin(ctx, "message", thrift.STRING, 1)
		_ = p.WriteString(ctx, words)
		_ = p.WriteFieldStop(ctx)
	}
}

const alive = 2

// wantsThriftSASL is how a metastore with Kerberos answers those who do not
// sign in.
const wantsThriftSASL = "\x04\x00\x00\x00\x13Invalid status -128"

func TestHive(t *testing.T) {
	t.Parallel()
	steps := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead, api.StepVersion, api.StepCluster}
	whole := []result{number(alive), texts("default", "orders"), text("3.0")}

	t.Run("stand-in metastore and stand-in NameNode", func(t *testing.T) {
		t.Parallel()
		store := metastore(t, whole...)
		c := hiveLink.with("hiveMsUris", "thrift://"+store.String(), "uri", "hdfs://"+nameNode(t, rootFolder, nil)).check(t, prober(probe.Options{}))
		requirePassed(t, c, steps...)
		require.Equal(t, "2: default, orders", find(t, c, api.StepRead).Found)
		require.Equal(t, "fb303 3.0", find(t, c, api.StepVersion).Found)
		require.Equal(t, "Hadoop IPC 9", find(t, c, api.StepCluster).Found)
	})
	t.Run("stand-in metastore with the name of an HDFS service (fake resolver)", func(t *testing.T) {
		t.Parallel()
		for _, uri := range []string{"hdfs://hacluster", "viewfs://cluster"} {
			c := hiveLink.with("hiveMsUris", metastore(t, whole...).String(), "uri", uri).check(t, prober(probe.Options{Resolver: nowhere()}))
			w := requireWarning(t, c, api.StepCluster, "hdfs.logical_name", "uri")
			require.NotEqual(t, "127.0.0.1", w.Message.Args["host"], uri)
		}
	})
	t.Run("of a list, one that does not answer is a warning", func(t *testing.T) {
		t.Parallel()
		uris := "thrift://127.0.0.1:1, thrift://" + metastore(t, whole...).String()
		c := hiveLink.with("hiveMsUris", uris, "uri", nameNode(t, rootFolder, nil)).check(t, prober(probe.Options{}))
		requireWarning(t, c, api.StepConnect, "connect.some", "hiveMsUris")
	})
	t.Run("stand-in metastore, but the NameNode is gone", func(t *testing.T) {
		t.Parallel()
		c := hiveLink.with("hiveMsUris", metastore(t, whole...).String(), "uri", "hdfs://127.0.0.1:1").check(t, prober(probe.Options{}))
		f := requireFailure(t, c, api.StepCluster, "connect.refused", "uri")
		require.Equal(t, "1", f.Message.Args["port"], "the NameNode's, not the metastore's")
	})
	t.Run("stand-in metastore that wants Kerberos", func(t *testing.T) {
		t.Parallel()
		got := hiveLink.with("hiveMsUris", standIn(t, says(wantsThriftSASL)).String()).check(t, prober(probe.Options{}))
		f := got.Failure()
		require.Equal(t, "check.hadoop.kerberos_required", f.Message.Key)
		require.Equal(t, "hint.hive.wants_sasl", f.Hint.Key)
		require.Equal(t, "linkConfig.authType", f.Path)
	})
	t.Run("stand-in that hangs up", func(t *testing.T) {
		t.Parallel()
		got := hiveLink.with("hiveMsUris", standIn(t, saysAndHangsUp("")).String()).check(t, prober(probe.Options{}))
		requireFailure(t, got, api.StepHandshake, "hive.closed", "hiveMsUris")
	})
	t.Run("stand-in that answers another question", func(t *testing.T) {
		t.Parallel()
		words := "\x80\x01\x00\x02\x00\x00\x00\x04ping\x00\x00\x00\x01\x00"
		got := hiveLink.with("hiveMsUris", standIn(t, says(words)).String()).check(t, prober(probe.Options{}))
		requireFailure(t, got, api.StepHandshake, "peer.garbled", "hiveMsUris")
	})
}

func TestMetastoresThatDoNotDoWhatTheyShould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		results []result
		step    api.StepName
		reason  string
		path    string
	}{
		{"that is starting", []result{number(1)}, api.StepHandshake, "server.not_ready", ""},
		{"that is another Thrift server", []result{nil}, api.StepHandshake, "hive.no_metastore", "hiveMsUris"},
		{"that cannot list its databases", []result{number(alive), exception("Unable to get databases")}, api.StepRead, "hive.no_databases", "hiveMsUris"},
		{"with something else for a list", []result{number(alive), func(ctx context.Context, p thrift.TProtocol) {
			_ = p.WriteFieldBegin(ctx, "success", thrift.LIST, 0)
			_ = p.WriteListBegin(ctx, thrift.I64, 1)
		}}, api.StepRead, "peer.garbled", "hiveMsUris"},
		{"with an endless list", []result{number(alive), func(ctx context.Context, p thrift.TProtocol) {
			_ = p.WriteFieldBegin(ctx, "success", thrift.LIST, 0)
			_ = p.WriteListBegin(ctx, thrift.STRING, 1<<31-1)
		}}, api.StepRead, "peer.garbled", "hiveMsUris"},
		{"that hangs up later", []result{number(alive)}, api.StepRead, "dropped", ""},
		{"that hangs up even later", []result{number(alive), texts()}, api.StepVersion, "dropped", ""},
	} {
		t.Run("stand-in metastore "+c.name, func(t *testing.T) {
			t.Parallel()
			got := hiveLink.with("hiveMsUris", metastore(t, c.results...).String()).check(t, prober(probe.Options{}))
			requireFailure(t, got, c.step, c.reason, c.path)
		})
	}
}

func TestHiveWithKerberos(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Resolver: nowhere()})
	for name, serve := range map[string]func(net.Conn){
		"that says that it wants it": says(wantsThriftSASL),
		"that hangs up":              saysAndHangsUp(""),
	} {
		t.Run("stand-in metastore "+name, func(t *testing.T) {
			t.Parallel()
			at := hiveLink.with("hiveMsUris", standIn(t, serve).String(), "uri", nameNode(t, wantsSASL, nil))
			c := withKeytab(t, at).check(t, p)
			require.Equal(t, api.Warned, c.Status, "%+v", c)
			require.Equal(t, "check.kerberos.not_signed_in", find(t, c, api.StepSignIn).Message.Key)
			require.Equal(t, "hdfs/nn1.example", find(t, c, api.StepCluster).Found)
			require.Equal(t, strings.Contains(name, "hangs"), find(t, c, api.StepHandshake).Status == api.Warned)
		})
	}
	t.Run("stand-in metastore that lets everybody in", func(t *testing.T) {
		t.Parallel()
		c := withKeytab(t, hiveLink.with("hiveMsUris", metastore(t, number(alive)).String())).check(t, p)
		require.Equal(t, "check.hadoop.simple_only", c.Failure().Message.Key)
		require.Equal(t, "linkConfig.authType", c.Failure().Path)
	})
}
