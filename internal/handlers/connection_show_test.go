package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func TestAConnectionIsFollowedUntilItIsCreated(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	closed := apitest.ConnectionDraft(t, "orders")
	path := s.post(s.connections(), describing("service", "RDS", "url.0.host", closed.URL)).requireStatus(http.StatusSeeOther).header.Get("Location")
	id := path[len(s.connections())+1:]

	p := s.get(path).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".flashes"), "orders is being created")
	require.Contains(t, p.text("#connection-now"), "Creating")
	require.Contains(t, p.text("#connection-now"), "Waiting for its turn", "nobody has begun, so there is no progress to show")
	require.Zero(t, p.Find("#connection-now progress").Length())
	require.Equal(t, path, p.Find("#connection-now").AttrOr("hx-get", ""))
	require.Contains(t, p.html, `<noscript><meta http-equiv="refresh"`)
	require.Zero(t, p.Find(`a[href$="/delete"], #diagnose, form[action$="/reactivate"]`).Length(), "what would be refused is not offered")
	part := s.get(path, fragment("connection-now")...)
	require.False(t, part.whole())
	require.Empty(t, part.header.Get("HX-Refresh"))
	row := s.get(s.connections()).Find("#state-" + id)
	require.Equal(t, path, row.AttrOr("hx-get", ""))

	t.Run("and what cannot be done yet is refused with a word", func(t *testing.T) {
		for _, verb := range []string{"/reactivate", "/delete"} {
			s.post(path+verb, nil).requireRedirect(path)
			require.Contains(t, s.get(path).text(".notice-warning"), "still being created", verb)
		}
		s.get(path + "/delete").requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "still being created", "nobody is asked in vain")
	})

	s.catchUp()
	require.Equal(t, "true", s.get(path, fragment("connection-now")...).header.Get("HX-Refresh"), "the page loads itself anew")
	cell := s.get(path, fragment("state-"+id)...)
	require.False(t, cell.whole())
	require.Equal(t, "Failed", cell.text("#state-"+id))
	require.Empty(t, cell.Find("#state-"+id).AttrOr("hx-get", ""), "and a row asks no more")

	p = s.get(path)
	require.Contains(t, p.text(".state-reason"), "refused the connection")
	require.Contains(t, p.text("#connection-now"), "Run the diagnosis")
	require.Contains(t, p.text("#health"), "None while the connection is not active")
	require.NotContains(t, p.html, "http-equiv")
	s.post(path+"/reactivate", nil).requireRedirect(path)
	require.Equal(t, api.ConnectionCreating, s.connection(id).State)
}

func TestAnActiveConnectionSaysWhatTablesUse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.active("warehouse")
	path := s.connections() + "/" + c.ID
	p := s.get(path)
	require.Equal(t, c.Address, p.text("#connection-address"))
	require.Contains(t, p.text("#connection-now"), "no queue can use it yet")
	require.Equal(t, path+"/health", s.get(path+"/health").requireStatus(http.StatusOK).Find(".tab-bar [aria-current]").AttrOr("href", ""))
	s.post(path+"/check", nil, fragment("health")...).requireStatus(http.StatusOK)
	require.Contains(t, s.get(path+"/health").text("#checks"), "Passed")
}

func TestDiagnosis(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.failed("orders")
	path := s.connections() + "/" + c.ID
	ahead := s.get(path + "/diagnosis").requireStatus(http.StatusOK)
	require.Equal(t, 7, ahead.Find(".causes li").Length())
	p := s.post(path+"/diagnosis", nil).requireStatus(http.StatusOK)
	verdict := p.text("#verdict")
	require.Contains(t, verdict, "Most likely cause")
	require.Contains(t, verdict, "refused the connection")
	require.Equal(t, s.connections()+"/new?from="+c.ID+"#url", p.Find("#verdict a").AttrOr("href", ""))
	require.GreaterOrEqual(t, p.Find("#diagnosis .step").Length(), 7)
	require.Equal(t, path+"/again#url", p.Find("#diagnosis .step-failed a.step-field").AttrOr("href", ""))
	require.Equal(t, path+"/diagnosis", p.value("next"), "the switches lead to a page that can be asked for")
	require.Equal(t, api.ConnectionFailed, s.connection(c.ID).State, "nothing is changed")

	t.Run("without a failure it says what to look at, or that there is nothing", func(t *testing.T) {
		p := s.post(s.connections()+"/"+s.active("warehouse").ID+"/diagnosis", nil).requireStatus(http.StatusOK)
		require.Zero(t, p.Find("#verdict .notice-error, #diagnosis .step-failed").Length())
		require.NotEmpty(t, p.text("#verdict .notice-title"))
	})
}

func TestQueuesOfAConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.failed("orders")
	path := s.connections() + "/" + c.ID + "/queues"
	bind := func(verb string, queues ...string) *page {
		s.post(s.connections()+"/"+c.ID+verb, url.Values{"queue": queues}).requireRedirect(path)
		return s.get(path)
	}
	require.Contains(t, s.get(path).text(".bind-form"), "There is no other queue")
	s.queue("etl")
	s.queue("reports")

	p := s.get(path)
	require.Equal(t, 2, p.Find("input[name=queue]").Length())
	_, disabled := p.Find("[aria-describedby=default-reason]").Attr("disabled")
	require.True(t, disabled, "the default queue is there, and why it cannot be chosen")
	require.Contains(t, p.text("#default-reason"), "Belongs to everybody")

	require.Contains(t, bind("/bind", "etl", "reports").text(".notice-success"), "2 queues can use connection orders now.")
	p = s.get(path)
	require.Contains(t, p.text(".bound-list"), "etl bound by ada")
	require.Zero(t, p.Find("input[name=queue]").Length(), "none is left to be bound")
	s.queue("spare")
	require.Contains(t, bind("/bind", "etl", "spare").text(".notice-success"), "1 queue can use", "what was bound already does not count")
	require.Contains(t, bind("/unbind", "etl", "spare").text(".notice-success"), "2 queues do not use")
	require.Contains(t, bind("/unbind", "etl", "spare").text(".notice-info"), "Nothing changed: none of them was bound")
	require.Contains(t, bind("/bind", "reports").text(".notice-info"), "Nothing changed: connection orders could be used by them already.")
	bind("/bind", "etl")
	bind("/unbind", "etl")
	for queue, why := range map[string]string{"default": "cannot be bound", "nobody": "no queue called nobody"} {
		require.Contains(t, bind("/bind", queue).text(".notice-warning"), why)
	}
	require.Contains(t, bind("/bind").text(".notice-warning"), "Choose at least one queue")

	p = s.get(s.connections() + "/" + c.ID + "/delete").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".consequences"), "These queues use it, and their jobs will not reach the destination any more: reports.")
	change := s.get(s.connections() + "/" + c.ID + "/history").text(".changes li:first-child")
	for _, part := range []string{"queues unbound", user, "etl, reports → to reports"} {
		require.Contains(t, change, part)
	}
}

func TestTagsOfAConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.failed("orders")
	path := s.connections() + "/" + c.ID + "/tags"
	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, "tags-0-key", p.Find("[autofocus]").AttrOr("id", ""))
	v := url.Values{"version": {p.value("version")}, "tags.0.key": {"team"}, "tags.0.value": {"orders"}}

	more := url.Values{"op": {"add:tags"}, "tags.0.key": {"team"}, "tags.0.value": {"orders"}, "version": v["version"]}
	require.Equal(t, "team", s.post(path+"/edit", more).requireStatus(http.StatusOK).value("tags.0.key"))
	bad := url.Values{"tags.0.key": {"b"}, "tags.0.value": {"1"}, "tags.1.key": {"a*"}, "tags.1.value": {"2"}}
	require.NotEmpty(t, s.post(path+"/validate", bad, fragment("field-tags")...).text("#tags-1-key-error"))
	p = s.post(path, bad).requireStatus(http.StatusUnprocessableEntity)
	require.NotEmpty(t, p.text("#tags-1-key-error"))
	require.Empty(t, s.connection(c.ID).Tags)

	s.post(path, v).requireRedirect(s.connections() + "/" + c.ID)
	require.Equal(t, []api.Tag{{Key: "team", Value: "orders"}}, s.connection(c.ID).Tags)
	require.Equal(t, s.connections()+"?tag=team%3Dorders", s.get(s.connections()+"/"+c.ID).Find(".details .chip").AttrOr("href", ""))

	t.Run("who is slower is told, keeps what he typed, and may insist", func(t *testing.T) {
		v.Set("tags.0.value", "mine")
		p := s.post(path, v).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), user)
		require.Equal(t, "mine", p.value("tags.0.value"))
		v.Set("version", p.value("version"))
		s.post(path, v).requireRedirect(s.connections() + "/" + c.ID)
		require.Equal(t, "mine", s.connection(c.ID).Tags[0].Value)
	})
}

func TestADeletedConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := s.failed("orders")
	path := s.connections() + "/" + c.ID
	p := s.get(path + "/delete")
	s.post(path+"/delete", url.Values{"version": {"9"}}).requireRedirect(path)
	require.Contains(t, s.get(path).text(".notice-warning"), "changed this connection meanwhile")
	s.post(path+"/delete", url.Values{"version": {p.value("version")}}).requireRedirect(s.connections())
	require.Contains(t, s.get(s.connections()).text(".flashes"), "orders was deleted")

	p = s.get(path).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#connection-now"), "deleted by ada")
	require.Equal(t, s.connections()+"/new?from="+c.ID, p.Find(".page-header .btn-primary").AttrOr("href", ""))
	require.Equal(t, 2, p.Find(".tab-bar li").Length(), "there is nothing to watch or to bind")
	require.Contains(t, s.get(path+"/history").text(".changes"), "Connection deleted")
	s.get(path + "/delete").requireRedirect(path)
	require.Contains(t, s.get(path).text(".notice-warning"), "was deleted. Nothing can be done", "nobody is asked in vain")
	for _, verb := range []string{"/bind", "/reactivate", "/diagnosis", "/tags", "/delete"} {
		require.Less(t, s.post(path+verb, url.Values{"queue": {"etl"}}).status, http.StatusInternalServerError, verb)
	}
}
