package probe_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

var mongoSteps = []api.StepName{
	api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepCluster, api.StepVersion,
}

// mongoUser creates a user with a password, whose home is a database, and
// returns a link to that database.
func mongoUser(t testing.TB, s *testserver.Server, home, password string, mechanisms ...string) listLink {
	user := "ann" + rand.Text()
	command := bson.D{{Key: "createUser", Value: user}, {Key: "pwd", Value: password}, {Key: "roles", Value: bson.A{}}}
	if mechanisms != nil {
		command = append(command, bson.E{Key: "mechanisms", Value: mechanisms})
	}
	probe.MongoRun(t, s.Addr(), s.User, s.Password, home, command)
	return mongoLink.at(s.Addr()).with("database", home, "userName", user, "password", password)
}

// TestMongoDB is about FerretDB, which speaks MongoDB's protocol.
func TestMongoDB(t *testing.T) {
	t.Parallel()
	server := testserver.MongoDB(t)
	for _, collection := range []string{"bills", "items"} {
		probe.MongoRun(t, server.Addr(), server.User, server.Password, "orders",
			bson.D{{Key: "insert", Value: collection}, {Key: "documents", Value: bson.A{bson.D{{Key: "n", Value: 1}}}}})
	}
	good := mongoUser(t, server, "orders", "canary-7yq")
	p := prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, p)
		requirePassed(t, c, mongoSteps...)
		require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
		require.Equal(t, "orders", find(t, c, api.StepSignIn).Found)
		require.Equal(t, "orders", find(t, c, api.StepDatabase).Found)
		require.Equal(t, "standalone", find(t, c, api.StepCluster).Found)
		require.Regexp(t, `^\d+\.\d+\.\d+$`, find(t, c, api.StepVersion).Found)
	})
	t.Run("a user of admin may use other databases", func(t *testing.T) {
		t.Parallel()
		c := good.with("userName", server.User, "password", server.Password).check(t, p)
		requirePassed(t, c, mongoSteps...)
		require.Equal(t, "admin", find(t, c, api.StepSignIn).Found)
	})
	t.Run("a user with SCRAM-SHA-1 only", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, mongoUser(t, server, "orders", "canary-7yq", "SCRAM-SHA-1").check(t, p), mongoSteps...)
	})
	t.Run("odd but legal names and passwords are taken as they are", func(t *testing.T) {
		t.Parallel()
		user := "an'n e 名" // with a comma it would be the server that is confused
		probe.MongoRun(t, server.Addr(), server.User, server.Password, "admin",
			bson.D{{Key: "createUser", Value: user}, {Key: "pwd", Value: "pass=wörd, 密码"}, {Key: "roles", Value: bson.A{}}})
		requirePassed(t, good.with("userName", user, "password", "pass=wörd, 密码").check(t, p), mongoSteps...)
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "mongodb.wrong_password", "password")
		require.Contains(t, f.Detail, "AuthenticationFailed, 18")
		require.Equal(t, "orders", f.Message.Args["database"])
	})
	t.Run("an unknown user looks like a wrong password, which is all the server says", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("userName", "nobody").check(t, p), api.StepSignIn, "mongodb.wrong_password", "password")
	})
	t.Run("a database that does not exist is a warning: writing to it makes it", func(t *testing.T) {
		t.Parallel()
		c := good.with("database", "missing", "userName", server.User, "password", server.Password).check(t, p)
		requireWarning(t, c, api.StepDatabase, "mongodb.empty", "database")
	})
	t.Run("of several servers one is enough, and the other is a warning", func(t *testing.T) {
		t.Parallel()
		requireWarning(t, good.at(closedPort(t), server.Addr()).check(t, p), api.StepConnect, "connect.some", "serverList")
	})
}

func TestMongoDBReplicaSet(t *testing.T) {
	t.Parallel()
	server := testserver.MongoDB(t, testserver.Setting("repl-set-name", "rs0"))
	probe.MongoRun(t, server.Addr(), server.User, server.Password, "orders", bson.D{{Key: "create", Value: "bills"}})
	c := mongoUser(t, server, "orders", "canary-7yq").check(t, prober(probe.Options{}))
	requirePassed(t, c, mongoSteps...)
	require.Equal(t, "1/1", find(t, c, api.StepCluster).Found)
}

// mongoReply frames a document as the answer to a request.
func mongoReply(request []byte, document any) string {
	body, _ := bson.Marshal(document)
	header := binary.LittleEndian.AppendUint32(nil, uint32(16+5+len(body)))
	header = append(header, 0, 0, 0, 0)
	header = append(header, request[4:8]...)
	header = binary.LittleEndian.AppendUint32(header, 2013)
	return string(header) + "\x00\x00\x00\x00\x00" + string(body)
}

// fakeMongo is a stand-in that answers commands, by name, with documents, the
// next one each time. Nothing left, it hangs up.
func fakeMongo(t testing.TB, answers map[string][]bson.D) string {
	return standIn(t, func(conn net.Conn) {
		left := map[string][]bson.D{}
		for name, documents := range answers {
			left[name] = slices.Clone(documents)
		}
		for {
			request := make([]byte, 16)
			if _, err := io.ReadFull(conn, request); err != nil {
				return
			}
			body := make([]byte, binary.LittleEndian.Uint32(request)-16)
			if _, err := io.ReadFull(conn, body); err != nil {
				return
			}
			command := bson.Raw(body[5:]).Index(0).Key()
			if len(left[command]) == 0 {
				return
			}
			_, _ = io.WriteString(conn, mongoReply(request, left[command][0]))
			left[command] = left[command][1:]
		}
	}).String()
}

// mongoOK is an answer without complaint.
func mongoOK(pairs ...any) bson.D {
	document := bson.D{{Key: "ok", Value: 1.0}}
	for i := 0; i < len(pairs); i += 2 {
		document = append(document, bson.E{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return document
}

func mongoNo(code int32, name string) bson.D {
	return bson.D{{Key: "ok", Value: 0.0}, {Key: "code", Value: code}, {Key: "codeName", Value: name}, {Key: "errmsg", Value: "no"}}
}

func TestWhatMongoDBRefuses(t *testing.T) {
	t.Parallel()
	primary := mongoOK("ismaster", true)
	for _, c := range []struct {
		name    string
		answers map[string][]bson.D
		step    api.StepName
		reason  string
		path    string
	}{
		{"stand-in for an arbiter", map[string][]bson.D{"isMaster": {mongoOK("ismaster", false, "setName", "rs0", "arbiterOnly", true)}},
			api.StepHandshake, "mongodb.no_data", "serverList"},
		{"stand-in that is shutting down", map[string][]bson.D{"isMaster": {mongoNo(91, "ShutdownInProgress")}}, api.StepHandshake, "server.not_ready", ""},
		{"stand-in with an account of LDAP", map[string][]bson.D{"isMaster": {primary, mongoOK("ismaster", true, "saslSupportedMechs", bson.A{"PLAIN"})}},
			api.StepSignIn, "sign_in.unsupported_scheme", "userName"},
		{"stand-in without SCRAM", map[string][]bson.D{"isMaster": {primary, primary}, "saslStart": {mongoNo(334, "MechanismUnavailable")}},
			api.StepSignIn, "sign_in.unsupported", "userName"},
		{"stand-in for MongoDB 3.6, wrong password in both databases", map[string][]bson.D{"isMaster": {primary, primary, primary},
			"saslStart": {mongoNo(18, "AuthenticationFailed"), mongoNo(18, "AuthenticationFailed")}}, api.StepSignIn, "mongodb.wrong_password", "password"},
		{"stand-in that hangs up at the sign-in", map[string][]bson.D{"isMaster": {primary, primary}}, api.StepSignIn, "dropped", ""},
		{"stand-in whose challenge is none", map[string][]bson.D{"isMaster": {primary, primary}, "saslStart": {mongoOK("payload", []byte("hello"))}},
			api.StepSignIn, "peer.garbled", "serverList"},
		{"stand-in that wants years of hashing", map[string][]bson.D{"isMaster": {primary, primary},
			"saslStart": {mongoOK("payload", []byte("r=x,s=c2FsdA==,i=2000000000"))}}, api.StepSignIn, "peer.garbled", "serverList"},
		{"stand-in with a type of its own", map[string][]bson.D{"isMaster": {mongoOK("ismaster", "yes")}}, api.StepHandshake, "peer.garbled", "serverList"},
		{"stand-in with an error of its own", map[string][]bson.D{"isMaster": {mongoNo(4711, "Odd")}}, api.StepHandshake, "unexpected", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, mongoLink.at(fakeMongo(t, c.answers)).check(t, prober(probe.Options{})), c.step, c.reason, c.path)
		})
	}
	t.Run("stand-in that is silent after its greeting", func(t *testing.T) {
		t.Parallel()
		at := standIn(t, func(conn net.Conn) {
			request := make([]byte, 512)
			_, _ = conn.Read(request)
			says(mongoReply(request, primary))(conn)
		})
		c := mongoLink.at(at.String()).check(t, prober(probe.Options{Timeout: little}))
		requireFailure(t, c, api.StepSignIn, "timeout", "serverList")
	})
}

// mongoBehind is a man in between, who answers some commands, or listCollections
// with authorizedCollections, himself. The rest is for the real server, most of
// all the sign-in.
func mongoBehind(t testing.TB, server *testserver.Server, answers map[string]bson.D) string {
	return standIn(t, func(client net.Conn) {
		upstream, err := net.Dial("tcp", server.Addr())
		if err != nil {
			return
		}
		defer func() { _ = upstream.Close() }()
		for {
			request, err := readMongo(client)
			if err != nil {
				return
			}
			command := bson.Raw(request[21:]).Index(0).Key()
			if bytes.Contains(request, []byte("authorizedCollections")) {
				command = "authorizedCollections"
			}
			if answer, ok := answers[command]; ok {
				_, _ = io.WriteString(client, mongoReply(request, answer))
				continue
			}
			_, _ = upstream.Write(request)
			reply, err := readMongo(upstream)
			if err != nil {
				return
			}
			_, _ = client.Write(reply)
		}
	}).String()
}

func readMongo(conn net.Conn) ([]byte, error) {
	header := make([]byte, 16)
	if _, err := io.ReadFull(conn, header); err != nil {
		return nil, err
	}
	message := append(header, make([]byte, binary.LittleEndian.Uint32(header)-16)...)
	_, err := io.ReadFull(conn, message[16:])
	return message, err
}

func TestMongoDBBehindAManInBetween(t *testing.T) {
	t.Parallel()
	server := testserver.MongoDB(t)
	good := mongoUser(t, server, "orders"+strings.ToLower(rand.Text()), "canary-7yq")
	some := mongoOK("cursor", bson.D{{Key: "id", Value: int64(0)}, {Key: "firstBatch", Value: bson.A{bson.D{{Key: "name", Value: "bills"}}}}})
	none := mongoOK("cursor", bson.D{{Key: "id", Value: int64(0)}, {Key: "firstBatch", Value: bson.A{}}})
	silent, gone := standIn(t, says("")).String(), closedPort(t)
	set := func(hosts ...string) bson.D { return mongoOK("ismaster", true, "setName", "rs0", "hosts", hosts) }
	check := func(t *testing.T, answers map[string]bson.D, more ...string) api.Check {
		at := mongoBehind(t, server, answers)
		return good.at(append([]string{at}, more...)...).check(t, prober(probe.Options{}))
	}

	t.Run("no right to the database", func(t *testing.T) {
		t.Parallel()
		unauthorized := mongoNo(13, "Unauthorized")
		for _, second := range []bson.D{unauthorized, none} {
			c := check(t, map[string]bson.D{"listCollections": unauthorized, "authorizedCollections": second})
			requireFailure(t, c, api.StepDatabase, "database.no_right", "database")
		}
	})
	t.Run("a right to a few collections is enough", func(t *testing.T) {
		t.Parallel()
		c := check(t, map[string]bson.D{"listCollections": mongoNo(13, "Unauthorized"), "authorizedCollections": some})
		requirePassed(t, c, mongoSteps...)
	})
	t.Run("a router of a sharded cluster", func(t *testing.T) {
		t.Parallel()
		c := check(t, map[string]bson.D{"isMaster": mongoOK("ismaster", true, "msg", "isdbgrid"), "listCollections": some})
		requirePassed(t, c, mongoSteps...)
		require.Equal(t, "mongos", find(t, c, api.StepCluster).Found)
	})
	t.Run("a member of the replica set out of reach is a warning", func(t *testing.T) {
		t.Parallel()
		s := requireWarning(t, check(t, map[string]bson.D{"isMaster": set(silent, gone), "listCollections": some}),
			api.StepCluster, "mongodb.lost_member", "serverList")
		require.Equal(t, gone, s.Message.Args["peer"])
		require.Equal(t, "1/2", s.Found)
	})
	t.Run("so are all of them if the link knows one server, which it may use alone", func(t *testing.T) {
		t.Parallel()
		c := check(t, map[string]bson.D{"isMaster": set(gone), "listCollections": some})
		requireWarning(t, c, api.StepCluster, "mongodb.lost_member", "serverList")
	})
	t.Run("and a failure if it knows several and so must find the others", func(t *testing.T) {
		t.Parallel()
		c := check(t, map[string]bson.D{"isMaster": set(gone), "listCollections": some}, silent)
		requireFailure(t, c, api.StepCluster, "mongodb.lost_all", "serverList")
	})
	t.Run("members that the policy refuses are out of reach", func(t *testing.T) {
		t.Parallel()
		at := mongoBehind(t, server, map[string]bson.D{"isMaster": set(silent), "listCollections": some})
		p := prober(probe.Options{Own: []netip.AddrPort{netip.MustParseAddrPort(silent)}})
		s := requireWarning(t, good.at(at).check(t, p), api.StepCluster, "mongodb.lost_member", "serverList")
		require.Empty(t, s.Detail)
	})
	t.Run("members without a port", func(t *testing.T) {
		t.Parallel()
		c := check(t, map[string]bson.D{"isMaster": set("db.example"), "listCollections": some})
		requireFailure(t, c, api.StepCluster, "peer.garbled", "serverList")
	})
	t.Run("a server that has no version", func(t *testing.T) {
		t.Parallel()
		c := check(t, map[string]bson.D{"buildInfo": mongoNo(59, "CommandNotFound"), "listCollections": none})
		require.Equal(t, api.StepVersion, c.Failure().Name)
		require.Equal(t, "check.mongodb.empty", find(t, c, api.StepDatabase).Message.Key)
	})
}

func TestMongoDBThatMeansHarm(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]string{
		"an enormous message":          "\xff\xff\xff\x7f\x00\x00\x00\x00\x01\x00\x00\x00\xdd\x07\x00\x00",
		"a message shorter than none":  "\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\xdd\x07\x00\x00",
		"an answer to nothing":         mongoReply(make([]byte, 16), mongoOK()),
		"a message of another kind":    strings.Replace(mongoReply([]byte("\x00\x00\x00\x00\x01\x00\x00\x00"), mongoOK()), "\xdd\x07", "\x01\x00", 1),
		"a document that is cut short": strings.Replace(mongoReply([]byte("\x00\x00\x00\x00\x01\x00\x00\x00"), mongoOK()), "ok\x00", "okay", 1),
		"sections instead of one":      strings.Replace(mongoReply([]byte("\x00\x00\x00\x00\x01\x00\x00\x00"), mongoOK()), "\x00\x00\x00\x00\x00\x11", "\x00\x00\x00\x00\x01\x11", 1),
	} {
		t.Run("stand-in with "+name, func(t *testing.T) {
			t.Parallel()
			at := standIn(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 512))
				says(words)(conn)
			})
			requireFailure(t, mongoLink.at(at.String()).check(t, prober(probe.Options{})), api.StepHandshake, "peer.garbled", "serverList")
		})
	}
}
