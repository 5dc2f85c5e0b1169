package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// everyNight is a schedule as programs write it.
const everyNight = "FREQ=DAILY;BYHOUR=2;BYMINUTE=0"

// protect stores a policy of that name that protects a folder of the same name
// every night, and copies its backups to another region.
func (s *site) protect(name string) api.Policy {
	s.t.Helper()
	to := s.there()
	policy, err := s.service.CreatePolicy(s.t.Context(), s.scope(), api.PolicyDraft{
		Name: name, Resources: []api.ResourceDraft{{Path: name}},
		Operations: []api.OperationDraft{
			{Type: api.OperationBackup, Enabled: true, Pattern: everyNight, Days: "30"},
			{Type: api.OperationReplication, Enabled: true, Pattern: everyNight, Region: to.Region, Project: to.Project},
		},
	})
	require.NoError(s.t, err)
	return policy
}

func (s *site) policy(id string) api.Policy {
	s.t.Helper()
	policy, err := s.service.Policy(s.t.Context(), s.scope(), id)
	require.NoError(s.t, err)
	return policy
}

func TestTheListOfPolicies(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.replication()).requireStatus(http.StatusOK)
	require.Equal(t, s.replication()+"/new", p.Find(".empty .btn-primary").AttrOr("href", ""), "an empty list leads to the first policy")
	var tabs []string
	for _, tab := range p.Find(".tab-bar a").EachIter() {
		tabs = append(tabs, tab.AttrOr("href", ""))
	}
	require.Equal(t, []string{s.replication(), s.replication() + "/backups", s.replication() + "/runs", s.replication() + "/regions"}, tabs)

	orders, users := s.protect("orders"), s.protect("users")
	p = s.get(s.replication())
	require.Equal(t, []string{"orders", "users"}, p.names())
	row := p.text("#row-" + orders.ID)
	for _, part := range []string{"Every day at 02:00 UTC", "Next: ", "02:00 UTC", "never", s.there().Region, "Nothing to copy so far", "grace"} {
		require.Contains(t, row, part)
	}
	require.Equal(t, s.replication()+"/"+orders.ID+"/replicate", p.Find("#row-"+orders.ID+" .row-actions a").AttrOr("href", ""))
	require.Equal(t, []string{"users"}, s.get(s.replication()+"?q=USE").names())
	require.Equal(t, []string{"users", "orders"}, s.get(s.replication()+"?order=desc&sort=name").names())

	t.Run("a row's button backs up at once, and says why it cannot", func(t *testing.T) {
		s.write("orders/a", "a")
		s.post(s.replication()+"/backup", url.Values{"only": {orders.ID}, "back": {s.replication()}}).requireRedirect(s.replication())
		require.Contains(t, s.get(s.replication()).text(".notice-success"), "orders has started")
		again := s.post(s.replication()+"/backup", url.Values{"only": {orders.ID}}).requireStatus(http.StatusOK)
		require.NotEmpty(t, again.text("tbody .badge-failed"), "one is under way")
		s.worked(func() bool { return !s.policy(orders.ID).Last.Ended.IsZero() })
		require.Contains(t, s.get(s.replication()).text("#row-"+orders.ID), "Done")
		require.Contains(t, s.get(s.replication()).text("#row-"+orders.ID), "Behind by", "its backup is not copied yet")
		require.Contains(t, s.get("/p/"+s.project.ID).text(`a.card-link[href="`+s.replication()+`"]`), "1 policy behind")
	})
	t.Run("schedules of many are disabled and enabled at once", func(t *testing.T) {
		both := url.Values{"id": {orders.ID, users.ID}}
		s.post(s.replication()+"/disable", both).requireStatus(http.StatusOK)
		require.Contains(t, s.get(s.replication()).text("#row-"+users.ID), "Disabled")
		disabled := s.policy(users.ID)
		require.False(t, disabled.Enabled())
		s.post(s.replication()+"/enable", both).requireStatus(http.StatusOK)
		require.NotContains(t, s.get(s.replication()).text("tbody"), "Disabled")
	})
	t.Run("many are deleted once somebody said so", func(t *testing.T) {
		p := s.post(s.replication()+"/delete", url.Values{"id": {orders.ID, users.ID}}).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".confirm"), "these 2 policies")
		require.Contains(t, p.text(".consequences"), "stay")
		sent := url.Values{}
		for _, input := range p.Find(".confirm input").EachIter() {
			sent.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
		}
		s.post(s.replication()+"/enable", url.Values{"only": {users.ID}})
		s.post(s.replication()+"/disable", url.Values{"only": {users.ID}})
		p = s.post(s.replication()+"/delete/confirmed", sent).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("tbody .badge-failed").Length(), "users is not what was seen any more")
		require.Equal(t, []string{"users"}, s.get(s.replication()).names())
	})
}

func TestThePageOfAPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.protect("orders")
	s.write("orders/a", "content")
	path := s.replication() + "/" + policy.ID
	p := s.get(path).requireStatus(http.StatusOK)
	for _, part := range []string{
		"Every day at 02:00 UTC", "Kept: those of the last 30 days.", "Nothing was backed up yet", "Nothing to copy so far", "RRULE:FREQ=DAILY",
	} {
		require.Contains(t, p.text("main"), part)
	}
	require.Equal(t, 10, p.Find("main ol.entries li").Length(), "the next five times of each schedule")
	require.Zero(t, p.Find(`#policy-now[hx-get]`).Length())

	t.Run("is followed while the policy is backed up", func(t *testing.T) {
		s.post(path+"/backup", nil).requireRedirect(path)
		p := s.get(path)
		require.Contains(t, p.text("#policy-now .badge"), "Backing up")
		require.Equal(t, path, p.Find("#policy-now").AttrOr("hx-get", ""))
		require.Contains(t, p.Find("noscript").Text(), `http-equiv="refresh"`)
		s.post(path+"/backup", nil).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "backed up")
		s.worked(func() bool { return !s.policy(policy.ID).Last.Ended.IsZero() })
		part := s.get(path, fragment("policy-now")...)
		require.False(t, part.whole())
		require.Contains(t, part.text(".badge-passed"), "Done")
		require.Contains(t, part.text("tbody"), "1 of 1 available")
		require.Equal(t, s.replication()+"/backups?checkpoint="+s.policy(policy.ID).Last.ID, part.Find("tbody a.row-link").AttrOr("href", ""))
	})
	t.Run("says how far its copies are, and what was copied lately", func(t *testing.T) {
		require.Contains(t, s.get(path).text("#policy-now"), "Behind by")
		run := s.settled(s.replicate(policy).ID)
		p := s.get(path)
		require.Contains(t, p.text("#policy-now .badge-passed"), "In sync")
		require.Contains(t, p.text("#policy-now"), "as of")
		require.Equal(t, 1, p.Find(`a[href="`+s.replication()+"/runs/"+run.ID+`"]`).Length())
	})
	t.Run("tells what was changed", func(t *testing.T) {
		changed := policyForm(t, s.get(path+"/edit"))
		changed.Set("operations.0.days", "14")
		s.post(path, changed).requireRedirect(path)
		p := s.get(path + "/history").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".changes"), "last 14 days")
		require.Contains(t, p.text(".changes"), "backup started")
		require.Equal(t, path, s.get("/p/"+s.project.ID).Find(".changes a").First().AttrOr("href", ""))
	})
	t.Run("asks before it is deleted", func(t *testing.T) {
		p := s.get(path + "/delete").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".confirm"), "delete the policy orders")
		s.post(path+"/delete", url.Values{"version": {"1"}}).requireRedirect(path)
		require.NotEmpty(t, s.get(path).text(".notice-warning"), "it was changed since")
		s.post(path+"/delete", nil).requireRedirect(s.replication())
		s.get(path).requireStatus(http.StatusNotFound)
	})
	t.Run("is nobody else's", func(t *testing.T) {
		stranger := s.addProject("elsewhere")
		mine := s.protect("mine")
		for _, verb := range []string{"", "/edit", "/history", "/delete"} {
			s.get("/p/" + stranger.ID + "/replication/" + mine.ID + verb).requireStatus(http.StatusNotFound)
		}
		for _, verb := range []string{"", "/validate", "/edit", "/backup", "/delete"} {
			s.post("/p/"+stranger.ID+"/replication/"+mine.ID+verb, typedPolicy()).requireStatus(http.StatusNotFound)
		}
		require.Equal(t, templates.DestinationValue(s.there()), policyForm(t, s.get(s.replication()+"/"+mine.ID+"/edit")).Get("operations.1.destination"))
	})
}
