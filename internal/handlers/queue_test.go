package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestQueues(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.connections() + "/queues"
	p := s.get(path).requireStatus(http.StatusOK)
	require.Contains(t, p.text("tbody tr"), "default built in")
	require.Zero(t, p.Find("tbody a").Length(), "nothing can be done with the built-in queue")

	form := s.get(path + "/new").requireStatus(http.StatusOK)
	require.Equal(t, []string{"172.16.0.0/18", "16", "sql"}, []string{form.value("cidr"), form.value("cu_count"), form.value("type")})
	v := url.Values{"name": {"ETL"}, "type": {"general"}, "cu_count": {"64"}, "cidr": {"10.1.0.0/16"}, "description": {"Orders"}, "tags.0.key": {"team"}, "tags.0.value": {"a"}}
	s.post(path, v).requireRedirect(path)
	p = s.get(path)
	require.Equal(t, []string{"default", "etl"}, p.names())
	row := p.text("tbody tr:last-child")
	for _, part := range []string{"Orders", "team=a", "General purpose", "64 CUs", "10.1.0.0/16", "none", user} {
		require.Contains(t, row, part)
	}

	t.Run("what is wrong with a new one is said at its fields", func(t *testing.T) {
		bad := url.Values{"name": {"12"}, "type": {"sql"}, "cu_count": {"x"}, "cidr": {"8.8.8.0/24"}, "tags.1.key": {"a="}, "tags.1.value": {"b"}}
		p := s.post(path, bad).requireStatus(http.StatusUnprocessableEntity)
		for _, field := range []string{"name", "cu_count", "cidr", "tags-0-key"} {
			require.NotEmpty(t, p.text("#"+field+"-error"), field)
		}
		require.Equal(t, "8.8.8.0/24", p.value("cidr"))
		one := s.post(path+"/validate", bad, fragment("field-cidr")...).requireStatus(http.StatusOK)
		require.Equal(t, 1, one.Find(".field").Length())
		require.Contains(t, s.post(path, v).requireStatus(http.StatusUnprocessableEntity).text("#name-error"), "Another queue")
		require.Equal(t, 2, s.post(path+"/edit", url.Values{"op": {"add:tags"}, "tags.0.key": {"a"}}).Find("#tags .row").Length())
	})
	t.Run("one that is used is not deleted, and says by which connections", func(t *testing.T) {
		c := s.failed("orders")
		_, err := s.service.BindQueues(t.Context(), s.scope(), c.ID, []string{"etl"})
		require.NoError(t, err)
		require.Equal(t, s.connections()+"?queue=etl", s.get(path).Find(`tbody a:contains("1 connection")`).AttrOr("href", ""))
		p := s.get(path + "/etl/delete").requireStatus(http.StatusOK)
		require.Equal(t, s.connections()+"/"+c.ID+"/queues", p.Find(".problem-list a").AttrOr("href", ""))
		require.Zero(t, p.Find(".confirm").Length())
		s.post(path+"/etl/delete", nil).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "orders")
		_, err = s.service.UnbindQueues(t.Context(), s.scope(), c.ID, []string{"etl"})
		require.NoError(t, err)
		require.Contains(t, s.get(path+"/etl/delete").text(".confirm"), "delete the queue etl")
		s.post(path+"/etl/delete", nil).requireRedirect(path)
		require.Equal(t, []string{"default"}, s.get(path).names())
	})
	t.Run("the built-in one stays, and an unknown one is not found", func(t *testing.T) {
		s.post(path+"/default/delete", nil).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "cannot be deleted")
		s.get(path + "/nobody/delete").requireStatus(http.StatusNotFound)
		s.post(path+"/nobody/delete", nil).requireStatus(http.StatusNotFound)
	})
}

func TestWhetherAQueueCanReachAnAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.connections() + "/queues/test"
	ask := func(queue, address string) *page {
		return s.post(path, url.Values{"queue": {queue}, "address": {address}}, fragment("address-form")...)
	}
	p := ask("default", testserver.PostgreSQL(t).Addr()).requireStatus(http.StatusOK)
	require.False(t, p.whole())
	require.Contains(t, p.text(".check h2"), "can be connected to from this console, on behalf of queue default.")
	p = ask("default", testserver.ClosedAddr(t).String()).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".check h2"), "cannot be connected to from this console")
	require.NotEmpty(t, p.text(".step-failed .step-message"))
	require.Contains(t, ask("default", "http://db:1").requireStatus(http.StatusUnprocessableEntity).text("#address-error"), "without a scheme")
	require.NotEmpty(t, ask("nobody", "db:1").requireStatus(http.StatusUnprocessableEntity).text("#queue-error"))
}

func TestTheOverviewTellsOfEachKind(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	home := "/p/" + s.project.ID
	require.Equal(t, 1, s.get(home).Find(".empty").Length(), "a new project begins with its first steps")
	c := s.failed("orders")
	p := s.get(home).requireStatus(http.StatusOK)
	require.Zero(t, p.Find(".empty").Length())
	card := p.Find(`a.card-link[href="` + s.connections() + `"]`)
	require.Contains(t, card.Text(), "1 connection")
	require.Contains(t, card.Text(), "1 failed")
	require.Contains(t, p.text(`a.card-link[href$="/whitelist"]`), "0 endpoint services")
	require.Contains(t, p.text(`a.card-link[href$="/replication"]`), "0 policies")
	require.Equal(t, s.connections()+"/"+c.ID, p.Find(".changes a").First().AttrOr("href", ""))
}
