package probe_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// ailing is a connection to addresses of a service.
func ailing(service string, addresses ...string) probe.DiagnosisTarget {
	return probe.DiagnosisTarget{Project: "mine", Connection: api.ConnectionDraft{
		Name: "orders", Service: service, URL: strings.Join(addresses, ","),
		SecurityGroupID: "8d1a0b5c-1f0e-4d3b-9a51-2f6c7d8e9f01", NetworkID: "0c9b8a7f-2222-4b1e-8c3d-4e5f60718293",
	}}
}

func queueNetwork(name, network string) probe.QueueNetwork {
	return probe.QueueNetwork{Queue: name, Network: netip.MustParsePrefix(network)}
}

// verdicts are the steps of a diagnosis in short: name, status and reason.
func verdicts(c api.Check) []string {
	var all []string
	for _, s := range c.Steps {
		text := string(s.Name) + " " + string(s.Status)
		if !s.Message.IsZero() {
			text += " " + s.Message.Key
		}
		all = append(all, text)
	}
	return all
}

func TestADiagnosisLooksAtEverything(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	target := ailing("RDS", testserver.MariaDB(t).Addr())
	target.Queues = []probe.QueueNetwork{queueNetwork("etl", "172.16.0.0/18")}
	c := p.Diagnose(t.Context(), target)
	require.Equal(t, []string{
		"address_form passed", "names warned check.names.loopback", "ports passed", "protocol passed", "route passed",
		"queue_range passed", "network passed",
	}, verdicts(c))
	require.Equal(t, api.Warned, c.Status)
	for _, s := range c.Steps {
		require.NotEmpty(t, s.Found, "%s has no evidence", s.Name)
		require.Empty(t, s.At)
	}
	require.Contains(t, find(t, c, api.StepProtocol).Found, "MariaDB")
	require.Contains(t, find(t, c, api.StepRoute).Found, " ms")
	require.Equal(t, "etl 172.16.0.0/18", find(t, c, api.StepQueueRange).Found)
}

func TestADiagnosisGoesOnAfterACause(t *testing.T) {
	t.Parallel()
	resolver := name("zk.example.com", "127.0.0.1")
	resolver.err = &net.DNSError{Err: "no such host", IsNotFound: true}
	closed := testserver.ClosedAddr(t)
	p := prober(probe.Options{Resolver: resolver, Policy: probe.Policy{Deny: rules(t, "127.0.0.3,10.0.0.0/8,8.8.8.8")}})
	for name, c := range map[string]struct {
		target probe.DiagnosisTarget
		want   string
	}{
		"a name that does not exist": {
			ailing("DWS", "nope.example.com:8000"),
			"names failed check.resolve.unknown, ports skipped, protocol skipped, route skipped, network passed",
		},
		"a port that nobody listens on": {
			ailing("DWS", closed.String()),
			"names warned check.names.loopback, ports failed check.connect.refused, protocol skipped, route skipped, network passed",
		},
		"an address that must not be reached": {
			ailing("DWS", "127.0.0.3:8000"),
			"names warned check.names.loopback, ports failed check.connect.unreachable, protocol skipped, route skipped, network passed",
		},
		"a public address": {
			ailing("DWS", "8.8.8.8:8000"),
			"names warned check.names.public, ports failed check.connect.unreachable, protocol skipped, route skipped, network passed",
		},
		"another service on the port": {
			ailing("DWS", testserver.MariaDB(t).Addr()),
			"names warned check.names.loopback, ports passed, protocol failed check.peer.other, route passed, network passed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := p.Diagnose(t.Context(), c.target)
			require.Equal(t, api.Failed, got.Status)
			steps := strings.Join(verdicts(got), ", ")
			steps = strings.TrimPrefix(steps, "address_form passed, ")
			steps = strings.Replace(steps, "queue_range skipped check.range.no_queue, ", "", 1)
			require.Equal(t, c.want, steps)
			for _, s := range got.Steps {
				require.Contains(t, []string{"", "url"}, s.Path)
				require.Equal(t, s.Message.IsZero(), s.Hint.IsZero(), "%+v", s)
			}
		})
	}
}

func TestAServiceThatSaysNothingIsNotFarAway(t *testing.T) {
	t.Parallel()
	for _, service := range api.ConnectionServices {
		t.Run(service.Name, func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{Timeout: 2 * little})
			target := ailing(service.Name, standIn(t, says("")).String())
			c := p.Diagnose(t.Context(), target)
			require.Equal(t, api.Passed, find(t, c, api.StepPorts).Status)
			require.Less(t, find(t, c, api.StepPorts).Took, little, "to wait is not to connect")
			require.Equal(t, "check.peer.silent", find(t, c, api.StepProtocol).Message.Key)
			route := find(t, c, api.StepRoute)
			require.Equal(t, api.Passed, route.Status, "%+v", route)
			require.Less(t, route.Took, little)
		})
	}
}

func TestADiagnosisOfSeveralAddressesNamesEach(t *testing.T) {
	t.Parallel()
	good, closed := testserver.ZooKeeper(t).Addr(), testserver.ClosedAddr(t).String()
	c := prober(probe.Options{}).Diagnose(t.Context(), ailing("CloudTable", good, closed))
	require.Equal(t, []string{
		"address_form passed",
		"names warned check.names.loopback", "names warned check.names.loopback",
		"ports passed", "ports warned check.connect.refused",
		"protocol passed", "protocol skipped",
		"route passed", "route skipped",
		"queue_range skipped check.range.no_queue", "network passed",
	}, verdicts(c))
	require.Equal(t, api.Warned, c.Status, "one is enough")
	require.Equal(t, good, c.Steps[3].At)
	require.Equal(t, closed, c.Steps[4].At)
}

func TestTheFormOfAnAddressIsDoubtedByItsPort(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Policy: probe.Policy{Deny: rules(t, "*")}})
	for address, peer := range map[string]string{
		"CloudTable 10.0.0.1:16010": "HBase Master Web UI", "CloudTable 10.0.0.1:60000": "HBase Master", "DWS 10.0.0.1:3306": "MySQL",
		"CSS 10.0.0.1:9300": "Elasticsearch (transport)", "RDS 10.0.0.1:8000": "DWS", "MRS.OpenTSDB 10.0.0.1:2181": "ZooKeeper",
		"RDS 10.0.0.1:5432": "", "DWS 10.0.0.1:5432": "", "CSS 10.0.0.1:443": "", "RDS 10.0.0.1:33061": "",
	} {
		service, url, _ := strings.Cut(address, " ")
		step := find(t, p.Diagnose(t.Context(), ailing(service, url)), api.StepAddressForm)
		if peer == "" {
			require.Equal(t, api.Passed, step.Status, address)
			continue
		}
		require.Equal(t, api.Warned, step.Status, address)
		require.Equal(t, "check.form.port", step.Message.Key)
		require.Equal(t, peer, step.Message.Args["peer"])
	}
}

func TestAnAddressInTheNetworkOfAQueue(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Resolver: name("db.example.com", "10.0.1.1", "172.16.3.4"), Policy: probe.Policy{Deny: rules(t, "*")}})
	target := ailing("DWS", "db.example.com:8000")
	target.Queues = []probe.QueueNetwork{queueNetwork("adhoc", "192.168.0.0/16"), queueNetwork("etl", "172.16.0.0/18")}
	for bound, want := range map[bool]string{false: "queue_range warned check.range.unbound", true: "queue_range failed check.range.bound"} {
		target.Bound = bound
		c := p.Diagnose(t.Context(), target)
		require.Contains(t, verdicts(c), want)
		step := find(t, c, api.StepQueueRange)
		require.Equal(t, map[string]any{"peer": "172.16.3.4", "queue": "etl", "network": "172.16.0.0/18"}, step.Message.Args)
	}
	unknown := ailing("DWS", "nope.example.com:8000")
	unknown.Queues = target.Queues
	p = prober(probe.Options{Resolver: &fakeResolver{err: &net.DNSError{IsNotFound: true}}})
	require.Contains(t, verdicts(p.Diagnose(t.Context(), unknown)), "queue_range skipped check.range.unknown")
}

func TestIDsThatAreNoneAreFoundByADiagnosis(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Policy: probe.Policy{Deny: rules(t, "*")}})
	target := ailing("DWS", "10.0.0.1:8000")
	target.Connection.SecurityGroupID, target.Connection.NetworkID = "default", "vpc-1a2b"
	c := p.Diagnose(t.Context(), target)
	require.Equal(t, []string{
		"network failed connection.security_group_name", "network failed connection.network_vpc",
	}, verdicts(c)[len(c.Steps)-2:])
}

func TestADiagnosisThatFindsNoSlotStillJudgesTheForm(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{Timeout: 2 * little, Concurrency: 1})
	asked, end := make(chan bool), make(chan bool)
	busy := standIn(t, func(net.Conn) { asked <- true; <-end }).String()
	ended := make(chan bool)
	go func() {
		p.Greet(context.Background(), probe.GreetTarget{Service: "RDS", Addresses: []string{busy}}, nil)
		close(ended)
	}()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), little/10)
	defer cancel()
	c := p.Diagnose(ctx, ailing("DWS", "10.0.0.1:3306"))
	require.Equal(t, []string{
		"address_form warned check.form.port", "names failed check.busy", "ports skipped", "protocol skipped", "route skipped",
		"queue_range skipped check.range.no_queue", "network passed",
	}, verdicts(c))
	close(end)
	<-ended
}
