package wire

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

const canary = "canary-in-a-coal-mine-99"

// orders is a draft of a link, with a secret.
func orders() api.LinkDraft {
	d := apitest.MySQLDraft("orders")
	d.Secrets["linkConfig.password"] = api.NewSecret(canary)
	return d
}

func (st *stage) link(t *testing.T, d api.LinkDraft) api.Link {
	t.Helper()
	link, err := st.Service.CreateLink(t.Context(), st.s, d, api.Shape)
	require.NoError(t, err)
	return link
}

var linkExamples = []example{
	{"a link is created", func(*testing.T, *stage) api.Deed {
		d := orders()
		d.Extended = &api.Extended{Name: "linkConfig.extendedFields", Value: canary}
		return api.CreateLink{Draft: d, Depth: api.Shape}
	}},
	{"a link is created in a cluster, not enabled, with properties", func(*testing.T, *stage) api.Deed {
		d := orders()
		d.Cluster, d.Enabled = "6ec9a0a4-76be-4262-8697-e7af1fac7920", false
		d.Inputs["linkConfig.jdbcProperties"] = `{"connectTimeout":"100","characterEncoding":"utf-8"}`
		return api.CreateLink{Draft: d, Depth: api.Shape}
	}},
	{"a link is replaced, its secret stays", func(t *testing.T, st *stage) api.Deed {
		link := st.link(t, orders())
		d := orders()
		d.ID, d.Name, d.Secrets, d.Enabled = link.ID, "orders_2", nil, false
		d.Inputs["linkConfig.database"] = "stock"
		return api.UpdateLink{Draft: d, Depth: api.Shape}
	}},
	{"a link is replaced, with a new secret", func(t *testing.T, st *stage) api.Deed {
		d := orders()
		d.ID = st.link(t, orders()).ID
		d.Inputs["linkConfig.host"] = "other.example.com"
		d.Secrets["linkConfig.password"] = api.NewSecret(`canary "quoted" <é>`)
		return api.UpdateLink{Draft: d, Depth: api.Shape}
	}},
	{"a link is disabled", func(t *testing.T, st *stage) api.Deed {
		return api.EnableLink{ID: st.link(t, orders()).ID}
	}},
	{"a link is deleted", func(t *testing.T, st *stage) api.Deed {
		return api.DeleteLink{ID: st.link(t, orders()).ID}
	}},
}

// What is sent in the place of variables is what was typed.
func TestSecretsOfCallsArrive(t *testing.T) {
	t.Parallel()
	var arrived api.LinkDraft
	w := start(t, func(o *Options) {
		o.Service = replaced{Service: o.Service, create: func(_ context.Context, _ api.Scope, d api.LinkDraft, _ api.Depth) (api.Link, error) {
			arrived = d
			return api.Link{Name: d.Name}, nil
		}}
	})
	st := &stage{world: w, s: api.Scope{Project: w.project.ID}}
	d := apitest.ExampleDraft("obs", "store")
	d.Extended = &api.Extended{Name: "linkConfig.extendedFields", Value: "eyL1"}
	require.NotEmpty(t, d.Secrets)
	calls, err := CallsOf(t.Context(), w.server.Service, st.s, st.place(), api.CreateLink{Draft: d})
	require.NoError(t, err)
	require.Len(t, calls, 1)
	requireSecretsApart(t, calls)
	require.Contains(t, calls[0].Secrets, "EXTENDED_CONFIGS")
	_, body, err := calls[0].Request(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, 200, w.signed("POST", calls[0].URL(), string(body)).Code)
	require.Equal(t, d.Secrets, arrived.Secrets)
	require.Equal(t, d.Extended, arrived.Extended)
}

// A form that is not filled in yet, and a clone, show where secrets go: the dialect
// never tells them.
func TestNewLinksShowWhereSecretsGo(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "clones")
	d := orders()
	d.From, d.Name, d.Secrets = st.link(t, orders()).ID, "copy", nil
	for _, deed := range []api.Deed{api.CreateLink{Draft: d}, api.CreateLink{Draft: api.LinkDraft{Connector: "sftp-connector"}}} {
		calls, err := CallsOf(t.Context(), w.Service, st.s, st.place(), deed)
		require.NoError(t, err)
		require.Equal(t, map[string]api.Secret{"PASSWORD": {}}, calls[0].Secrets)
	}
	d.From = "unknown"
	_, err := CallsOf(t.Context(), w.Service, st.s, st.place(), api.CreateLink{Draft: d})
	require.Equal(t, api.NotFound, api.CodeOf(err))
}

func TestASecretThatIsTakenAwayIsSentAsNone(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "unset")
	d := orders()
	d.ID = st.link(t, d).ID
	d.Secrets = map[string]api.Secret{"linkConfig.password": {}}
	calls, err := CallsOf(t.Context(), w.Service, st.s, st.place(), api.UpdateLink{Draft: d})
	require.NoError(t, err)
	require.Empty(t, calls[0].Secrets)
	require.Contains(t, string(calls[0].Body), `{"name":"linkConfig.password","value":""}`)
}

func TestVariablesHaveNamesOfTheirInputs(t *testing.T) {
	t.Parallel()
	for input, name := range map[string]string{
		"linkConfig.password": "PASSWORD", "linkConfig.accessKey": "ACCESS_KEY", "secret": "SECRET", "linkConfig.AK": "AK",
		"a.b c-d": "B_C_D", "": "SECRET", "x.": "SECRET", "9": "SECRET", "密码": "SECRET", "key2Name": "KEY2_NAME",
	} {
		require.Equal(t, name, VariableName(input), input)
	}
	vars := variables{}
	require.Equal(t, []Variable{"KEY", "KEY_2", "KEY_3"},
		[]Variable{vars.of("a.key", api.Secret{}), vars.of("b.key", api.Secret{}), vars.of("Key", api.Secret{})})
}
