package probe_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// greet greets addresses as a service's.
func greet(t *testing.T, p *probe.Prober, service string, addresses ...string) probe.Greeting {
	t.Helper()
	return p.Greet(t.Context(), probe.GreetTarget{Service: service, Addresses: addresses}, nil)
}

func stepNames(c api.Check) []api.StepName {
	var names []api.StepName
	for _, s := range c.Steps {
		names = append(names, s.Name)
	}
	return names
}

func TestRealServersAreGreeted(t *testing.T) {
	t.Parallel()
	maria, postgres := testserver.MariaDB(t).Addr(), testserver.PostgreSQL(t).Addr()
	for name, c := range map[string]struct{ service, address, found string }{
		"ZooKeeper behind CloudTable": {"CloudTable", testserver.ZooKeeper(t).Addr(), "ZooKeeper 3."},
		"MariaDB behind RDS":          {"RDS", maria, "MariaDB"},
		"PostgreSQL behind RDS":       {"RDS", postgres, "PostgreSQL"},
		"PostgreSQL behind DWS":       {"DWS", postgres, "PostgreSQL"},
		"PostgreSQL with TLS":         {"DWS", testserver.PostgreSQL(t, testserver.TLS()).Addr(), "PostgreSQL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := greet(t, prober(probe.Options{}), c.service, c.address)
			requirePassed(t, g.Check, api.StepResolve, api.StepConnect, api.StepHandshake)
			require.Contains(t, find(t, g.Check, api.StepHandshake).Found, c.found)
			require.Equal(t, []string{c.address}, g.Answered)
			require.Empty(t, g.Check.Steps[0].At, "there is only one")
		})
	}
}

func TestTheWrongServerIsNamed(t *testing.T) {
	t.Parallel()
	maria, postgres, zookeeper := testserver.MariaDB(t).Addr(), testserver.PostgreSQL(t).Addr(), testserver.ZooKeeper(t).Addr()
	web := answers(t, http.StatusOK, "hello").Listener.Addr().String()
	ssh := standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n")).String()
	for _, c := range []struct{ name, service, address, reason, peer string }{
		{"MariaDB for DWS", "DWS", maria, "peer.other", "MySQL"},
		{"MariaDB for CloudTable", "CloudTable", maria, "peer.other", "MySQL"},
		{"MariaDB for CSS", "CSS", maria, "peer.other", "MySQL"},
		{"MariaDB for OpenTSDB", "MRS.OpenTSDB", maria, "peer.other", "MySQL"},
		{"a web server for DWS", "DWS", web, "peer.other", "HTTP"},
		{"another web server for CSS", "CSS", web, "web.unexpected", ""},
		{"another web server for OpenTSDB", "CloudTable.OpenTSDB", web, "web.unexpected", ""},
		{"ZooKeeper for DWS", "DWS", zookeeper, "peer.closed", ""},
		{"stand-in for SSH for RDS", "RDS", ssh, "peer.other", "SSH"},
		{"stand-in for SSH for CloudTable", "CloudTable", ssh, "peer.other", "SSH"},
		{"PostgreSQL for CSS", "CSS", postgres, "peer.closed", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := greet(t, prober(probe.Options{Timeout: 40 * little}), c.service, c.address)
			require.Equal(t, api.Failed, g.Check.Status, "%+v", g.Check)
			f := g.Check.Failure()
			require.Equal(t, api.StepHandshake, f.Name, "%+v", f)
			require.Equal(t, "check."+c.reason, f.Message.Key)
			require.Equal(t, "url", f.Path)
			if c.peer != "" {
				require.Equal(t, c.peer, f.Message.Args["peer"])
			}
			require.Empty(t, g.Answered)
		})
	}
}

func TestRDSMayBeEitherDatabase(t *testing.T) {
	t.Parallel()
	greeting := packet(0, mysqlGreeting(can41, "mysql_native_password"))
	late := func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 8)) // it is asked in PostgreSQL's way before it has said anything
		says(greeting)(conn)
	}
	for name, c := range map[string]struct {
		serve  func(net.Conn)
		status api.Status
		want   string
	}{
		"stand-in for a MySQL that is slow to greet":              {late, api.Passed, "MySQL"},
		"stand-in for a MySQL that does not know our address":     {says(packet(0, mysqlRefusal(1130, "Host is not allowed"))), api.Warned, "check.host.not_allowed"},
		"stand-in for a MySQL that has blocked our address":       {says(packet(0, mysqlRefusal(1129, "Host is blocked"))), api.Warned, "check.host.blocked"},
		"stand-in for a MySQL that takes no more connections":     {says(packet(0, mysqlRefusal(1040, "Too many connections"))), api.Failed, "check.server.too_many_connections"},
		"stand-in for a PostgreSQL that says no to TLS":           {func(c net.Conn) { _, _ = c.Read(make([]byte, 8)); says("N")(c) }, api.Passed, "PostgreSQL"},
		"stand-in for a MySQL":                                    {says(greeting), api.Passed, "MySQL 8.0.36"},
		"stand-in for a server that says nothing that means much": {says(strings.Repeat("\x00", 40)), api.Failed, "check.peer.garbled"},
		"stand-in for a server that hangs up":                     {func(net.Conn) {}, api.Failed, "check.peer.closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := greet(t, prober(probe.Options{}), "RDS", standIn(t, c.serve).String())
			require.Equal(t, c.status, g.Check.Status, "%+v", g.Check)
			step := find(t, g.Check, api.StepHandshake)
			if step.Status == api.Passed {
				require.Equal(t, c.want, step.Found)
			} else {
				require.Equal(t, c.want, step.Message.Key)
			}
		})
	}
}

func TestWebServicesAreGreeted(t *testing.T) {
	t.Parallel()
	const version = `{"version":"2.4.1","host":"tsdb"}`
	for name, c := range map[string]struct {
		service string
		handler http.Handler
		tls     bool
		found   string
	}{
		"stand-in for Elasticsearch":              {"CSS", fakeSearch{product: elastic7}, false, "Elasticsearch 7.10.2, http://"},
		"stand-in for OpenSearch over HTTPS":      {"CSS", fakeSearch{product: openSearch}, true, "OpenSearch 2.11.0, https://"},
		"stand-in for Elasticsearch that asks":    {"CSS", fakeSearch{product: elastic7, password: "x"}, false, "http://"},
		"stand-in for OpenTSDB of CloudTable":     {"CloudTable.OpenTSDB", answers(t, http.StatusOK, version).Config.Handler, false, "OpenTSDB 2.4.1"},
		"stand-in for OpenTSDB of MRS over HTTPS": {"MRS.OpenTSDB", answers(t, http.StatusOK, version).Config.Handler, true, "OpenTSDB 2.4.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, options, want := httptest.NewServer(c.handler), probe.Options{}, []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake}
			t.Cleanup(s.Close)
			if c.tls {
				s = overTLS(t, c.handler)
				options.Roots = rootsOf(s)
				want = []api.StepName{api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake}
			}
			g := greet(t, prober(options), c.service, s.Listener.Addr().String())
			requirePassed(t, g.Check, want...)
			require.Contains(t, find(t, g.Check, api.StepHandshake).Found, c.found)
		})
	}
}

func TestOfSeveralAddressesOneIsEnough(t *testing.T) {
	t.Parallel()
	good, closed := testserver.ZooKeeper(t).Addr(), testserver.ClosedAddr(t).String()
	p := prober(probe.Options{})
	var asked atomic.Int64
	g := p.Greet(t.Context(), probe.GreetTarget{Service: "CloudTable", Addresses: []string{closed, good}}, func() { asked.Add(1) })
	require.Equal(t, api.Warned, g.Check.Status)
	require.Nil(t, g.Check.Failure(), "what is not needed has not failed")
	require.Equal(t, []string{good}, g.Answered)
	require.EqualValues(t, 2, asked.Load())
	require.Equal(t, []api.StepName{
		api.StepResolve, api.StepConnect, api.StepHandshake, api.StepResolve, api.StepConnect, api.StepHandshake,
	}, stepNames(g.Check))
	refused := g.Check.Steps[1]
	require.Equal(t, closed, refused.At)
	require.Equal(t, api.Warned, refused.Status)
	require.Equal(t, "check.connect.refused", refused.Message.Key)
	require.Equal(t, api.Skipped, g.Check.Steps[2].Status)
	require.Equal(t, good, g.Check.Steps[5].At)
	require.Equal(t, api.Passed, g.Check.Steps[5].Status)

	none := greet(t, p, "CloudTable", closed, testserver.ClosedAddr(t).String())
	require.Equal(t, api.Failed, none.Check.Status)
	require.Equal(t, closed, none.Check.Failure().At)
	all := greet(t, p, "CloudTable", good, strings.Replace(good, "127.0.0.1", "localhost", 1))
	require.Equal(t, api.Passed, all.Check.Status, "%+v", all.Check)
	require.Len(t, all.Answered, 2)
}

func TestAGreetingTakesNoLongerThanACheck(t *testing.T) {
	t.Parallel()
	silent := func() string { return standIn(t, says("")).String() }
	began := time.Now()
	g := greet(t, prober(probe.Options{Timeout: 2 * little, Concurrency: 1}), "CloudTable", silent(), silent(), silent(), silent())
	require.Equal(t, api.Failed, g.Check.Status)
	require.Less(t, time.Since(began), 6*little, "one after the other would take longer")
}

func TestAFewAddressesAreGreetedAtATimeAndEachHasItsTurn(t *testing.T) {
	t.Parallel()
	met := make(chan net.Conn, 100)
	silent := func(conn net.Conn) { met <- conn; says("")(conn) }
	var addresses []string
	for range 15 {
		addresses = append(addresses, standIn(t, silent).String())
	}
	good := testserver.ZooKeeper(t).Addr()
	p := prober(probe.Options{Timeout: 8 * little})
	greeted := make(chan probe.Greeting)
	began := time.Now()
	go func() {
		greeted <- p.Greet(context.Background(), probe.GreetTarget{Service: "CloudTable", Addresses: append(addresses, good)}, nil)
	}()
	var first []net.Conn
	for range 4 {
		first = append(first, <-met)
	}
	select {
	case <-met:
		require.Less(t, little, time.Since(began), "there are four at a time")
	case <-time.After(little / 2):
	}
	for _, conn := range first {
		_ = conn.Close()
	}
	g := <-greeted
	require.Equal(t, []string{good}, g.Answered, "it is the last of them, and has its turn")
	require.Less(t, time.Since(began), 9*little)
}

func TestAGreetingTakesASlotOfItsProject(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Timeout: 2 * little, Concurrency: 2, PerProject: 1})
	asked, end := make(chan bool), make(chan bool)
	busy := standIn(t, func(net.Conn) { asked <- true; <-end }).String()
	ended := make(chan probe.Greeting)
	go func() {
		ended <- p.Greet(context.Background(), probe.GreetTarget{Project: "mine", Service: "RDS", Addresses: []string{busy}}, nil)
	}()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), little/10)
	defer cancel()
	g := p.Greet(ctx, probe.GreetTarget{Project: "mine", Service: "RDS", Addresses: []string{"127.0.0.1:1", "127.0.0.1:2"}}, nil)
	require.Equal(t, "check.busy", g.Check.Failure().Message.Key)
	require.Len(t, g.Check.Steps, 3, "it is not about an address")
	close(end)
	<-ended
}

func TestServersThatMeanHarmEndTheGreetingAndNothingElse(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Timeout: 10 * little, Concurrency: 100, PerProject: 100})
	for name, serve := range map[string]func(net.Conn){
		"hangs up":                  func(net.Conn) {},
		"says zeros":                says(strings.Repeat("\x00", 9000)),
		"says what means nothing":   says(strings.Repeat("\xfe\x01\x7f", 3000)),
		"has a greeting cut short":  says(packet(0, "\x0a8.0.36\x00\x01\x00")),
		"has an endless greeting":   says("\xff\xff\xff\x00\x0a"),
		"has an error cut short":    says(packet(0, "\xff")),
		"has a frame of length -1":  says("\xff\xff\xff\xff\x00"),
		"says yes and goes on":      says("Sure, what else?\r\n"),
		"answers with half a line":  says("HTTP/1.1 2"),
		"has an endless header":     says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20)),
		"has JSON that is not ours": says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"),
		"sends us elsewhere":        says("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"),
	} {
		for _, service := range api.ConnectionServices {
			t.Run("stand-in that "+name+": "+service.Name, func(t *testing.T) {
				t.Parallel()
				g := greet(t, p, service.Name, standIn(t, serve).String())
				require.Equal(t, api.Failed, g.Check.Status, "%+v", g.Check)
				f := g.Check.Failure()
				require.Contains(t, []api.StepName{api.StepHandshake, api.StepTLS}, f.Name)
				require.True(t, f.Message.Key != "check.unexpected" || strings.Contains(f.Detail, "sent more"), "%+v", f)
			})
		}
	}
}

func TestWhatAServerSaysOfItselfIsTextOfOneLine(t *testing.T) {
	t.Parallel()
	version := "8.0\x1b[31m\r\n\u202e" + strings.Repeat("long", 200)
	greeting := packet(0, strings.Replace(mysqlGreeting(can41, ""), "8.0.36", version, 1))
	g := greet(t, prober(probe.Options{}), "RDS", standIn(t, says(greeting)).String())
	found := find(t, g.Check, api.StepHandshake).Found
	require.True(t, strings.HasPrefix(found, "MySQL 8.0 [31m long"), found)
	require.LessOrEqual(t, len([]rune(found)), 200)
}

func TestAServiceThatNobodyKnowsIsFormOnly(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	require.Equal(t, api.FormOnly, greet(t, p, "Oracle", "127.0.0.1:1").Check.Status)
	require.Equal(t, api.FormOnly, greet(t, p, "RDS").Check.Status)
	bad := greet(t, p, "RDS", "nonsense")
	require.Equal(t, "check.input", bad.Check.Failure().Message.Key)
}
