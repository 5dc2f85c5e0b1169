package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func TestTheListOfConnections(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	empty := s.get(s.connections()).requireStatus(http.StatusOK)
	require.Contains(t, empty.text(".empty"), "lets DLI queues reach one service")
	require.Equal(t, s.connections()+"/new", empty.Find(".empty .btn-primary").AttrOr("href", ""))

	events := apitest.ConnectionTo("CloudTable", "events", "127.0.0.1:1", "127.0.0.1:2")
	events.Tags = []api.Tag{{Key: "team", Value: "events"}, {Key: "env", Value: "prod"}}
	orders := apitest.ConnectionTo("CSS", "orders", "127.0.0.1:9200")
	orders.Tags = []api.Tag{{Key: "team", Value: "orders"}, {Key: "env", Value: "prod"}}
	first := s.connect(events)
	second, gone := s.connect(orders), s.connect(apitest.ConnectionTo("RDS", "gone", "127.0.0.1:3"))
	s.catchUp()
	require.NoError(t, s.service.DeleteConnection(t.Context(), s.scope(), gone.ID, 0))
	s.queue("etl")
	_, err := s.service.BindQueues(t.Context(), s.scope(), second.ID, []string{"etl"})
	require.NoError(t, err)

	t.Run("names what a connection is, who uses it and how it is", func(t *testing.T) {
		row := s.get(s.connections()).text("#row-" + second.ID)
		for _, part := range []string{"orders", "env=prod", "team=orders", "CSS", "127.0.0.1:9200", "Failed", "never good yet", "etl", "Diagnose"} {
			require.Contains(t, row, part)
		}
	})
	t.Run("what was deleted is there on request only", func(t *testing.T) {
		require.Equal(t, []string{"events", "orders"}, s.get(s.connections()).names())
		require.Equal(t, []string{"events", "gone", "orders"}, s.get(s.connections()+"?state=all").names())
		p := s.get(s.connections() + "?state=DELETED")
		require.Equal(t, []string{"gone"}, p.names())
		require.Zero(t, p.Find("tbody input[name=id]").Length(), "there is nothing to do with many of them")
		require.Equal(t, s.connections()+"/new?from="+gone.ID, p.Find("tbody .row-actions a").AttrOr("href", ""))
	})
	t.Run("is filtered by service, state, queue and text", func(t *testing.T) {
		for query, want := range map[string][]string{
			"service=ct": {"events"}, "service=x": {"events", "orders"}, "state=FAILED": {"events", "orders"}, "state=ACTIVE": nil,
			"queue=ETL": {"orders"}, "q=127.0.0.1:2": {"events"}, "sort=;&order=up&cursor=%00": {"events", "orders"}, "order=desc": {"orders", "events"},
		} {
			require.Equal(t, want, s.get(s.connections()+"?"+query).requireStatus(http.StatusOK).names(), query)
		}
	})
	t.Run("is filtered by tags, with or without a value, and by several", func(t *testing.T) {
		for query, want := range map[string][]string{
			"tag=team": {"events", "orders"}, "tag=team%3Devents": {"events"}, "tag=env%3Dprod&tag=team%3Dorders": {"orders"},
			"tag=env%3Dtest": nil, "tag=+&tag=%3D": {"events", "orders"},
		} {
			require.Equal(t, want, s.get(s.connections()+"?"+query).names(), query)
		}
	})
	t.Run("a chip adds its tag to the filter, and a cross takes it away", func(t *testing.T) {
		p := s.get(s.connections() + "?tag=env%3Dprod&service=CSS")
		chip := p.Find(`#row-`+second.ID+` .chip:contains("team")`).AttrOr("href", "")
		require.Equal(t, s.connections()+"?service=CSS&tag=env%3Dprod&tag=team%3Dorders", chip)
		p = s.get(chip)
		require.Equal(t, 2, p.Find(".toolbar input[type=hidden][name=tag]").Length(), "a search keeps them")
		require.Equal(t, s.connections()+"?service=CSS&tag=team%3Dorders", p.Find(".chip-remove").First().AttrOr("href", ""))
		require.Contains(t, p.Find("th a.sort").First().AttrOr("href", ""), "tag=team%3Dorders", "and so does a sort")
	})
	t.Run("what the search sends along comes with the table", func(t *testing.T) {
		p := s.get(s.connections()+"?tag=env%3Dprod&sort=created&order=desc", fragment("connections-table")...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		state := p.Find("#connections-state[hx-swap-oob=true]")
		require.Equal(t, "env=prod", state.Find("input[type=hidden][name=tag]").AttrOr("value", ""))
		require.Equal(t, s.connections()+"?order=desc&sort=created", state.Find(".chip-remove").AttrOr("href", ""))
		require.Equal(t, []string{"created", "desc"}, []string{p.value("sort"), p.value("order")})
	})
	t.Run("what many are meant by is the filter, tags included", func(t *testing.T) {
		v := url.Values{"all": {"true"}, "tag": {"team=events", "env"}, "every": {"300"}}
		p := s.post(s.connections()+"/schedule", v).requireStatus(http.StatusOK)
		require.Equal(t, []string{"events"}, p.names())
		require.EqualValues(t, 300, s.connection(first.ID).Health.Every.Seconds())
		require.NotEqualValues(t, 300, s.connection(second.ID).Health.Every.Seconds())
	})
	t.Run("one row is tested where it stands", func(t *testing.T) {
		p := s.post(s.connections()+"/check", url.Values{"only": {first.ID}, "id": {first.ID}}, fragment("row-"+first.ID)...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.Contains(t, p.html, "never good yet")
		require.Equal(t, 1, p.Find("input[name=id][checked]").Length())
	})
}

func TestPagesOfConnections(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 52 {
		s.connect(apitest.ConnectionTo("RDS", fmt.Sprintf("c_%02d", i), "127.0.0.1:1"))
	}
	first := s.get(s.connections())
	require.Len(t, first.names(), 50)
	require.Contains(t, first.text(".bulk-pick"), "All connections of this project")
	require.Equal(t, []string{"c_50", "c_51"}, s.get(first.Find("a[rel=next]").AttrOr("href", "")).names())
}

func TestTestingAndDeletingManyConnections(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, b := s.failed("a"), s.failed("b")
	busy := s.connect(apitest.ConnectionDraft(t, "busy"))
	s.queue("etl")
	_, err := s.service.BindQueues(t.Context(), s.scope(), b.ID, []string{"etl"})
	require.NoError(t, err)

	v := url.Values{"id": {a.ID, b.ID}}
	run := s.post(s.connections()+"/runs", v).requireStatus(http.StatusSeeOther).header.Get("Location")
	require.Contains(t, run, s.connections()+"/runs/")
	require.Equal(t, []string{"a", "b"}, s.get(run).names())
	s.get(s.links() + run[len(s.connections()):]).requireStatus(http.StatusNotFound)

	v.Add("id", busy.ID)
	p := s.post(s.connections()+"/delete", v).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".name-list"), "used by etl", "who uses it is named before it is gone")
	require.Contains(t, p.text(".btn-error"), "Delete 3 connections")
	yes := url.Values{}
	for _, in := range p.Find(".confirm input").EachIter() {
		yes.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	}
	_, err = s.service.TagConnection(t.Context(), s.scope(), a.ID, []api.Tag{{Key: "team", Value: "a"}}, 0)
	require.NoError(t, err)
	p = s.post(s.connections()+"/delete/confirmed", yes).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".lead"), "Done for 1, refused for 2.")
	require.Contains(t, p.text("tbody"), "grace changed this connection meanwhile", "what changed since it was confirmed stays")
	require.Contains(t, p.text("tbody"), "still being created")
	require.Equal(t, api.ConnectionDeleted, s.connection(b.ID).State)
}

func TestConnectionsOfAnotherProjectAreNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	foreign := foreignConnection(t, s)
	path := s.connections() + "/" + foreign.ID
	for _, page := range []string{"", "/health", "/queues", "/history", "/tags", "/diagnosis", "/delete"} {
		s.get(path + page).requireStatus(http.StatusNotFound)
	}
	s.get(s.connections() + "/new?from=" + foreign.ID).requireStatus(http.StatusNotFound)
	for _, verb := range []string{"/bind", "/unbind", "/tags", "/tags/edit", "/tags/validate", "/reactivate", "/diagnosis", "/delete", "/check", "/schedule"} {
		s.post(path+verb, url.Values{"queue": {"etl"}, "every": {"300"}}).requireStatus(http.StatusNotFound)
	}
	s.post(s.connections()+"/edit", describing("from", foreign.ID)).requireStatus(http.StatusNotFound)
	for _, verb := range []string{"/runs", "/schedule", "/delete", "/delete/confirmed"} {
		s.post(s.connections()+verb, url.Values{"id": {foreign.ID}, "every": {"300"}}).requireRedirect(s.connections())
	}
	require.NotContains(t, s.get(s.connections()+"?state=all").html, "foreign")
}
