package probe_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

var kafkaSteps = []api.StepName{
	api.StepResolve, api.StepConnect, api.StepHandshake, api.StepCluster, api.StepRead, api.StepVersion,
}

// kfakeCluster starts brokers in this process: franz-go's kfake, which speaks
// Kafka's protocol.
func kfakeCluster(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(opts...)
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	return cluster
}

// kfakeTLS is a server's TLS and who trusts it, for 127.0.0.1 and example.com.
func kfakeTLS(t testing.TB) (kfake.Opt, *x509.CertPool) {
	web := httptest.NewUnstartedServer(nil) // for its certificate
	web.StartTLS()
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	return kfake.TLS(&tls.Config{Certificates: web.TLS.Certificates}), roots
}

// always lets a cluster answer a kind of request otherwise.
func always[Response kmsg.Response](cluster *kfake.Cluster, key kmsg.Key, change func(Response)) {
	cluster.ControlKey(key.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := req.ResponseKind()
		change(resp.(Response))
		return resp, nil, true
	})
}

// advertise lets a cluster name other brokers, as host:port.
func advertise(cluster *kfake.Cluster, addresses ...string) {
	always(cluster, kmsg.Metadata, func(resp *kmsg.MetadataResponse) {
		for i, address := range addresses {
			host, digits, _ := net.SplitHostPort(address)
			port, _ := strconv.Atoi(digits)
			broker := kmsg.NewMetadataResponseBroker()
			broker.NodeID, broker.Host, broker.Port = int32(i), host, int32(port)
			resp.Brokers = append(resp.Brokers, broker)
		}
		topic := kmsg.NewMetadataResponseTopic()
		topic.Topic = kmsg.StringPtr("orders")
		resp.Topics = append(resp.Topics, topic)
	})
}

func TestKafka(t *testing.T) {
	t.Parallel()
	cluster := kfakeCluster(t, kfake.NumBrokers(3), kfake.SeedTopics(2, "orders", "bills"))
	p := prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		for _, l := range []listLink{kafkaLink, kafkaLink.with("hadoopType", "Apache Kafka"), dmsLink} {
			c := l.at(cluster.ListenAddrs()...).check(t, p)
			requirePassed(t, c, kafkaSteps...)
			require.Equal(t, "3/3", find(t, c, api.StepCluster).Found)
			require.Equal(t, "2", find(t, c, api.StepRead).Found)
			require.Regexp(t, `v\d\.\d`, find(t, c, api.StepVersion).Found)
		}
	})
	t.Run("of several brokers one is enough, and the other is a warning", func(t *testing.T) {
		t.Parallel()
		gone := closedPort(t)
		s := requireWarning(t, kafkaLink.at(gone, cluster.ListenAddrs()[0]).check(t, p), api.StepConnect, "connect.some", "brokerList")
		require.Equal(t, gone, s.Message.Args["peer"])
	})
	t.Run("old brokers pass, too", func(t *testing.T) {
		t.Parallel()
		for _, versions := range []*kversion.Versions{kversion.V1_1_0(), kversion.V2_3_0(), kversion.V2_7_0()} {
			old := kfakeCluster(t, kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"), kfake.MaxVersions(versions))
			requirePassed(t, kafkaLink.at(old.ListenAddrs()...).check(t, p), kafkaSteps...)
		}
	})
	t.Run("no topics to be seen is a warning", func(t *testing.T) {
		t.Parallel()
		c := kafkaLink.at(kfakeCluster(t, kfake.NumBrokers(1)).ListenAddrs()...).check(t, p)
		require.Equal(t, api.Warned, c.Status)
		s := find(t, c, api.StepRead)
		require.Equal(t, "check.kafka.no_topics", s.Message.Key)
		require.Equal(t, "0", s.Found)
	})
	t.Run("more topics than a check reads are not counted", func(t *testing.T) {
		t.Parallel()
		big := kfakeCluster(t, kfake.NumBrokers(1))
		at := big.ListenAddrs()[0]
		big.ControlKey(kmsg.Metadata.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
			big.KeepControl()
			if req.(*kmsg.MetadataRequest).Topics != nil {
				return nil, nil, false
			}
			resp := req.ResponseKind().(*kmsg.MetadataResponse)
			for i := range 4000 {
				topic := kmsg.NewMetadataResponseTopic()
				topic.Topic = kmsg.StringPtr(fmt.Sprintf("%200d", i))
				resp.Topics = append(resp.Topics, topic)
			}
			return resp, nil, true
		})
		c := kafkaLink.at(at).check(t, p)
		requirePassed(t, c, kafkaSteps...)
		require.Equal(t, "> 512 KiB", find(t, c, api.StepRead).Found)
	})
}

func TestBrokersThatAdvertiseWhereNobodyGets(t *testing.T) {
	t.Parallel()
	gone, silent := closedPort(t), standIn(t, says("")).String()
	for _, c := range []struct {
		name       string
		advertised string
		options    probe.Options
	}{
		{"a closed port", gone, probe.Options{}},
		{"a name that does not exist here (fake resolver)", "kafka-0.internal:9092", probe.Options{Resolver: &fakeResolver{err: &net.DNSError{IsNotFound: true}}}},
		{"a name that is not resolved in time (fake resolver)", "kafka-0.internal:9092", probe.Options{Resolver: stuckResolver{}, Timeout: 5 * little}},
		{"an address that the policy refuses", silent, probe.Options{Own: []netip.AddrPort{netip.MustParseAddrPort(silent)}}},
		{"a metadata service", "169.254.169.254:80", probe.Options{}},
	} {
		t.Run(c.name+", all of them", func(t *testing.T) {
			t.Parallel()
			cluster := kfakeCluster(t, kfake.NumBrokers(1))
			advertise(cluster, c.advertised)
			got := kafkaLink.at(cluster.ListenAddrs()...).check(t, prober(c.options))
			f := requireFailure(t, got, api.StepCluster, "kafka.lost_all", "brokerList")
			require.Equal(t, c.advertised, f.Message.Args["peer"])
			require.Equal(t, "0/1", f.Found)
			require.Empty(t, f.Detail, "why is not told: it would tell what the policy refuses")
		})
		t.Run(c.name+", one of two", func(t *testing.T) {
			t.Parallel()
			cluster := kfakeCluster(t, kfake.NumBrokers(1))
			advertise(cluster, c.advertised, cluster.ListenAddrs()[0])
			got := kafkaLink.at(cluster.ListenAddrs()...).check(t, prober(c.options))
			s := requireWarning(t, got, api.StepCluster, "kafka.lost_some", "brokerList")
			require.Equal(t, "1/2", s.Found)
		})
	}
	for name, addresses := range map[string][]string{"port 0": {"127.0.0.1:0"}, "no host": {":9092"}, "nothing at all": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := kfakeCluster(t, kfake.NumBrokers(1))
			advertise(cluster, addresses...)
			got := kafkaLink.at(cluster.ListenAddrs()...).check(t, prober(probe.Options{}))
			requireFailure(t, got, api.StepCluster, "peer.garbled", "brokerList")
		})
	}
}

func TestKafkaThatWantsMoreThanTheLinkSays(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for _, c := range []struct {
		name string
		link listLink
		path string
	}{{"Apache Kafka", kafkaLink, "properties"}, {"DMS", dmsLink, "isPlatinumInstance"}} {
		t.Run("a sign-in, "+c.name, func(t *testing.T) {
			t.Parallel()
			cluster := kfakeCluster(t, kfake.NumBrokers(1), kfake.EnableSASL())
			requireFailure(t, c.link.at(cluster.ListenAddrs()...).check(t, p), api.StepCluster, "kafka.sasl_wanted", c.path)
		})
		t.Run("TLS, and hangs up, "+c.name, func(t *testing.T) {
			t.Parallel()
			secure, _ := kfakeTLS(t)
			cluster := kfakeCluster(t, kfake.NumBrokers(1), secure)
			requireFailure(t, c.link.at(cluster.ListenAddrs()...).check(t, p), api.StepHandshake, "kafka.closed", "brokerList")
		})
		t.Run("TLS, and complains (stand-in), "+c.name, func(t *testing.T) {
			t.Parallel()
			at := standIn(t, says("\x15\x03\x03\x00\x02\x02\x46")).String()
			requireFailure(t, c.link.at(at).check(t, p), api.StepHandshake, "kafka.tls_wanted", c.path)
		})
	}
}

func TestKafkaByItsProperties(t *testing.T) {
	t.Parallel()
	secure, roots := kfakeTLS(t)
	p := prober(probe.Options{Roots: roots})
	t.Run("SSL", func(t *testing.T) {
		t.Parallel()
		cluster := kfakeCluster(t, kfake.NumBrokers(2), secure, kfake.SeedTopics(1, "orders"))
		c := kafkaLink.at(cluster.ListenAddrs()...).with("properties", `{"security.protocol":"ssl"}`).check(t, p)
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepCluster, api.StepRead, api.StepVersion)
		require.Equal(t, "TLS 1.3", find(t, c, api.StepTLS).Found)
	})
	t.Run("SSL where there is none (stand-in)", func(t *testing.T) {
		t.Parallel()
		at := standIn(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) }).String() // Kafka hangs up on an enormous length
		c := kafkaLink.at(at).with("properties", `{"security.protocol":"SSL"}`).check(t, p)
		requireFailure(t, c, api.StepTLS, "tls.failed", "properties")
	})
	for _, protocol := range []string{"SASL_PLAINTEXT", "SASL_SSL"} {
		opts := []kfake.Opt{kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("PLAIN", "ann", "canary-7yq")}
		if protocol == "SASL_SSL" {
			opts = append(opts, secure)
		}
		cluster := kfakeCluster(t, opts...)
		link := kafkaLink.at(cluster.ListenAddrs()...)
		t.Run(protocol+" is checked as far as that goes without a user, and the check says so", func(t *testing.T) {
			t.Parallel()
			properties := `{"security.protocol":"` + protocol + `","sasl.mechanism":"plain","acks":"all"}`
			s := requireWarning(t, link.with("properties", properties).check(t, p), api.StepSignIn, "kafka.sign_in_unchecked", "properties")
			require.Empty(t, s.Found)
		})
		t.Run(protocol+" with a mechanism that is not offered", func(t *testing.T) {
			t.Parallel()
			c := link.with("properties", `{"security.protocol":"`+protocol+`"}`).check(t, p)
			f := requireFailure(t, c, api.StepSignIn, "kafka.mechanism", "properties")
			require.Equal(t, "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", f.Message.Args["scheme"])
		})
	}
}

func TestDMSKafka(t *testing.T) {
	t.Parallel()
	secure, roots := kfakeTLS(t)
	trusting := prober(probe.Options{Roots: roots})
	steps := []api.StepName{
		api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepCluster, api.StepRead, api.StepVersion,
	}
	start := func(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, listLink) {
		cluster := kfakeCluster(t, append(opts, kfake.NumBrokers(2), secure, kfake.EnableSASL(), kfake.SeedTopics(1, "orders"))...)
		return cluster, dmsSecureLink.at(cluster.ListenAddrs()...)
	}
	for _, mechanism := range []string{"SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"} {
		t.Run("a good link passes step by step with "+mechanism, func(t *testing.T) {
			t.Parallel()
			_, good := start(t, kfake.Superuser(mechanism, "ann", "canary-7yq"))
			c := good.check(t, trusting)
			requirePassed(t, c, steps...)
			require.Equal(t, mechanism, find(t, c, api.StepSignIn).Found)
			require.Equal(t, "TLS 1.3", find(t, c, api.StepTLS).Found)
			require.Equal(t, "2/2", find(t, c, api.StepCluster).Found)
			require.Equal(t, "1", find(t, c, api.StepRead).Found)
		})
	}
	cluster, good := start(t, kfake.Superuser("SCRAM-SHA-512", "ann", "canary-7yq"))
	t.Run("an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		requireWarning(t, good.check(t, prober(probe.Options{})), api.StepTLS, "tls.unknown_authority", "isPlatinumInstance")
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		_, port, _ := net.SplitHostPort(cluster.ListenAddrs()[0])
		p := prober(probe.Options{Roots: roots, Resolver: name("kafka.internal", "127.0.0.1")})
		requireWarning(t, good.at("kafka.internal:"+port).check(t, p), api.StepTLS, "tls.wrong_name", "isPlatinumInstance")
	})
	t.Run("wrong password, and the broker hangs up", func(t *testing.T) {
		t.Parallel()
		c := good.with("password", "wrong-canary").check(t, trusting)
		requireFailure(t, c, api.StepSignIn, "kafka.sign_in_dropped", "password")
	})
	t.Run("wrong password, and the broker says so", func(t *testing.T) {
		t.Parallel()
		cluster, l := start(t)
		always(cluster, kmsg.SASLAuthenticate, func(resp *kmsg.SASLAuthenticateResponse) { resp.ErrorCode = kerr.SaslAuthenticationFailed.Code })
		f := requireFailure(t, l.check(t, trusting), api.StepSignIn, "sign_in.wrong_password", "password")
		require.Equal(t, "ann", f.Message.Args["user"])
	})
	t.Run("methods that are not ours", func(t *testing.T) {
		t.Parallel()
		cluster, l := start(t)
		always(cluster, kmsg.SASLHandshake, func(resp *kmsg.SASLHandshakeResponse) {
			resp.ErrorCode, resp.SupportedMechanisms = kerr.UnsupportedSaslMechanism.Code, []string{"GSSAPI", "OAUTHBEARER"}
		})
		f := requireFailure(t, l.check(t, trusting), api.StepSignIn, "sign_in.unsupported_scheme", "user")
		require.Equal(t, "GSSAPI, OAUTHBEARER", f.Message.Args["scheme"])
	})
	t.Run("a listener without SASL", func(t *testing.T) {
		t.Parallel()
		cluster, l := start(t)
		always(cluster, kmsg.SASLHandshake, func(resp *kmsg.SASLHandshakeResponse) { resp.ErrorCode = kerr.IllegalSaslState.Code })
		requireFailure(t, l.check(t, trusting), api.StepSignIn, "kafka.sasl_needless", "isPlatinumInstance")
	})
	t.Run("a broker that wants years of hashing", func(t *testing.T) {
		t.Parallel()
		cluster, l := start(t)
		cluster.ControlKey(kmsg.SASLAuthenticate.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
			resp := req.ResponseKind().(*kmsg.SASLAuthenticateResponse)
			_, nonce, _ := strings.Cut(string(req.(*kmsg.SASLAuthenticateRequest).SASLAuthBytes), ",r=")
			resp.SASLAuthBytes = []byte("r=" + nonce + "x,s=c2FsdA==,i=2000000000")
			return resp, nil, true
		})
		requireFailure(t, l.check(t, trusting), api.StepSignIn, "peer.garbled", "brokerList")
	})
	t.Run("a broker that advertises the password, which is not repeated", func(t *testing.T) {
		t.Parallel()
		cluster, l := start(t, kfake.Superuser("PLAIN", "ann", "canary-7yq"))
		advertise(cluster, "canary-7yq:9092")
		p := prober(probe.Options{Roots: roots, Resolver: &fakeResolver{err: &net.DNSError{IsNotFound: true}}})
		f := requireFailure(t, l.check(t, p), api.StepCluster, "kafka.lost_all", "brokerList")
		require.Equal(t, "[…]:9092", f.Message.Args["peer"])
	})
	t.Run("a user without rights sees no topic, and the user is blamed", func(t *testing.T) {
		t.Parallel()
		_, l := start(t, kfake.EnableACLs(), kfake.User("SCRAM-SHA-256", "ann", "canary-7yq"))
		requireWarning(t, l.check(t, trusting), api.StepRead, "kafka.no_topics", "user")
	})
	t.Run("the user is needed", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("user", "ann\x00").check(t, trusting), api.StepSignIn, "input", "user")
	})
}

func TestDMSKafkaOfTheFirstGeneration(t *testing.T) {
	t.Parallel()
	basic := listLink{"dms-kafka-connector", "endpoint", link{"kafkaType": "Basic"}}
	t.Run("an endpoint that answers is all that is checked, and the check says so", func(t *testing.T) {
		t.Parallel()
		c := basic.at(standIn(t, says("")).String()).check(t, prober(probe.Options{}))
		require.Equal(t, api.Warned, c.Status)
		require.Equal(t, "check.kafka.basic_unchecked", find(t, c, api.StepSignIn).Message.Key)
		require.Len(t, c.Steps, 3)
	})
	t.Run("closed port", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, basic.at(closedPort(t)).check(t, prober(probe.Options{})), api.StepConnect, "connect.refused", "endpoint")
	})
}

func TestKafkaOfMRSIsNotAskedHere(t *testing.T) {
	t.Parallel()
	c := kafkaLink.with("hadoopType", "MRS").at(closedPort(t)).check(t, prober(probe.Options{}))
	f := c.Failure()
	require.True(t, f == nil || f.Path != "linkConfig.brokerList", "%+v", c)
}

// kafkaAnswer frames an answer to the first request.
func kafkaAnswer(number uint32, body string) string {
	header := binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))
	return string(binary.BigEndian.AppendUint32(header, number)) + body
}

func TestKafkaThatMeansHarm(t *testing.T) {
	t.Parallel()
	versions := func(keys ...int16) string { // from 0 to 1 of each
		body := binary.BigEndian.AppendUint32([]byte{0, 0}, uint32(len(keys)))
		for _, key := range keys {
			body = append(binary.BigEndian.AppendUint16(body, uint16(key)), 0, 0, 0, 1)
		}
		return kafkaAnswer(1, string(body))
	}
	for _, c := range []struct {
		name  string
		words []string
		step  api.StepName
	}{
		{"an answer to nothing", []string{kafkaAnswer(7, "\x00\x00")}, api.StepHandshake},
		{"an answer without a body", []string{"\x00\x00\x00\x04\x00\x00\x00\x01"}, api.StepHandshake},
		{"an enormous answer", []string{"\x7f\xff\xff\xff\x00\x00\x00\x01"}, api.StepHandshake},
		{"a negative length", []string{"\xff\xff\xff\xff\x00\x00\x00\x01"}, api.StepHandshake},
		{"a list longer than its answer", []string{kafkaAnswer(1, "\x00\x00\x7f\xff\xff\xff")}, api.StepHandshake},
		{"an error for an answer", []string{kafkaAnswer(1, "\x00\x23\x00\x00\x00\x00")}, api.StepHandshake},
		{"no requests that it knows", []string{versions()}, api.StepHandshake},
		{"no request that is needed", []string{versions(18)}, api.StepCluster},
		{"brokers without end", []string{versions(3), kafkaAnswer(2, "\x7f\xff\xff\xff")}, api.StepCluster},
	} {
		t.Run("stand-in with "+c.name, func(t *testing.T) {
			t.Parallel()
			at := standIn(t, func(conn net.Conn) {
				for _, words := range c.words {
					_, _ = conn.Read(make([]byte, 4096))
					_, _ = io.WriteString(conn, words)
				}
				_, _ = io.Copy(io.Discard, conn)
			})
			got := kafkaLink.at(at.String()).check(t, prober(probe.Options{}))
			f := got.Failure()
			require.NotNil(t, f, "%+v", got)
			require.Equal(t, c.step, f.Name)
			require.Contains(t, []string{"check.peer.garbled", "check.unexpected"}, f.Message.Key)
		})
	}
	t.Run("stand-in that falls silent after its greeting", func(t *testing.T) {
		t.Parallel()
		c := kafkaLink.at(standIn(t, says(versions(3, 18))).String()).check(t, prober(probe.Options{Timeout: little}))
		requireFailure(t, c, api.StepCluster, "timeout", "brokerList")
	})
}
