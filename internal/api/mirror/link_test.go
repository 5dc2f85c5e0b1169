package mirror_test

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestLinksInARegionAreWatched(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Health(t, func(t *testing.T) apitest.Plane { return town(t, open(t)).Plane })
	})
}

// edited is a draft of a stored link.
func edited(l api.Link) api.LinkDraft {
	return api.LinkDraft{
		Cluster: l.Cluster, Name: l.Name, Connector: l.Connector, Enabled: l.Enabled, Inputs: l.Inputs, ID: l.ID, Version: l.Version,
	}
}

// linkThere is a link as the region has it.
func (h *here) linkThere(t *testing.T, name string) api.Link {
	t.Helper()
	l, err := h.there.plane.FindLink(t.Context(), h.there.mine, api.DefaultCluster, name)
	require.NoError(t, err)
	return l
}

// linksHere are the names of the links that are shown here.
func (h *here) linksHere(t *testing.T) (names []string) {
	t.Helper()
	page, err := h.mirror.ListLinks(t.Context(), mine, api.LinkQuery{})
	require.NoError(t, err)
	for _, l := range page.Items {
		names = append(names, l.Cluster+"/"+l.Name)
	}
	return names
}

func TestLinksOfARegionAreTakenOver(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx, over := t.Context(), h.there.plane
		d := apitest.MySQLDraft("orders")
		made, err := over.CreateLink(ctx, h.there.mine, d, api.Shape)
		require.NoError(t, err)
		d.Cluster = "c2"
		_, err = over.CreateLink(ctx, h.there.mine, d, api.Shape)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"c2/orders", "default/orders"}, h.linksHere(t), "of all clusters")

		found, err := h.mirror.FindLink(ctx, mine, api.DefaultCluster, "orders")
		require.NoError(t, err)
		require.Equal(t, d.Inputs, found.Inputs)
		require.Empty(t, found.HasSecret, "no answer tells")
		require.Zero(t, found.Health, "nothing checks it before somebody wants that")
		require.NotEqual(t, made.ID, found.ID, "the region has no ids of use")
		check, err := h.mirror.Recheck(ctx, mine, api.KindLink, found.ID)
		require.NoError(t, err)
		require.Equal(t, "link.secret_unknown", check.Failure().Message.Key)
		again, err := h.mirror.Link(ctx, mine, found.ID)
		require.NoError(t, err)
		require.Equal(t, found, again, "nothing was asked, so nothing is kept")

		e := edited(made)
		e.Enabled, e.Inputs["linkConfig.fetchSize"] = false, "500"
		_, err = over.UpdateLink(ctx, h.there.mine, e, api.Shape)
		require.NoError(t, err)
		changed, err := h.mirror.Link(ctx, mine, found.ID)
		require.NoError(t, err)
		require.False(t, changed.Enabled)
		require.Equal(t, "500", changed.Inputs["linkConfig.fetchSize"])
		require.Greater(t, changed.Version, found.Version, "an edit form that was open meanwhile must not undo it")

		require.NoError(t, over.DeleteLink(ctx, h.there.mine, made.ID, 0))
		require.Equal(t, []string{"c2/orders"}, h.linksHere(t))
		require.Equal(t, []string{"delete region", "update region", "test page", "create region"}, h.changesHere(t, api.KindLink, found.ID))
	})
}

func TestALinkHereIsOneThere(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		link, err := h.mirror.CreateLink(ctx, mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		require.True(t, h.linkThere(t, "orders").HasSecret["linkConfig.password"])
		require.NoError(t, h.mirror.EnableLink(ctx, mine, link.ID, false))
		require.False(t, h.linkThere(t, "orders").Enabled)
		link, err = h.mirror.Link(ctx, mine, link.ID)
		require.NoError(t, err)
		d := edited(link)
		d.Name = "renamed"
		link, err = h.mirror.UpdateLink(ctx, mine, d, api.Shape)
		require.NoError(t, err)
		require.True(t, h.linkThere(t, "renamed").HasSecret["linkConfig.password"], "what is not typed stays there, too")

		d = edited(link)
		d.Cluster = "elsewhere"
		_, err = h.mirror.UpdateLink(ctx, mine, d, api.Shape)
		requireProblem(t, err, api.Invalid, "cluster", "link.cluster_fixed")
		require.NoError(t, h.mirror.DeleteLink(ctx, mine, link.ID, link.Version))
		_, err = h.there.plane.FindLink(ctx, h.there.mine, api.DefaultCluster, "renamed")
		require.Equal(t, api.NotFound, api.CodeOf(err))
		require.Equal(t, []string{"delete page", "update page", "disable page", "create page"}, h.changesHere(t, api.KindLink, link.ID), "each once")
	})
}

// A secret that was typed here is for one destination. If somebody lets the link lead
// elsewhere over there, it is not sent there from here (S11).
func TestASecretDoesNotFollowALinkThatLeadsElsewhere(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		link, err := h.mirror.CreateLink(ctx, mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		d := edited(h.linkThere(t, "orders"))
		d.Inputs["linkConfig.fetchSize"] = "500"
		same, err := h.there.plane.UpdateLink(ctx, h.there.mine, d, api.Shape)
		require.NoError(t, err)
		link, err = h.mirror.Link(ctx, mine, link.ID)
		require.NoError(t, err)
		require.True(t, link.HasSecret["linkConfig.password"])
		d = edited(same)
		d.Inputs["linkConfig.host"], d.Secrets = "evil.example.com", map[string]api.Secret{"linkConfig.password": api.NewSecret("another")}
		_, err = h.there.plane.UpdateLink(ctx, h.there.mine, d, api.Shape)
		require.NoError(t, err)
		link, err = h.mirror.Link(ctx, mine, link.ID)
		require.NoError(t, err)
		require.Equal(t, "evil.example.com:3306", link.Endpoint)
		require.Empty(t, link.HasSecret)
	})
}

func TestARegionThatListsNoClustersIsAskedOnce(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		var asked atomic.Int64
		f := h.fronted(t)
		f.say(func(r *http.Request, body []byte) []byte {
			if strings.HasSuffix(r.URL.Path, "/clusters") {
				asked.Add(1)
				return []byte(`{"error_code":"APIGW.0101","error_msg":"The API does not exist"}`)
			}
			return body
		})
		_, err := h.there.plane.CreateLink(t.Context(), h.there.mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		for range 3 {
			require.Equal(t, []string{"default/orders"}, h.linksHere(t))
		}
		require.EqualValues(t, 1, asked.Load())
		clusters, err := h.mirror.ListClusters(t.Context(), mine)
		require.NoError(t, err)
		require.True(t, clusters.Open, "nobody knows which there are")
		require.Equal(t, api.DefaultCluster, clusters.Usual())
	})
}

func TestLinksOfAClusterThatDoesNotRunStay(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		for _, cluster := range []string{"c1", "c2"} {
			d := apitest.MySQLDraft("orders")
			d.Cluster = cluster
			_, err := h.mirror.CreateLink(ctx, mine, d, api.Shape)
			require.NoError(t, err)
		}
		h.fronted(t).say(func(r *http.Request, body []byte) []byte {
			switch {
			case strings.HasSuffix(r.URL.Path, "/clusters"):
				return []byte(`{"clusters":[{"id":"c2","name":"night","status":"900"},{"id":"c1","name":"day","status":"200"},{"id":"../x","status":"200"}]}`)
			case strings.Contains(r.URL.Path, "/c2/"):
				return []byte(`{"error_code":"Cdm.0058","error_msg":"The cluster is not running."}`)
			}
			return []byte(`{"links":[]}`)
		})
		require.Equal(t, []string{"c2/orders"}, h.linksHere(t), "it says nothing of them")
		clusters, err := h.mirror.ListClusters(ctx, mine)
		require.NoError(t, err)
		require.Equal(t, api.Clusters{Items: []api.Cluster{{ID: "c1", Name: "day", Running: true}, {ID: "c2", Name: "night"}}}, clusters)
	})
}

func TestALinkInAClusterThatIsNotThereIsRefusedAtItsField(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		h.fronted(t).say(func(r *http.Request, body []byte) []byte {
			if r.Method == http.MethodPost {
				return []byte(`{"error_code":"Cdm.0001","error_msg":"The cluster does not exist."}`)
			}
			return body
		})
		_, err := h.mirror.CreateLink(t.Context(), mine, apitest.MySQLDraft("orders"), api.Shape)
		requireProblem(t, err, api.Invalid, "cluster", "link.cluster_unknown")
	})
}

func TestWhatARegionDoesNotKeepOfALinkIsNoted(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		f.say(func(r *http.Request, body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(`"value":"500"`), []byte(`"value":"1000"`))
		})
		d := apitest.MySQLDraft("orders")
		d.Inputs["linkConfig.fetchSize"] = "500"
		link, err := h.mirror.CreateLink(t.Context(), mine, d, api.Shape)
		require.NoError(t, err)
		require.Equal(t, "1000", link.Inputs["linkConfig.fetchSize"])
		paths, err := h.mirror.NotKept(t.Context(), mine, api.KindLink, link.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"linkConfig.fetchSize"}, paths)
	})
}

func TestWhatCannotBeALinkIsLeftOut(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		const link = `{"name":"NAME","connector-name":"CONNECTOR","link-config-values":{"configs":[{"name":"linkConfig","inputs":[{"name":"linkConfig.host","value":"HOST"}]}]}}`
		of := func(name, connector, host string) string {
			return strings.NewReplacer("NAME", name, "CONNECTOR", connector, "HOST", host).Replace(link)
		}
		h.fronted(t).say(func(r *http.Request, body []byte) []byte {
			if !strings.HasSuffix(r.URL.Path, "/link/all") {
				return body
			}
			return []byte(`{"links":[` + strings.Join([]string{
				of("good", "generic-jdbc-connector", "db"), of("good", "generic-jdbc-connector", "twice"), of("of_tomorrow", "quantum-connector", "db"),
				of(`zero\u0000`, "generic-jdbc-connector", "db"), of("../x", "generic-jdbc-connector", "db"), of("bad_host", "generic-jdbc-connector", `\u0000`),
			}, ",") + `]}`)
		})
		require.Equal(t, []string{"default/good"}, h.linksHere(t))
		require.Equal(t, []string{"default/good"}, h.linksHere(t))
	})
}

func TestLinksOfARegionThatIsAwayStay(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		link, err := h.mirror.CreateLink(ctx, mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		h.there.server.Close()
		require.Equal(t, []string{"default/orders"}, h.linksHere(t))
		fresh, err := h.mirror.Freshness(ctx, mine, api.KindLink, "")
		require.NoError(t, err)
		require.False(t, fresh.Trouble.IsZero())
		clusters, err := h.mirror.ListClusters(ctx, mine)
		require.NoError(t, err)
		require.Equal(t, api.DefaultCluster, clusters.Usual())

		_, err = h.mirror.CreateLink(ctx, mine, apitest.MySQLDraft("more"), api.Shape)
		require.Equal(t, api.Unavailable, api.CodeOf(err), "%v", err)
		require.Equal(t, api.Unavailable, api.CodeOf(h.mirror.EnableLink(ctx, mine, link.ID, false)))
		require.Equal(t, api.Unavailable, api.CodeOf(h.mirror.DeleteLink(ctx, mine, link.ID, 0)))
		require.NoError(t, h.mirror.Schedule(ctx, mine, api.KindLink, link.ID, time.Hour), "what is done here goes on")
		stays, err := h.mirror.Link(ctx, mine, link.ID)
		require.NoError(t, err)
		require.True(t, stays.Enabled)
		require.Equal(t, []string{"default/orders"}, h.linksHere(t))
	})
}

// What a newer region has that this console has no field for is not lost by an edit.
func TestWhatNoFieldIsThereForStays(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		d := apitest.ExampleDraft("ftp", "files")
		d.Inputs = maps.Clone(d.Inputs)
		d.Inputs["linkConfig.ofTomorrow"] = "yes"
		found := api.Link{Cluster: d.Cluster, Name: d.Name, Connector: d.Connector, Enabled: true, Inputs: d.Inputs}
		require.NoError(t, h.plane.AdoptLinks(ctx, mine.Project, []api.Link{found}, nil))
		link, err := h.plane.FindLink(ctx, mine, d.Cluster, d.Name)
		require.NoError(t, err)
		e := edited(link)
		e.Secrets = d.Secrets
		require.NoError(t, h.plane.ValidateLink(ctx, mine, e))
		e.Inputs["linkConfig.ofTomorrow"] = "no"
		requireProblem(t, h.plane.ValidateLink(ctx, mine, e), api.Invalid, "linkConfig.ofTomorrow", "input.unknown")
	})
}
