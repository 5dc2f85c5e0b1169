package probe_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

var (
	oracleLink    = mysqlLink.with("databaseType", "ORACLE", "databaseconfig", "SERVICENAME")
	oracleSIDLink = oracleLink.with("databaseconfig", "SID", "sidname", "ORCL", "database", "")

	oracleSteps = []api.StepName{
		api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion,
	}
)

func TestStandInForOracle(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	old := newOracle()
	old.version, old.messages, old.wide, old.long, old.verifier, old.mixes = 314, 6, false, false, kept11G, false
	middle := newOracle()
	middle.verifier, middle.marker = kept11G, true
	for name, server := range map[string]oracleServer{"of today": newOracle(), "of 12.1": middle, "of 11g": old} {
		good := oracleLink.to(standIn(t, server.serve))
		t.Run(name+": a good link passes step by step", func(t *testing.T) {
			t.Parallel()
			c := good.check(t, p)
			requirePassed(t, c, oracleSteps...)
			require.Equal(t, fmt.Sprintf("TNS %d", server.version), find(t, c, api.StepHandshake).Found)
			require.Equal(t, "orders", find(t, c, api.StepDatabase).Found)
			require.Equal(t, "19.0.0.0.0", find(t, c, api.StepVersion).Found)
		})
		t.Run(name+": wrong password is pinned to the password input", func(t *testing.T) {
			t.Parallel()
			f := requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
			require.Equal(t, "ORA-01017: invalid username/password; logon denied", f.Detail)
		})
		t.Run(name+": a long password", func(t *testing.T) {
			t.Parallel()
			long := server
			long.password = strings.Repeat("pä55wörd", 20)
			c := oracleLink.with("password", long.password).to(standIn(t, long.serve)).check(t, p)
			requirePassed(t, c, oracleSteps...)
		})
	}
}

func TestStandInForOracleIsAskedForTheServiceOrTheSID(t *testing.T) {
	t.Parallel()
	server := newOracle()
	server.asked = make(chan string, 3)
	addr := standIn(t, server.serve)
	p := prober(probe.Options{})
	require.Equal(t, api.Passed, oracleLink.to(addr).check(t, p).Status)
	require.Contains(t, <-server.asked, "(CONNECT_DATA=(SERVICE_NAME=orders)(CID=")
	c := oracleSIDLink.to(addr).check(t, p)
	require.Equal(t, "ORCL", find(t, c, api.StepDatabase).Found)
	require.Contains(t, <-server.asked, "(CONNECT_DATA=(SID=ORCL)(CID=")
	long := strings.Repeat("long.", 25)
	require.Equal(t, api.Passed, oracleLink.with("database", long).to(addr).check(t, p).Status)
	require.Contains(t, <-server.asked, "(SERVICE_NAME="+long+")", "which does not fit into the first packet")
}

func TestNamesThatWouldEndADescriptorAreBlamedAndNothingIsTried(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for _, name := range []string{"orders)(SERVER=x", "orders (a)", "orders=1", `orders"`, "orders\\", "名", strings.Repeat("x", 129)} {
		requireFailure(t, oracleLink.with("database", name).check(t, p), api.StepResolve, "input", "database")
		requireFailure(t, oracleSIDLink.with("sidname", name).check(t, p), api.StepResolve, "input", "sidname")
	}
	requireFailure(t, oracleLink.with("password", "").check(t, p), api.StepResolve, "input", "password")
}

func TestRefusalsOfAnOracleListenerArePinnedToTheServiceOrTheSID(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for code, reason := range map[int]string{
		12514: "listener.unknown_service", 12504: "listener.unknown_service", 12505: "listener.unknown_sid",
		12516: "listener.no_handler", 12519: "listener.no_handler", 12520: "listener.no_handler", 12528: "database.closed",
	} {
		t.Run(fmt.Sprintf("stand-in that says ORA-%d", code), func(t *testing.T) {
			t.Parallel()
			server := newOracle()
			server.listener = func(string) []byte { return tnsError(code) }
			addr := standIn(t, server.serve)
			f := requireFailure(t, oracleLink.to(addr).check(t, p), api.StepHandshake, reason, "database")
			require.Equal(t, "orders", f.Message.Args["database"])
			require.Contains(t, f.Detail, fmt.Sprintf("ORA-%d", code))
			f = requireFailure(t, oracleSIDLink.to(addr).check(t, p), api.StepHandshake, reason, "sidname")
			require.Equal(t, "ORCL", f.Message.Args["database"])
		})
	}
	t.Run("stand-in that has a list of addresses", func(t *testing.T) {
		t.Parallel()
		server := newOracle()
		server.listener = func(string) []byte { return tnsError(12506) }
		c := oracleLink.to(standIn(t, server.serve)).check(t, p)
		require.Equal(t, "check.host.not_allowed", c.Failure().Message.Key)
		require.Equal(t, "hint.host.listener", c.Failure().Hint.Key)
		require.Equal(t, "linkConfig.host", c.Failure().Path)
	})
	for name, text := range map[string]string{"an error that is not known": "(ERR=4711)", "no error": "(DESCRIPTION=)", "an error cut short": "(ERR=12514"} {
		t.Run("stand-in that refuses with "+name, func(t *testing.T) {
			t.Parallel()
			server := newOracle()
			server.listener = func(string) []byte { return tnsRefuse(text) }
			f := requireFailure(t, oracleLink.to(standIn(t, server.serve)).check(t, p), api.StepHandshake, "unexpected", "")
			require.Contains(t, f.Detail, text)
		})
	}
}

func TestErrorsOfOracleArePinned(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for _, c := range []struct {
		code         int
		step         api.StepName
		reason, path string
	}{
		{28000, api.StepSignIn, "sign_in.locked", "username"},
		{28001, api.StepSignIn, "sign_in.password_expired", "password"},
		{1045, api.StepSignIn, "sign_in.unknown_user", "username"},
		{28009, api.StepSignIn, "sign_in.as_sys", "username"},
		{12660, api.StepSignIn, "sign_in.native_encryption", "host"},
		{20, api.StepSignIn, "server.too_many_connections", ""},
		{1033, api.StepSignIn, "server.not_ready", ""},
		{1034, api.StepSignIn, "server.not_ready", ""},
		{1035, api.StepDatabase, "database.closed", "database"},
		{600, api.StepSignIn, "unexpected", ""},
	} {
		t.Run(fmt.Sprintf("stand-in that says ORA-%05d", c.code), func(t *testing.T) {
			t.Parallel()
			server := newOracle()
			server.refuse = ttcEnd(server.messages, c.code, "ORA-"+fmt.Sprint(c.code)+": told why")
			f := requireFailure(t, oracleLink.to(standIn(t, server.serve)).check(t, p), c.step, c.reason, c.path)
			require.Contains(t, f.Detail, "told why")
		})
	}
	t.Run("stand-in that keeps the password in the way of 10g", func(t *testing.T) {
		t.Parallel()
		server := newOracle()
		server.verifier = 2361
		f := requireFailure(t, oracleLink.to(standIn(t, server.serve)).check(t, p), api.StepSignIn, "sign_in.unsupported_scheme", "username")
		require.Equal(t, "10G", f.Message.Args["scheme"])
	})
	t.Run("stand-in that insists on native encryption", func(t *testing.T) {
		t.Parallel()
		server := newOracle()
		server.listener = func(string) []byte {
			packet := server.accept()
			packet[22] = 0x10
			return packet
		}
		requireFailure(t, oracleLink.to(standIn(t, server.serve)).check(t, p), api.StepSignIn, "sign_in.native_encryption", "host")
	})
}

func TestStandInForAnOracleListenerThatSendsItsClientsOn(t *testing.T) {
	t.Parallel()
	target := newOracle()
	target.asked = make(chan string, 1)
	node := standIn(t, target.serve)
	via := func(t *testing.T, redirect []byte, options probe.Options) api.Check {
		listener := newOracle()
		listener.listener = func(string) []byte { return redirect }
		return oracleLink.to(standIn(t, listener.serve)).check(t, prober(options))
	}

	t.Run("the listener it names is asked for the same service, of the instance it names", func(t *testing.T) {
		t.Parallel()
		redirect := tnsRedirect(node, "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=other)(INSTANCE_NAME=orcl2)))")
		requirePassed(t, via(t, redirect, probe.Options{}), oracleSteps...)
		require.Contains(t, <-target.asked, "(CONNECT_DATA=(SERVICE_NAME=orders)(INSTANCE_NAME=orcl2)(CID=")
	})
	t.Run("an address in a packet of its own, and an instance that is no name", func(t *testing.T) {
		t.Parallel()
		plain := newOracle()
		plain.asked = make(chan string, 1)
		whole := tnsRedirect(standIn(t, plain.serve), "(INSTANCE_NAME=(evil=1))")
		redirect := append(tns(5, 2, whole[8:10]), tns(6, 0, []byte{0, 0}, whole[10:])...)
		requirePassed(t, via(t, redirect, probe.Options{}), oracleSteps...)
		require.Contains(t, <-plain.asked, "(CONNECT_DATA=(SERVICE_NAME=orders)(CID=")
	})
	t.Run("a metadata service is not followed", func(t *testing.T) {
		t.Parallel()
		c := via(t, tnsRedirect(&net.TCPAddr{IP: net.IPv4(169, 254, 169, 254), Port: 80}, ""), probe.Options{})
		f := requireFailure(t, c, api.StepHandshake, "redirect.failed", "host")
		require.Equal(t, "169.254.169.254:80", f.Message.Args["peer"])
	})
	t.Run("an address that the policy refuses is not followed", func(t *testing.T) {
		t.Parallel()
		denied, err := probe.ParseRule("127.0.0.9/32")
		require.NoError(t, err)
		c := via(t, tnsRedirect(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 9), Port: node.(*net.TCPAddr).Port}, ""),
			probe.Options{Policy: probe.Policy{Deny: []probe.Rule{denied}}})
		requireFailure(t, c, api.StepHandshake, "redirect.failed", "host")
	})
	t.Run("no address", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, via(t, tns(5, 0, []byte{0, 1, 'x'}), probe.Options{}), api.StepHandshake, "redirect.failed", "host")
	})
	t.Run("one that sends on and on", func(t *testing.T) {
		t.Parallel()
		var addr net.Addr
		listener := newOracle()
		listener.listener = func(string) []byte { return tnsRedirect(addr, "") }
		addr = standIn(t, listener.serve)
		requireFailure(t, oracleLink.to(addr).check(t, prober(probe.Options{})), api.StepHandshake, "redirect.endless", "host")
	})
	t.Run("one that wants to hear it again", func(t *testing.T) {
		t.Parallel()
		server := newOracle()
		c := oracleLink.to(standIn(t, func(conn net.Conn) {
			readTNS(conn, false)
			_, _ = conn.Write(tns(11, 0))
			server.serve(conn)
		})).check(t, prober(probe.Options{}))
		requirePassed(t, c, oracleSteps...)
	})
}

func TestStandInsForOracleThatMeanHarm(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	ends := func(t *testing.T, serve func(net.Conn), step api.StepName) {
		c := oracleLink.to(standIn(t, serve)).check(t, p)
		requireFailure(t, c, step, "peer.garbled", "port")
	}
	accept := newOracle().accept()
	changed := func(at int, value byte) []byte {
		packet := append([]byte{}, accept...)
		packet[at] = value
		return packet
	}
	for name, packet := range map[string][]byte{
		"a packet shorter than its header":    {0, 7, 0, 0, 2, 0, 0, 0},
		"a packet of another kind":            tns(9, 0),
		"data before there is a session":      tns(6, 0, []byte{0, 0, 4}),
		"a call accepted in too few words":    tns(2, 0, []byte{1, 58}),
		"a call refused in too few words":     tns(4, 0),
		"a call sent on in too few words":     tns(5, 0),
		"a version of the future":             changed(8, 0xff),
		"packets too small for anything":      tns(2, 0, []byte{1, 58, 0, 0, 0, 64}, make([]byte, 32)),
		"one that wants it again for ever":    append(tns(11, 0), tns(11, 0)...),
		"a packet of data instead of address": append(tns(5, 0, []byte{0, 0}), tns(6, 0)...),
	} {
		t.Run("listener: "+name, func(t *testing.T) {
			t.Parallel()
			ends(t, says(string(packet)), api.StepHandshake)
		})
	}

	const huge = "\x08\x7f\xff\xff\xff\xff\xff\xff\xff" // a number
	protocol := "\x01\x06\x00x\x00\x69\x03\x01\x00\x00\x00\x0b" + strings.Repeat("\x00", 9) + "\x07\xd0"
	limits := "\x2d" + strings.Repeat("\x00", 7) + "\x0b" + strings.Repeat("\x00", 37) + "\x00"
	for name, messages := range map[string][]string{
		"another message":                     {"\x04\x00\x00"},
		"limits that are none":                {protocol + "\x02\x00\x00\x00"},
		"character sets out of bounds":        {"\x01\x06\x00x\x00\x69\x03\x01\x00\x00\x00\x0b" + strings.Repeat("\xff", 11) + limits},
		"a name without end":                  {"\x01\x06\x00" + strings.Repeat("x", 400)},
		"types that are another message":      {protocol + limits, "\x03"},
		"as many settings as there are atoms": {protocol + limits, "\x02\x00", "\x08" + huge + "\x09"},
		"a setting in pieces of any size":     {protocol + limits, "\x02\x00", "\x08\x01\x01\x01\x01\xfe\x01x\x01y\x00\x09"},
		"a number of 127 bytes":               {protocol + limits, "\x02\x00", "\x08\x7f"},
		"a message that nobody knows":         {protocol + limits, "\x02\x00", "\x63"},
		"errors of as many values":            {protocol + limits, "\x02\x00", "\x04\x00\x00" + strings.Repeat("\x00", 4+2+2+13) + huge},
		"a process with a name as long":       {protocol + limits, "\x02\x00", "\x17\x02" + huge + "\x00"},
		"no way to keep a password":           {protocol + limits, "\x02\x00", string(ttcEnd(11, 0, ""))},
		"a salt that is none":                 {protocol + limits, "\x02\x00", "\x08\x01\x01" + string(ttcPair("AUTH_VFR_DATA", "xyz", kept11G)) + string(ttcEnd(11, 0, ""))},
		"a key that is none":                  {protocol + limits, "\x02\x00", "\x08\x01\x01" + string(ttcPair("AUTH_VFR_DATA", "00", kept11G)) + string(ttcEnd(11, 0, ""))},
		"years of hashing":                    {protocol + "\x2d\x00\x00\x00\x00\x20\x00\x00\x0b" + strings.Repeat("\x00", 37) + "\x00", "\x02\x00", "\x08\x01\x02" + string(ttcPair("AUTH_VFR_DATA", "00", kept12C)) + string(ttcPair("AUTH_PBKDF2_VGEN_COUNT", "100000000", 0)) + string(ttcEnd(11, 0, ""))},
	} {
		t.Run("server: "+name, func(t *testing.T) {
			t.Parallel()
			ends(t, func(conn net.Conn) {
				server := newOracle()
				server.version = 314
				readTNS(conn, false)
				_, _ = conn.Write(server.accept())
				for _, message := range messages {
					readTNS(conn, false)
					_, _ = conn.Write(tns(6, 0, []byte{0, 0}, []byte(message)))
				}
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = conn.Read(make([]byte, 4096))
			}, api.StepSignIn)
		})
	}
	t.Run("server: a packet as long as there are bytes", func(t *testing.T) {
		t.Parallel()
		ends(t, func(conn net.Conn) {
			readTNS(conn, false)
			_, _ = conn.Write(append(newOracle().accept(), "\xff\xff\xff\xff\x06\x00\x00\x00\x00\x00"...))
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = conn.Read(make([]byte, 4096))
		}, api.StepSignIn)
	})
	t.Run("server: it says that it hangs up", func(t *testing.T) {
		t.Parallel()
		c := oracleLink.to(standIn(t, func(conn net.Conn) {
			server := newOracle()
			server.version = 314
			readTNS(conn, false)
			_, _ = conn.Write(server.accept())
			readTNS(conn, false)
			_, _ = conn.Write(tns(6, 0, []byte{0, 0x40}))
			_, _ = conn.Read(make([]byte, 4096))
		})).check(t, p)
		requireFailure(t, c, api.StepSignIn, "dropped", "")
	})
}
