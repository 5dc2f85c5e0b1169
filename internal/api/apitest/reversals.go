package apitest

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Reversals says how changes of any Service are taken back: for each kind a change is
// made and taken back, and then everything is as it was.
func Reversals(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a link": linkTakenBack,
		"a link's secrets stay with its destination":                linkSecretsTakenBack,
		"a deleted link asks for its secrets":                       linkDeletionTakenBack,
		"extended settings are brought back only if they are known": linkExtendedTakenBack,
		"a connection":                connectionTakenBack,
		"a queue":                     queueTakenBack,
		"an endpoint service":         serviceTakenBack,
		"entries of a whitelist":      entriesTakenBack,
		"many entries of a whitelist": manyEntriesTakenBack,
		"the entry for everyone":      everyoneTakenBack,
		"an alias":                    aliasTakenBack,
		"a ramp":                      rampTakenBack,
		"a function":                  functionTakenBack,
		"versions of a function":      versionsTakenBack,
		"a policy":                    policyTakenBack,
		"a hook":                      hookTakenBack,
		"a region":                    regionTakenBack,
		"an endpoint":                 endpointTakenBack,
		"an answer to an endpoint":    answerTakenBack,
		"what was taken back can be brought again":    reversalTakenBack,
		"what moved since it was shown is a conflict": reversalDrifts,
		"what cannot be taken back says why":          reversalRefused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// latest is the newest change of a kind of things.
func latest(t *testing.T, p Plane, kind api.Kind) api.Change {
	t.Helper()
	changes, err := p.Service.Changes(t.Context(), p.Mine, "", "", "", 200)
	require.NoError(t, err)
	for _, c := range changes {
		if c.Kind == kind {
			return c
		}
	}
	require.Fail(t, "nothing was changed", string(kind))
	return api.Change{}
}

func reversalOf(t *testing.T, p Plane, kind api.Kind, secrets map[string]api.Secret) api.Reversal {
	t.Helper()
	r, err := p.Service.Reverse(t.Context(), p.Mine, latest(t, p, kind).ID, secrets)
	require.NoError(t, err)
	return r
}

// takeBack takes the newest change of a kind back. What its plan shows is what the log
// then tells, and nothing is left to do.
func takeBack(t *testing.T, p Plane, kind api.Kind) api.Reversal {
	t.Helper()
	change := latest(t, p, kind).ID
	r := reversalOf(t, p, kind, nil)
	require.Empty(t, r.Asks)
	require.NotNil(t, r.Deed)
	require.NotEqual(t, string(r.Now), string(r.Then))
	plan, err := r.Deed.Plan(t.Context(), p.Service, p.Mine)
	require.NoError(t, err)
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	told := latest(t, p, kind)
	require.Equal(t, planned(t, told.Before), planned(t, encoded(t, plan.Before)))
	require.Equal(t, planned(t, told.After), planned(t, encoded(t, plan.After)))
	again, err := p.Service.Reverse(t.Context(), p.Mine, change, nil)
	if err == nil {
		require.Nil(t, again.Deed, "it is as it was")
	}
	return r
}

func encoded(t *testing.T, object any) []byte {
	t.Helper()
	if object == nil {
		return nil
	}
	text, err := json.Marshal(object)
	require.NoError(t, err)
	return text
}

// planned is an object of the log as values, without what is known only once a change
// was made.
func planned(t *testing.T, object []byte) any {
	t.Helper()
	if object == nil {
		return nil
	}
	var values any
	require.NoError(t, json.Unmarshal(object, &values))
	return withoutMade(values)
}

func withoutMade(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range []string{"id", "state", "check", "connection_url", "url_mark", "ramp"} {
			delete(v, key)
		}
		for key := range v {
			v[key] = withoutMade(v[key])
		}
	case []any:
		v = v[:min(len(v), api.MaxBatch)] // of more a plan says no more
		for i := range v {
			v[i] = withoutMade(v[i])
		}
		return v
	}
	return value
}

func requireFinal(t *testing.T, p Plane, kind api.Kind, key string) {
	t.Helper()
	_, err := p.Service.Reverse(t.Context(), p.Mine, latest(t, p, kind).ID, nil)
	requireCode(t, err, api.Invalid)
	require.ErrorContains(t, err, key)
}

// plainLink is a link without what every change of it changes.
func plainLink(l api.Link) api.Link {
	l.ID, l.Created, l.Updated, l.Version, l.Check, l.Health = "", api.Stamp{}, api.Stamp{}, 0, nil, api.Pulse{}
	return l
}

func linkTakenBack(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	d := edit(link)
	d.Inputs = maps.Clone(d.Inputs)
	d.Name, d.Inputs["linkConfig.database"] = "renamed", "other"
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	takeBack(t, p, api.KindLink)
	require.Equal(t, plainLink(link), plainLink(get(t, p, link.ID)))

	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, false))
	takeBack(t, p, api.KindLink)
	require.True(t, get(t, p, link.ID).Enabled)

	create(t, p, MySQLDraft("second"))
	takeBack(t, p, api.KindLink)
	_, err = p.Service.FindLink(t.Context(), p.Mine, api.DefaultCluster, "second")
	requireCode(t, err, api.NotFound)
}

func linkSecretsTakenBack(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	d := edit(link)
	d.Inputs = maps.Clone(d.Inputs)
	d.Inputs["linkConfig.host"] = "elsewhere.example.com"
	d.Secrets = map[string]api.Secret{"linkConfig.password": api.NewSecret("another-horse-9")}
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	r := reversalOf(t, p, api.KindLink, nil)
	require.Equal(t, []string{"linkConfig.password"}, r.Asks)

	r = reversalOf(t, p, api.KindLink, map[string]api.Secret{"linkConfig.password": api.NewSecret("correct-horse-9")})
	require.Empty(t, r.Asks)
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	require.Equal(t, plainLink(link), plainLink(get(t, p, link.ID)))
}

func linkDeletionTakenBack(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, 0))
	r := reversalOf(t, p, api.KindLink, nil)
	require.Nil(t, r.Now)
	require.Equal(t, []string{"linkConfig.password"}, r.Asks)
	requireProblems(t, r.Do(t.Context(), p.Service, p.Mine), api.Problem{Path: "linkConfig.password", Message: api.M("rollback.secret_missing")})
	r = reversalOf(t, p, api.KindLink, map[string]api.Secret{"linkConfig.password": api.NewSecret("correct-horse-9")})
	change := r.Change.ID
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	again, err := p.Service.FindLink(t.Context(), p.Mine, link.Cluster, link.Name)
	require.NoError(t, err)
	require.NotEqual(t, link.ID, again.ID)
	require.Equal(t, plainLink(link), plainLink(again))
	r, err = p.Service.Reverse(t.Context(), p.Mine, change, nil)
	require.NoError(t, err)
	require.Nil(t, r.Deed, "once")
}

func linkExtendedTakenBack(t *testing.T, p Plane) {
	draft := MySQLDraft("orders")
	draft.Extended = &api.Extended{Name: "n", Value: "canary"}
	link := create(t, p, draft)
	d := edit(link)
	d.Extended, d.Name = link.Extended, "renamed"
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	takeBack(t, p, api.KindLink)
	require.Equal(t, plainLink(link), plainLink(get(t, p, link.ID)))

	d = edit(get(t, p, link.ID))
	d.Extended = &api.Extended{Name: "n", Value: "other"}
	_, err = p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	requireFinal(t, p, api.KindLink, "reverse.extended")
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, 0))
	requireFinal(t, p, api.KindLink, "reverse.extended")
}

func connectionTakenBack(t *testing.T, p Plane) {
	c := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	_, err := p.Service.TagConnection(t.Context(), p.Mine, c.ID, []api.Tag{{Key: "a", Value: "b"}}, 0)
	require.NoError(t, err)
	takeBack(t, p, api.KindConnection)
	require.Equal(t, c.Tags, getConnection(t, p, c.ID).Tags)

	createQueue(t, p, "etl")
	takeBack(t, p, api.KindQueue)
	createQueue(t, p, "etl")
	_, err = p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
	require.NoError(t, err)
	takeBack(t, p, api.KindConnection)
	require.Empty(t, getConnection(t, p, c.ID).Queues)
	takeBack(t, p, api.KindConnection) // the unbinding
	require.Len(t, getConnection(t, p, c.ID).Queues, 1)

	require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, 0))
	r := takeBack(t, p, api.KindConnection)
	require.Len(t, r.Notes, 1, "its queues are not bound again")
	found := listConnections(t, p, api.ConnectionQuery{})
	require.Len(t, found.Items, 1)
	require.Equal(t, c.URL, found.Items[0].URL)
	require.Equal(t, c.Tags, found.Items[0].Tags)
}

func queueTakenBack(t *testing.T, p Plane) {
	q := createQueue(t, p, "etl")
	require.NoError(t, p.Service.DeleteQueue(t.Context(), p.Mine, "etl"))
	takeBack(t, p, api.KindQueue)
	again, err := p.Service.Queue(t.Context(), p.Mine, "etl")
	require.NoError(t, err)
	again.ID, again.Created = q.ID, q.Created
	require.Equal(t, q, again)
	takeBack(t, p, api.KindQueue)
	_, err = p.Service.Queue(t.Context(), p.Mine, "etl")
	requireCode(t, err, api.NotFound)
}

func aliasTakenBack(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	a := createAlias(t, p, f.ID, weighed("live", "v1", "v2", "10"))
	for name, change := range map[string]func() error{
		"update": func() error {
			_, err := p.Service.UpdateAlias(t.Context(), p.Mine, a.ID, weighed("live", "v2", "v1", "30"), 0)
			return err
		},
		"promote": func() error { _, err := p.Service.PromoteAlias(t.Context(), p.Mine, a.ID, 0); return err },
		"abort":   func() error { _, err := p.Service.AbortAlias(t.Context(), p.Mine, a.ID, 0); return err },
	} {
		require.NoError(t, change(), name)
		takeBack(t, p, api.KindAlias)
		require.Equal(t, a.Route, getAlias(t, p, a.ID).Route, name)
	}
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, a.ID, 0))
	takeBack(t, p, api.KindAlias)
	again, err := p.Service.FindAlias(t.Context(), p.Mine, f.ID, "live")
	require.NoError(t, err)
	require.Equal(t, a.Route, again.Route)
	takeBack(t, p, api.KindAlias)
	_, err = p.Service.FindAlias(t.Context(), p.Mine, f.ID, "live")
	requireCode(t, err, api.NotFound)
}

func rampTakenBack(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	a := createAlias(t, p, f.ID, api.AliasDraft{Name: "live", Version: "v1"})
	startRamp(t, p, a.ID, rampTo("v2", "10", "", "50", ""))
	takeBack(t, p, api.KindAlias)
	after := getAlias(t, p, a.ID)
	require.Equal(t, a.Route, after.Route)
	require.Nil(t, after.Ramp)
	r := reversalOf(t, p, api.KindAlias, nil)
	require.Len(t, r.Notes, 1, "a ramp that was ended does not go on")
}

func hookTakenBack(t *testing.T, p Plane) {
	hook := func() api.Hook {
		h, err := p.Service.Hook(t.Context(), p.Mine)
		require.NoError(t, err)
		return h
	}
	set := func(d api.HookDraft) { require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, d)) }
	set(hookDraft("https://hooks.example.com/a"))
	set(api.HookDraft{URL: "https://hooks.example.com/a", Enabled: false})
	takeBack(t, p, api.KindHook)
	require.True(t, hook().Enabled)

	set(api.HookDraft{URL: "https://hooks.example.com/b", Enabled: true})
	require.Equal(t, []string{"url"}, reversalOf(t, p, api.KindHook, nil).Asks)
	_, err := p.Service.Reverse(t.Context(), p.Mine, latest(t, p, api.KindHook).ID, map[string]api.Secret{"url": api.NewSecret("https://evil.example.com/a")})
	require.Equal(t, []string{"url reverse.hook_elsewhere"}, paths(err))
	r := reversalOf(t, p, api.KindHook, map[string]api.Secret{"url": api.NewSecret("https://hooks.example.com/a")})
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	require.Equal(t, "https://hooks.example.com/a", hook().URL)

	set(api.HookDraft{})
	require.Equal(t, []string{"secret", "url"}, reversalOf(t, p, api.KindHook, nil).Asks)
	r = reversalOf(t, p, api.KindHook, map[string]api.Secret{
		"url": api.NewSecret("https://hooks.example.com/a"), "secret": api.NewSecret(HookSecret),
	})
	require.NoError(t, r.Do(t.Context(), p.Service, p.Mine))
	require.Equal(t, "https://hooks.example.com/a", hook().URL)
	takeBack(t, p, api.KindHook)
	require.Empty(t, hook().URL)
}

func reversalTakenBack(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	d := edit(link)
	d.Name = "renamed"
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	for _, name := range []string{"orders", "renamed", "orders"} {
		takeBack(t, p, api.KindLink)
		require.Equal(t, name, get(t, p, link.ID).Name)
	}
}

func reversalDrifts(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	d := edit(link)
	d.Name = "renamed"
	renamed, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	shown := reversalOf(t, p, api.KindLink, nil)
	require.Equal(t, renamed.Version, shown.Version)
	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, false))
	requireCode(t, shown.Do(t.Context(), p.Service, p.Mine), api.Conflict)
}

func reversalRefused(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	change := latest(t, p, api.KindLink)
	_, err := p.Service.Reverse(t.Context(), p.Other, change.ID, nil)
	requireCode(t, err, api.NotFound)
	for _, nothing := range []string{"", "\x00", "no such change"} {
		_, err := p.Service.Reverse(t.Context(), p.Mine, nothing, nil)
		requireCode(t, err, api.NotFound)
	}
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, api.KindLink, link.ID, time.Hour))
	requireFinal(t, p, api.KindLink, "reverse.schedule")
	_, err = p.Service.ExportLinks(t.Context(), p.Mine, api.Selection[api.LinkQuery]{IDs: []string{link.ID}})
	require.NoError(t, err)
	requireFinal(t, p, api.KindLink, "reverse.event")

	d := edit(link)
	d.Name = "renamed"
	_, err = p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	update := latest(t, p, api.KindLink)
	create(t, p, MySQLDraft("orders"))
	_, err = p.Service.Reverse(t.Context(), p.Mine, update.ID, nil)
	requireCode(t, err, api.Conflict)
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, 0))
	_, err = p.Service.Reverse(t.Context(), p.Mine, update.ID, nil)
	require.ErrorContains(t, err, "reverse.gone")
}
