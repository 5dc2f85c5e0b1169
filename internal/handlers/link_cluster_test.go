package handlers_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// clustered is a service whose links can be in these clusters and in no other, as those
// of a region.
type clustered struct {
	api.Service

	clusters []api.Cluster
}

func (c clustered) ListClusters(context.Context, api.Scope) (api.Clusters, error) {
	return api.Clusters{Items: c.clusters}, nil
}

func TestALinkIsInOneOfTheClustersThatThereAre(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.links() + "/new?connector=mysql")
	require.Equal(t, "default", p.value("cluster"), "any name is one")
	s.serve(clustered{s.service, []api.Cluster{{ID: "c1", Name: "night"}, {ID: "c2", Name: "day", Running: true}, {ID: "c3", Name: "spare", Running: true}}})

	for _, path := range []string{"/new?connector=mysql", "/import"} {
		p = s.get(s.links() + path).requireStatus(http.StatusOK)
		chosen := p.Find("select[name=cluster] option")
		require.Equal(t, []string{"c1", "c2", "c3"}, chosen.Map(func(_ int, o *goquery.Selection) string { return o.AttrOr("value", "") }))
		require.Equal(t, "c2", p.Find("select[name=cluster] option[selected]").AttrOr("value", ""), "the first that runs")
		require.Equal(t, "c1", p.Find("select[name=cluster] option[disabled]").AttrOr("value", ""))
	}
	d := apitest.MySQLDraft("orders")
	d.Cluster = "c3"
	link := s.create(d)
	p = s.get(s.links() + "/" + link.ID + "/edit")
	require.Zero(t, p.Find("select[name=cluster]").Length(), "it stays where it is")
	require.Equal(t, "c3", p.value("cluster"))
	require.Equal(t, "spare", p.text("output#cluster"))
	p = s.get(s.links() + "/new?from=" + link.ID)
	require.Equal(t, "c3", p.Find("select[name=cluster] option[selected]").AttrOr("value", ""))

	p = s.post(s.links()+"/validate", typed("cluster", "c3")).requireStatus(http.StatusOK)
	require.Equal(t, "c3", p.Find("select[name=cluster] option[selected]").AttrOr("value", ""), "what was chosen stays chosen")
	s.serve(clustered{s.service, nil})
	p = s.get(s.links() + "/new?connector=mysql").requireStatus(http.StatusOK)
	require.Equal(t, 1, p.Find("select[name=cluster] option").Length(), "a region without clusters has no choice")
}
