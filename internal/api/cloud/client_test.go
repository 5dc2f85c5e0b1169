package cloud_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// pair creates something, and removes it again by what is in the answer.
type pair struct {
	create, body, remove, param string
	more                        []string
	id                          func(body map[string]any) string
}

var pairs = map[wire.API]pair{
	wire.CDM: {
		"CreateLink", `{"links":[{"name":"orders","connector-name":"dis-connector","link-config-values":{"configs":[{"name":"linkConfig","inputs":[
			{"name":"linkConfig.region","value":"cn-north-4"},{"name":"linkConfig.ak","value":"AK"},{"name":"linkConfig.sk","value":"SK"},
			{"name":"linkConfig.projectId","value":"0a1b2c3d4e5f60718293a4b5c6d7e8f9"}]}]}}]}`,
		"DeleteLink", "link",
		[]string{"cluster", "default"}, func(map[string]any) string { return "orders" },
	},
	wire.DLI: {
		"CreateQueue", `{"queue_name":"loads","queue_type":"general","cu_count":16,"charging_mode":1}`, "DeleteQueue", "queue", nil,
		func(map[string]any) string { return "loads" },
	},
	wire.FunctionGraph: {
		"CreateFunction", `{"func_name":"hello","package":"default","runtime":"Node.js18.15","handler":"index.handler","memory_size":128,"timeout":3,
			"code_type":"inline","func_code":{"file":"ZXhwb3J0cy5oYW5kbGVyPTE="}}`,
		"DeleteFunction", "function", nil, func(b map[string]any) string {
			return strings.TrimSuffix(b["func_urn"].(string), ":latest")
		},
	},
	wire.VPCEP: {
		"CreateEndpointService", `{"vpc_id":"4189d3c2-8882-4871-a3c2-d380272eed88","port_id":"4189d3c2-8882-4871-a3c2-d380272eed80","service_name":"s",
			"server_type":"VM","approval_enabled":false,"ports":[{"client_port":80,"server_port":80,"protocol":"TCP"}]}`,
		"DeleteEndpointService", "service", nil, func(b map[string]any) string { return b["id"].(string) },
	},
	wire.CSBS: {
		"CreatePolicy", `{"policy":{"name":"nightly","provider_id":"fc4d5750-22e7-4798-8a46-f48f62c4c1da","parameters":{"common":{}},
			"resources":[],"scheduled_operations":[]}}`,
		"DeletePolicy", "policy", nil, func(b map[string]any) string { return b["policy"].(map[string]any)["id"].(string) },
	},
}

// Both ways to be known, and both ways to send: the SDK has no CSBS, and not all of DLI.
func TestEveryServiceIsToldToCreateAndToDelete(t *testing.T) {
	t.Parallel()
	w := start(t)
	for way, d := range map[string]api.BackendDraft{"access key": w.draft(), "sign-in": w.signingIn()} {
		c := client(w.quick(), d)
		for service, p := range pairs {
			answer, err := c.Do(t.Context(), w.call(p.create, p.body, p.more...))
			if service == wire.CDM { // the check of a link asks a system that is not there
				require.Equal(t, api.Invalid, api.CodeOf(err), "%s: %v", way, err)
				continue
			}
			require.NoError(t, err, "%s: %s", way, p.create)
			var body map[string]any
			require.NoError(t, json.Unmarshal(answer.Body, &body))
			_, err = c.Do(t.Context(), w.call(p.remove, "", append(slices.Clone(p.more), p.param, p.id(body))...))
			require.NoError(t, err, "%s: %s", way, p.remove)
		}
	}
}

func TestEveryListIsRead(t *testing.T) {
	t.Parallel()
	w := start(t)
	for way, d := range map[string]api.BackendDraft{"access key": w.draft(), "sign-in": w.signingIn()} {
		c := client(w.quick(), d)
		for _, operation := range []string{
			"KeystoneListProjects", "ListLinks", "ListDatasourceConnections", "ListQueues", "ListFunctions", "ListEndpointService", "ListQuotaDetails",
			"ListEndpoints", "ListPolicies", "ListCheckpointItems", "CountCheckpointItems", "ShowReplicationCapabilities", "ListReplicationRecords",
		} {
			answer, err := c.Do(t.Context(), w.call(operation, "", "cluster", "default"))
			require.NoError(t, err, "%s: %s", way, operation)
			require.True(t, json.Valid(answer.Body), operation)
			require.NotZero(t, answer.Took)
		}
	}
}

func TestAQueryArrives(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := client(w.quick(), w.draft())
	for _, operation := range []string{"ListEndpointService", "ListPolicies", "ListQueues"} {
		call := w.call(operation, "")
		call.Query = url.Values{"limit": {"1"}, "name": {"a b+c/é"}}
		_, err := c.Do(t.Context(), call)
		require.NotEqual(t, api.Forbidden, api.CodeOf(err), "%s: the signature holds", operation)
		require.NoError(t, err, operation)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := client(w.quick(), w.draft())
	for operation, params := range map[string][]string{
		"ShowLink":           {"cluster", "default", "link", "gone"},
		"ShowQueue":          {"queue", "gone"},
		"ShowFunctionConfig": {"function", "urn:fss:" + region + ":" + w.project.ID + ":function:default:gone"},
		"ListServiceDetails": {"service", "4189d3c2-8882-4871-a3c2-d380272eed88"},
		"ShowPolicy":         {"policy", "4189d3c2-8882-4871-a3c2-d380272eed88"},
	} {
		_, err := c.Do(t.Context(), w.call(operation, "", params...))
		require.Equal(t, api.NotFound, api.CodeOf(err), "%s: %v", operation, err)
	}
}

func TestANameThatWouldMakeAnotherPathIsNotSent(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := client(w.quick(), w.draft())
	for _, name := range []string{"", ".", "..", "a/b", "{cluster_id}"} {
		_, err := c.Do(t.Context(), w.call("DeleteLink", "", "cluster", "default", "link", name))
		require.Equal(t, api.Invalid, api.CodeOf(err), "%q", name)
	}
	_, err := c.Do(t.Context(), w.call("ShowLink", "", "cluster", "default", "link", "a b%2Fé?x=1#:cluster"))
	require.Equal(t, api.NotFound, api.CodeOf(err), "it stands for itself, and the signature holds: %v", err)
}

func TestATokenIsKeptAndRenewedOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.signingIn()
	d.Base = p.url()
	c := client(w.quick(), d)
	for range 3 {
		_, err := c.Do(t.Context(), w.call("ListQueues", ""))
		require.NoError(t, err)
	}
	require.Equal(t, 1, p.count("POST /v3/auth/tokens"), "one token for all calls")

	p.next(says(401, `{"error_msg":"Incorrect IAM authentication information: token expires","error_code":"APIGW.0301"}`))
	_, err := c.Do(t.Context(), w.call("CreateQueue", pairs[wire.DLI].body))
	require.NoError(t, err, "also a create: nothing was done before")
	require.Equal(t, 2, p.count("POST /v3/auth/tokens"))

	refused := says(401, `{"error_msg":"no","error_code":"APIGW.0301"}`)
	p.next(refused, pass, refused)
	_, err = c.Do(t.Context(), w.call("ListQueues", ""))
	require.Equal(t, api.Forbidden, api.CodeOf(err), "once, and not for ever")
	require.Equal(t, 3, p.count("POST /v3/auth/tokens"))
}

func TestAWrongPasswordIsNotTriedAgainUntilLater(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.signingIn()
	d.Base, d.Secret = p.url(), api.NewSecret("not-the-password-1")
	now := time.Now()
	o := w.quick()
	o.Now = func() time.Time { return now }
	c := client(o, d)
	for range 5 {
		_, err := c.Do(t.Context(), w.call("ListQueues", ""))
		e := said(t, err)
		require.Equal(t, "cloud.credential", e.Message.Key)
	}
	require.Equal(t, 1, p.count("POST /v3/auth/tokens"), "accounts are locked after a few")
	now = now.Add(time.Hour)
	_, err := c.Do(t.Context(), w.call("ListQueues", ""))
	require.Error(t, err)
	require.Equal(t, 2, p.count("POST /v3/auth/tokens"))
	require.Empty(t, p.others("POST /v3/auth/tokens"), "nothing else was asked")
}

func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	w := start(t)
	c := client(w.quick(), w.draft())
	before, _ := w.prober.Dialled()
	for range 5 {
		_, err := c.Do(t.Context(), w.call("ListQueues", ""))
		require.NoError(t, err)
		_, err = c.Do(t.Context(), w.call("ListPolicies", ""))
		require.NoError(t, err)
	}
	after, _ := w.prober.Dialled()
	require.EqualValues(t, 1, after-before)
}

func TestWhatIsTooFastIsNotSent(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.draft()
	d.Base = p.url()
	o := w.quick()
	o.PerSecond, o.Burst = 0.001, 2
	c := client(o, d)
	for range 2 {
		_, err := c.Do(t.Context(), w.call("ListQueues", ""))
		require.NoError(t, err)
	}
	_, err := c.Do(t.Context(), w.call("CreateQueue", pairs[wire.DLI].body))
	require.Equal(t, "cloud.late", said(t, err).Message.Key)
	require.False(t, inDoubt(err))
	sent, _ := p.counts()
	require.Equal(t, 2, sent)
}

func TestManyAtOnceSignInOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.signingIn()
	d.Base = p.url()
	c := client(w.quick(), d)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = c.Do(t.Context(), w.call("ListQueues", "")) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, 1, p.count("POST /v3/auth/tokens"))
}
