package wire

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/routing"
)

// rich is a draft of a function that says whatever can be said.
func rich() api.FunctionDraft {
	d := apitest.FunctionDraft("orders")
	d.Package, d.Upstream = "shop", "http://127.0.0.1:1/latest"
	d.Config.XRole, d.Config.AppXRole, d.Config.EnterpriseProject = "agency", "app-agency", "0"
	d.Config.Concurrency, d.Config.PerInstance = new(0), new(7)
	d.Config.Kept = map[string]string{"initializer_handler": `"index.init"`, "initializer_timeout": "9", "depend_version_list": `["a"]`}
	return d
}

// served is a function with versions v1 and v2.
func (st *stage) served(t *testing.T) api.Function {
	t.Helper()
	of := st.Service
	f, err := of.CreateFunction(t.Context(), st.s, rich())
	require.NoError(t, err)
	for _, name := range []string{"v1", "v2"} {
		_, err := of.SetUpstream(t.Context(), st.s, f.ID, api.LatestVersion, "http://127.0.0.1:1/"+name)
		require.NoError(t, err)
		_, err = of.PublishVersion(t.Context(), st.s, f.ID, api.VersionDraft{Name: name})
		require.NoError(t, err)
	}
	return f
}

func (st *stage) aliased(t *testing.T) api.Alias {
	t.Helper()
	alias, err := st.Service.CreateAlias(t.Context(), st.s, st.served(t).ID, api.AliasDraft{
		Name: "prod", Version: "v1", Description: new("what callers use"), Weights: []api.WeightDraft{{Version: "v2", Weight: "20"}},
		Sticky: &routing.Source{Type: "header", Param: "X-User"},
	})
	require.NoError(t, err)
	return alias
}

var functionExamples = []example{
	{"a function is created", func(*testing.T, *stage) api.Deed { return api.CreateFunction{Draft: rich()} }},
	{"a function is created that speaks HTTP, without code", func(*testing.T, *stage) api.Deed {
		return api.CreateFunction{Draft: api.FunctionDraft{
			Name: "web", Config: api.FunctionConfig{Runtime: api.RuntimeHTTP, Timeout: 3 * time.Second, MemoryMB: 128},
			Code: api.FunctionCode{Type: "obs", URL: "https://bucket.obs.example.com/code.zip"},
		}}
	}},
	{"all of a function is replaced", func(t *testing.T, st *stage) api.Deed {
		d := rich()
		d.Config = api.FunctionConfig{Runtime: "Node.js18.15", Handler: "main.handle", Timeout: 5 * time.Second, MemoryMB: 512, Type: "v2"}
		d.Code, d.File = api.FunctionCode{Type: "inline"}, []byte("exports.handle = () => 'other'")
		d.Upstream = ""
		return api.UpdateFunction{ID: st.served(t).ID, Draft: d}
	}},
	{"the configuration of a function is replaced", func(t *testing.T, st *stage) api.Deed {
		f := st.served(t)
		d := rich()
		d.File, d.Config.Description, d.Config.Concurrency, d.Upstream = nil, "", nil, "http://127.0.0.1:1/v2"
		d.Config.Kept["initializer_timeout"] = "10"
		return api.UpdateFunction{ID: f.ID, Draft: d}
	}},
	{"a function is deleted", func(t *testing.T, st *stage) api.Deed { return api.DeleteFunction{ID: st.aliased(t).Function.ID} }},
	{"a version is published", func(t *testing.T, st *stage) api.Deed {
		f, err := st.Service.CreateFunction(t.Context(), st.s, rich())
		require.NoError(t, err)
		return api.PublishVersion{Function: f.ID, Draft: api.VersionDraft{Name: "v1.0-a_b", Description: "the <first>", Digest: f.Latest.Code.Digest}}
	}},
	{"invocations of a version go elsewhere", func(t *testing.T, st *stage) api.Deed {
		return api.SetUpstream{Function: st.served(t).ID, Version: "v1", Upstream: "http://127.0.0.1:1/elsewhere?a=b&c"}
	}},
	{"a version is deleted, with its alias", func(t *testing.T, st *stage) api.Deed {
		f := st.served(t)
		_, err := st.Service.CreateAlias(t.Context(), st.s, f.ID, api.AliasDraft{Name: "old", Version: "v1"})
		require.NoError(t, err)
		return api.DeleteVersion{Function: f.ID, Version: "v1"}
	}},
}

var aliasExamples = []example{
	{"an alias is created with rules", func(t *testing.T, st *stage) api.Deed {
		return api.CreateAlias{Function: st.served(t).ID, Draft: api.AliasDraft{
			Name: "beta", Version: "v1", Description: new("for <us>"), Sticky: &routing.Source{Type: "cookie", Param: "id"},
			Strategies: []api.StrategyDraft{{Version: "v2", Combine: routing.Or, Rules: []routing.Rule{
				{Type: "Header", Param: "X-Team", Op: routing.In, Value: "qa,ops"}, {Type: "cookie", Param: "beta", Op: routing.Equal, Value: "yes"},
			}}},
		}}
	}},
	{"an alias gets another weight", func(t *testing.T, st *stage) api.Deed {
		return api.UpdateAlias{ID: st.aliased(t).ID, Draft: api.AliasDraft{
			Name: "prod", Version: "v1", Weights: []api.WeightDraft{{Version: "v2", Weight: "0"}},
		}}
	}},
	{"an alias leads to one version, and nothing is sticky", func(t *testing.T, st *stage) api.Deed {
		return api.UpdateAlias{ID: st.aliased(t).ID, Draft: api.AliasDraft{
			Name: "prod", Version: "v2", Description: new(""), Sticky: new(routing.Source{}),
		}}
	}},
	{"an alias is promoted", func(t *testing.T, st *stage) api.Deed { return api.PromoteAlias{ID: st.aliased(t).ID} }},
	{"the gray release of an alias is aborted", func(t *testing.T, st *stage) api.Deed { return api.AbortAlias{ID: st.aliased(t).ID} }},
	{"an alias is deleted", func(t *testing.T, st *stage) api.Deed { return api.DeleteAlias{ID: st.aliased(t).ID} }},
	{"a ramp is started", func(t *testing.T, st *stage) api.Deed {
		return api.StartRamp{Alias: st.aliased(t).ID, Draft: api.RampDraft{
			Additional: "v2", Promote: true, Steps: []api.RampStepDraft{{Percent: "5", Hold: "15m"}, {Percent: "50"}},
		}}
	}},
}
