package handlers_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// entries are the accounts on a whitelist, as it is stored.
func (s *site) entries(service string) map[string]api.Permission {
	s.t.Helper()
	page, err := s.service.ListPermissions(s.t.Context(), s.scope(), service, api.PermissionQuery{Limit: api.MaxWirePage})
	require.NoError(s.t, err)
	found := map[string]api.Permission{}
	for _, entry := range page.Items {
		found[api.BareAccount(entry.Permission)] = entry
	}
	return found
}

func TestWhitelistPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 2)
	path := s.whitelists() + "/" + service.ID
	soon := s.admit(service.ID, api.PermissionDraft{
		Permission: api.AccountPrefix + "expiring", Description: "Acme & Co", Expires: time.Now().Add(50 * time.Hour),
	})[0]
	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, 3, p.Find("tbody tr").Length())
	require.Equal(t, "row-"+soon.ID, p.Find("tbody tr").First().AttrOr("id", ""), "the newest first")
	require.Contains(t, p.text("#row-"+soon.ID), "Acme & Co")
	require.Contains(t, p.text("#row-"+soon.ID+" .badge-warned"), "2 d", "what ends soon is marked")
	require.Contains(t, p.text(".expiry-note"), "1 account expires within 7 days")
	require.Contains(t, s.get(s.whitelists()).text("#row-"+service.ID), "1 expires soon", "also in the list of services")

	t.Run("is searched, filtered and sorted by its address", func(t *testing.T) {
		for query, first := range map[string]string{
			"?q=ACME": "expiring", "?expiring=true": "expiring", "?q=" + apitest.Account(1): apitest.Account(1),
			"?sort=permission": apitest.Account(0), "?sort=created": apitest.Account(0), "?sort=expires": "expiring",
		} {
			require.Equal(t, first, s.get(path+"/entries"+query).text("tbody tr:first-child .row-link"), query)
		}
		require.Contains(t, s.get(path+"?q=nobody").text(".empty"), "Show")
	})
	t.Run("tells who may connect, and why", func(t *testing.T) {
		require.Contains(t, s.get(path+"?account="+apitest.Account(0)).text("#who-answer"), "may connect. It has an entry of its own: customer 0")
		require.Contains(t, s.get(path+"?account=expiring").text("#who-answer"), "until 20")
		require.Contains(t, s.get(path+"?account="+s.project.Account.ID).text("#who-answer"), "service's own account")
		p := s.get(path+"?account="+api.AccountPrefix+"stranger", fragment("who")...)
		require.False(t, p.whole())
		require.Contains(t, p.text(".notice-error"), "stranger may not connect")
		require.Equal(t, path+"/add?account=stranger", p.Find("#who-answer a").AttrOr("href", ""))
		require.Contains(t, s.get(path+"?account=not+an+id").text("#who-answer .field-error"), "letters, digits")
	})
	t.Run("says that a connection has to be approved", func(t *testing.T) {
		require.Contains(t, s.get(path+"?account=expiring").text("#who-answer"), "still have to accept")
	})
}

func TestEntryIsDescribedInItsRow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 2)
	entry := s.entries(service.ID)[apitest.Account(1)]
	path := s.whitelists() + "/" + service.ID + "/entries/" + entry.ID
	row := fragment("row-" + entry.ID)

	p := s.get(path+"?row=edit&id="+entry.ID, row...)
	require.False(t, p.whole())
	require.Equal(t, "customer 1", p.value("description."+entry.ID))
	require.Equal(t, 1, p.Find("input[name=id][checked]").Length(), "a tick stays")
	p = s.post(path+"/describe", url.Values{"description." + entry.ID: {strings.Repeat("x", 257)}}, row...).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text(".field-error"), "256")
	require.Len(t, p.value("description."+entry.ID), 257, "what was typed is still there")
	p = s.post(path+"/describe", url.Values{"description." + entry.ID: {" Acme & Co "}}, row...).requireStatus(http.StatusOK)
	require.Contains(t, p.html, "Acme &amp; Co")
	require.Zero(t, p.Find("input[name^=description]").Length())
	require.Contains(t, p.html, `data-announce="The description was saved."`)
	require.Equal(t, "Acme & Co", s.entries(service.ID)[apitest.Account(1)].Description)
	require.Contains(t, s.get(path+"?row=show", row...).html, "Acme &amp; Co")
}

func TestEntryHasAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 1)
	entry := s.entries(service.ID)[apitest.Account(0)]
	list := s.whitelists() + "/" + service.ID
	path := list + "/entries/" + entry.ID
	stored := func() api.Permission { return s.entries(service.ID)[apitest.Account(0)] }

	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, "customer 0", p.value("description"))
	p = s.post(path, url.Values{"description": {"kept"}, "expires": {"tomorrow"}}).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#expires-error"), "“tomorrow” is not a date")
	require.Equal(t, []string{"kept", "tomorrow"}, []string{p.value("description"), p.value("expires")})
	p = s.post(path, url.Values{"description": {"customer 0"}, "expires": {"2001-01-01"}}).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#expires-error"), "has passed")
	day := time.Now().AddDate(0, 2, 0).UTC().Format(time.DateOnly)
	s.post(path, url.Values{"description": {"Acme"}, "expires": {day}}).requireRedirect(list)
	require.Equal(t, day+"T23:59:59Z", stored().Expires.UTC().Format(time.RFC3339), "to the end of that day")
	require.Equal(t, "Acme", stored().Description)
	require.Equal(t, day, s.get(path).value("expires"))

	t.Run("and is renewed there", func(t *testing.T) {
		before := stored().Expires
		s.post(path, url.Values{"description": {"Acme"}, "expires": {day}, "renew": {"+30d"}}).requireRedirect(list)
		require.Equal(t, before.AddDate(0, 0, 30).Unix(), stored().Expires.Unix(), "from where it would have ended")
		s.post(path, url.Values{"description": {"Acme"}, "expires": {""}}).requireRedirect(list)
		require.Zero(t, stored().Expires)
	})
	t.Run("or in its row", func(t *testing.T) {
		p := s.post(path+"/renew", url.Values{"expires": {"+30d"}, "id": {entry.ID}}, fragment("row-"+entry.ID)...).requireStatus(http.StatusOK)
		require.Contains(t, p.html, "may connect until")
		require.WithinDuration(t, time.Now().AddDate(0, 0, 30), stored().Expires, time.Minute, "from now, because it did not end")
		s.post(path+"/renew", url.Values{"expires": {"never"}, "back": {list + "?q=a"}}).requireRedirect(list + "?q=a")
		require.Contains(t, s.get(list).text(".flashes"), "does not expire")
		s.post(path+"/renew", url.Values{"expires": {"when it rains"}}).requireStatus(http.StatusUnprocessableEntity)
		require.Zero(t, stored().Expires)
	})
	t.Run("it is gone when the entry is", func(t *testing.T) {
		s.remove(service.ID, entry.ID)
		s.get(path).requireStatus(http.StatusNotFound)
	})
}

func TestRenewingMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 3)
	path := s.whitelists() + "/" + service.ID
	all := s.entries(service.ID)
	ticked := url.Values{"id": {all[apitest.Account(0)].ID, all[apitest.Account(1)].ID}, "back": {path}}

	ticked.Set("expires", "+90d")
	p := s.post(path+"/entries/renew", ticked).requireStatus(http.StatusOK)
	require.Equal(t, 2, p.Find("tbody .badge-passed").Length())
	now := s.entries(service.ID)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 90), now[apitest.Account(0)].Expires, time.Minute)
	require.Zero(t, now[apitest.Account(2)].Expires)

	t.Run("to a day", func(t *testing.T) {
		day := time.Now().AddDate(1, 0, 0).UTC().Format(time.DateOnly)
		ticked.Set("expires", "until")
		ticked.Set("until", day)
		s.post(path+"/entries/renew", ticked).requireStatus(http.StatusOK)
		require.Equal(t, day, s.entries(service.ID)[apitest.Account(1)].Expires.UTC().Format(time.DateOnly))
	})
	t.Run("of which none was chosen", func(t *testing.T) {
		ticked.Set("until", "")
		s.post(path+"/entries/renew", ticked).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "Choose the day")
	})
	t.Run("that has passed is refused for each, and they stay ticked", func(t *testing.T) {
		ticked.Set("until", "2001-01-01")
		p := s.post(path+"/entries/renew", ticked).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".lead"), "refused for 2")
		require.Equal(t, 2, p.Find("tbody input[name=id][checked]").Length())
	})
	t.Run("nothing ticked says what to do", func(t *testing.T) {
		s.post(path+"/entries/renew", url.Values{"expires": {"+30d"}, "back": {path}}).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "Select at least one")
	})
}

func TestRemovingMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 3)
	path := s.whitelists() + "/" + service.ID
	guest := s.guest("guest", service)
	_, err := s.service.AcceptConnection(t.Context(), s.scope(), service.ID, guest.ID)
	require.NoError(t, err)
	until := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	all := s.entries(service.ID)
	_, err = s.service.ChangePermission(t.Context(), s.scope(), service.ID, all[apitest.Account(0)].ID, api.PermissionChange{Expires: &until})
	require.NoError(t, err)

	ticked := url.Values{"id": {all[apitest.Account(0)].ID, all[guest.Account].ID}, "back": {path}}
	p := s.post(path+"/entries/delete", ticked).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".name-list"), apitest.Account(0)+" customer 0")
	require.Contains(t, p.text(".consequences"), "Connections that were accepted stay")
	require.Contains(t, p.text(".btn-error"), "Remove 2 accounts")
	require.Len(t, s.entries(service.ID), 4, "asking removes nothing")

	sent := fields(p, ".confirm form")
	sent.Add("id", "gone-meanwhile")
	p = s.post(path+"/entries/delete/confirmed", sent).requireStatus(http.StatusOK)
	require.Equal(t, 2, p.Find("tbody .badge-passed").Length())
	require.Len(t, s.entries(service.ID), 2)
	require.Contains(t, p.text("tbody"), "gone-meanwhileRefusedThis entry is not in the whitelist.")
	changes, err := s.service.Changes(t.Context(), s.scope(), api.KindPermission, service.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, "remove", changes[0].Action)
	require.NotEqual(t, "remove", changes[1].Action, "it is one change")

	t.Run("names the connections that are still alive, to be rejected", func(t *testing.T) {
		require.Contains(t, p.text(".alive-list"), guest.Account)
		line := fragment("alive-" + guest.ID)
		q := s.post(path+"/connections/reject", url.Values{"only": {guest.ID}}, line...).requireStatus(http.StatusOK)
		require.False(t, q.whole())
		require.Equal(t, "Rejected", q.text("#alive-"+guest.ID+" .badge"))
	})
	t.Run("which without script leads to a page where it can still be undone", func(t *testing.T) {
		button := p.Find(".alive-list button")
		require.Equal(t, p.Find(".undo").AttrOr("id", "-"), button.AttrOr("form", ""), "it takes along what was removed")
		sent := fields(p, ".undo")
		sent.Set("only", button.AttrOr("value", ""))
		q := s.post(button.AttrOr("formaction", ""), sent).requireStatus(http.StatusOK)
		require.Contains(t, q.text(".flashes"), "is rejected")
		require.Contains(t, q.text("#undo"), "2 accounts")
		require.Equal(t, sent.Get("removed"), fields(q, ".undo").Get("removed"))
		require.Zero(t, q.Find(".alive-list").Length())
	})
	undo := fields(p, ".undo")
	require.NotContains(t, undo.Get("removed"), apitest.Account(0), "it travels sealed")
	s.post(path+"/entries/undo", undo).requireRedirect(path)
	require.Contains(t, s.get(path).text(".flashes"), "2 accounts are back")
	back := s.entries(service.ID)[apitest.Account(0)]
	require.Equal(t, "customer 0", back.Description)
	require.True(t, until.Equal(back.Expires), "%s is not %s", back.Expires, until)

	t.Run("a second undo shows that they are there already", func(t *testing.T) {
		p := s.post(path+"/entries/undo", undo).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#rows-0-account-error"), "in the whitelist already")
		require.Equal(t, apitest.Account(0), p.value("rows.0.account"))
	})
	t.Run("what was not sealed for this session is nothing", func(t *testing.T) {
		text, err := json.Marshal(apitest.PermissionDrafts(1))
		require.NoError(t, err)
		for _, forged := range []string{"", "x.y", string(text), undo.Get("removed") + "x"} {
			s.post(path+"/entries/undo", url.Values{"removed": {forged}}).requireRedirect(path)
			require.Contains(t, s.get(path).text(".notice-warning"), "too late")
		}
		other := s.offer("other", 0)
		s.post(s.whitelists()+"/"+other.ID+"/entries/undo", undo).requireRedirect(s.whitelists() + "/" + other.ID)
		require.Empty(t, s.entries(other.ID), "nor for another service")
	})
}

// remove removes entries as another would.
func (s *site) remove(service string, ids ...string) {
	s.t.Helper()
	_, err := s.service.RemovePermissions(s.t.Context(), s.scope(), service, api.PermissionRemoval{IDs: ids})
	require.NoError(s.t, err)
}

// meddler is a service in which somebody else removes an entry right before.
type meddler struct {
	api.Service
	first string
}

func (m *meddler) RemovePermissions(ctx context.Context, s api.Scope, service string, r api.PermissionRemoval) ([]api.Permission, error) {
	if first := m.first; first != "" {
		m.first = ""
		if _, err := m.Service.RemovePermissions(ctx, s, service, api.PermissionRemoval{IDs: []string{first}}); err != nil {
			return nil, err
		}
	}
	return m.Service.RemovePermissions(ctx, s, service, r)
}

func TestRemovingManyOfWhichOneGoesAwayMeanwhile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 3)
	gone := s.entries(service.ID)[apitest.Account(1)]
	s.serve(&meddler{Service: s.service, first: gone.ID})
	path := s.whitelists() + "/" + service.ID
	p := s.post(path+"/entries/delete/confirmed", url.Values{"all": {"true"}, "q": {"customer"}, "back": {path}}).requireStatus(http.StatusOK)
	require.Empty(t, s.entries(service.ID))
	require.Equal(t, 2, p.Find("tbody .badge-passed").Length())
	require.Contains(t, p.text("tbody tr:has(.badge-failed)"), gone.Permission)
	require.Contains(t, p.text("tbody tr:has(.badge-failed)"), "not in the whitelist")
	require.Contains(t, p.text("#undo"), "2 accounts", "what another removed is not brought back")

	only := s.admit(service.ID, apitest.PermissionDrafts(1)...)[0]
	s.serve(&meddler{Service: s.service, first: only.ID})
	p = s.post(path+"/entries/delete/confirmed", url.Values{"id": {only.ID}, "back": {path}}).requireStatus(http.StatusOK)
	require.Equal(t, 1, p.Find("tbody .badge-failed").Length())
	require.Zero(t, p.Find("#undo").Length())
}

func TestTheQuestionSaysWhoCanStillConnect(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 1)
	path := s.whitelists() + "/" + service.ID
	s.admit(service.ID, api.PermissionDraft{Permission: api.AccountPrefix + service.Account})
	all := s.entries(service.ID)
	ask := func(accounts ...string) string {
		v := url.Values{}
		for _, account := range accounts {
			v.Add("id", s.entries(service.ID)[account].ID)
		}
		return s.post(path+"/entries/delete", v).requireStatus(http.StatusOK).text(".consequences")
	}
	guest := apitest.Account(0)
	require.Len(t, all, 2)
	require.Contains(t, ask(guest), "cannot make new connections")
	require.NotContains(t, ask(service.Account), "cannot make new connections")
	require.Contains(t, ask(service.Account), "service's own account")
	require.Contains(t, ask(service.Account, guest), "cannot make new connections")
	_, err := s.service.OpenToEveryone(t.Context(), s.scope(), service.ID, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
	require.NoError(t, err)
	require.Contains(t, ask(guest), "can still connect: the service is open to everyone")
	require.NotContains(t, ask(guest), "cannot make new connections")
	require.Contains(t, ask(guest, api.Everyone), "cannot make new connections")
	require.NotContains(t, ask(api.Everyone), "make new connections")
}

func TestWhatTwoPeopleChangeOfAnEntryIsBothSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 1)
	entry := s.entries(service.ID)[apitest.Account(0)]
	path := s.whitelists() + "/" + service.ID + "/entries/" + entry.ID
	stale := fields(s.get(path), "#entry-form")
	row := fragment("row-" + entry.ID)
	staleRow := fields(s.get(path+"?row=edit", row...), "body")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	text := "theirs"
	_, err := s.service.ChangePermission(t.Context(), s.scope(), service.ID, entry.ID, api.PermissionChange{Description: &text, Expires: &until})
	require.NoError(t, err)

	s.post(path, stale).requireStatus(http.StatusSeeOther)
	require.Equal(t, "theirs", s.entries(service.ID)[apitest.Account(0)].Description, "nothing was changed in the form")
	s.post(path+"/describe", staleRow, row...).requireStatus(http.StatusOK)
	require.Equal(t, "theirs", s.entries(service.ID)[apitest.Account(0)].Description)
	stale.Set("description", "mine")
	s.post(path, stale).requireStatus(http.StatusSeeOther)
	now := s.entries(service.ID)[apitest.Account(0)]
	require.Equal(t, "mine", now.Description)
	require.True(t, until.Equal(now.Expires), "the expiry stays")

	stale.Set("expires", "tomorrow")
	refused := s.post(path, stale).requireStatus(http.StatusUnprocessableEntity)
	require.Equal(t, stale.Get("seen.expires"), refused.value("seen.expires"), "the form still knows what it was made from")
	staleRow.Set("description."+entry.ID, "a < b")
	require.Equal(t, "customer 0", s.post(path+"/describe", staleRow, row...).requireStatus(http.StatusUnprocessableEntity).value("seen."+entry.ID))
}

func TestRemovalsLeadBackToTheService(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 1)
	path := s.whitelists() + "/" + service.ID
	entry := path + "/entries/" + s.entries(service.ID)[apitest.Account(0)].ID
	question := s.post(path+"/entries/delete", fields(s.get(entry), ".page-header form"))
	require.Equal(t, path, question.value("back"))
	_, err := s.service.OpenToEveryone(t.Context(), s.scope(), service.ID, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
	require.NoError(t, err)
	closed := s.post(path+"/entries/delete/confirmed", fields(s.get(path), ".open-banner form")).requireStatus(http.StatusOK)
	require.Equal(t, 1, closed.Find(`a.btn-primary[href="`+path+`"]`).Length())
}

func TestHistoryOfAWhitelistSaysWhenItWasOpened(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 0)
	path := s.whitelists() + "/" + service.ID
	drafts := append(apitest.PermissionDrafts(7), api.PermissionDraft{Permission: api.Everyone})
	added, err := s.service.AddPermissions(t.Context(), s.scope(), service.ID, api.PermissionBatch{Entries: drafts, Everyone: true})
	require.NoError(t, err)
	require.Contains(t, s.get(path+"/history").text(".changes"), "The service was opened to every account.")
	ids := make([]string, len(added))
	for i := range added {
		ids[i] = added[i].ID
	}
	s.remove(service.ID, ids...)
	changes := s.get(path + "/history").text(".changes")
	require.Contains(t, changes, "The service was closed to every account that has no entry.")
	require.Contains(t, changes, "Every account, ", "before the others")

	guest := s.guest("guest", service)
	_, err = s.service.AcceptConnection(t.Context(), s.scope(), service.ID, guest.ID)
	require.NoError(t, err)
	require.Contains(t, s.get(path+"/history").text(".changes"), "accepted")
}

func TestToOpenToEveryoneIsAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 1)
	open := s.whitelists() + "/" + service.ID + "/everyone"
	form := url.Values{"confirm": {service.Name}, "reason": {apitest.Reason}}
	s.post(open, url.Values{"confirm": {"orders"}, "reason": {apitest.Reason}}).requireStatus(http.StatusUnprocessableEntity)
	p := s.post(open, form).requireStatus(http.StatusSeeOther)
	to := p.header.Get("Location")
	require.Regexp(t, "^/p/"+s.project.ID+"/requests/[0-9a-f-]{36}$", to)
	require.Contains(t, s.get(to).requireStatus(http.StatusOK).text("main"), apitest.Reason)
	require.Len(t, s.entries(service.ID), 1)

	p = s.post(open, form, header{"HX-Request", "true"})
	require.Equal(t, http.StatusOK, p.status)
	require.Regexp(t, "/requests/[0-9a-f-]{36}$", p.header.Get("HX-Redirect"))
}

func TestOpenToEveryone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.approveNothing()
	service := s.offer("orders", 1)
	path := s.whitelists() + "/" + service.ID
	p := s.get(path + "/everyone").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".consequences"), "Approval is on")

	p = s.post(path+"/everyone", url.Values{"confirm": {"orders"}, "reason": {"short"}, "expires": {"2001-01-01"}}).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#confirm-error"), service.Name)
	require.Contains(t, p.text("#reason-error"), "10")
	require.Contains(t, p.text("#expires-error"), "has passed")
	require.Equal(t, "orders", p.value("confirm"))
	s.post(path+"/everyone", url.Values{"confirm": {service.Name}, "reason": {apitest.Reason}, "expires": {"soon"}}).requireStatus(http.StatusUnprocessableEntity)
	require.Len(t, s.entries(service.ID), 1)

	s.post(path+"/everyone", url.Values{"confirm": {" " + service.Name + " "}, "reason": {apitest.Reason}, "expires": {"30d"}}).requireRedirect(path)
	for _, tab := range []string{"", "/connections", "/settings", "/history"} {
		p = s.get(path + tab)
		require.Contains(t, p.text(".open-banner"), "You still accept each connection", tab)
		require.Contains(t, p.text(".open-banner"), apitest.Reason)
		require.Contains(t, p.text(".open-banner"), "Opened by ada")
	}
	require.Contains(t, s.get(path+"?account=stranger").text("#who-answer"), "open to everyone")
	require.Equal(t, apitest.Reason, s.get(path+"/everyone").value("reason"), "it can be opened for longer, for the same reason")
	require.Contains(t, s.get(path+"/history").text(".changes"), "Every account")

	t.Run("stays open for longer only with its name and a reason", func(t *testing.T) {
		entry := path + "/entries/" + s.entries(service.ID)[api.Everyone].ID
		require.Zero(t, s.get(entry).Find("[name=renew]").Length())
		s.post(entry+"/renew", url.Values{"expires": {"never"}}).requireRedirect(path)
		require.Equal(t, 1, s.get(path).Find(".flashes .notice-error").Length())
		require.NotZero(t, s.entries(service.ID)[api.Everyone].Expires)
		s.post(path+"/everyone", url.Values{"confirm": {service.Name}, "reason": {apitest.Reason}}).requireRedirect(path)
		require.Zero(t, s.entries(service.ID)[api.Everyone].Expires)
	})
	t.Run("is closed again by a click, which undo does not take back", func(t *testing.T) {
		p := s.post(path+"/entries/delete/confirmed", fields(s.get(path), ".open-banner form")).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".notice-info"), "Undo does not open it to everyone")
		require.Zero(t, p.Find(".undo").Length())
		require.Zero(t, s.get(path).Find(".open-banner").Length())
		require.Len(t, s.entries(service.ID), 1)
	})
	t.Run("without approval says that the service is public", func(t *testing.T) {
		d := apitest.ServiceDraft("public")
		d.Approval = false
		public, err := s.service.CreateEndpointService(t.Context(), s.scope(), d)
		require.NoError(t, err)
		path := s.whitelists() + "/" + public.ID
		require.Contains(t, s.get(path+"/everyone").text(".consequences"), "public to every account")
		s.post(path+"/everyone", url.Values{"confirm": {public.Name}, "reason": {apitest.Reason}}).requireRedirect(path)
		require.Contains(t, s.get(path).text(".open-banner"), "it is public")
		require.Contains(t, s.get(path).text(".open-banner"), "until somebody closes it")
	})
}

func TestClosingListsConnectionsThatCouldNotBeMadeAnyMore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	d := apitest.ServiceDraft("public")
	d.Approval = false
	service, err := s.service.CreateEndpointService(t.Context(), s.scope(), d)
	require.NoError(t, err)
	known := s.guest("known", service)
	everyone, err := s.service.OpenToEveryone(t.Context(), s.scope(), service.ID, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
	require.NoError(t, err)
	stranger := s.guest("stranger", service)
	s.remove(service.ID, s.entries(service.ID)[stranger.Account].ID)

	p := s.post(s.whitelists()+"/"+service.ID+"/entries/delete/confirmed", url.Values{"id": {everyone.ID}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".alive-list"), stranger.Account)
	require.NotContains(t, p.text(".alive-list"), known.Account, "who still has an entry may stay")

	p = s.get(s.whitelists() + "/" + service.ID)
	require.Contains(t, p.text(".expiry-note"), "1 connection is still accepted")
	p = s.get(p.Find(".expiry-note a").AttrOr("href", ""))
	require.Equal(t, 1, p.Find("tbody tr").Length())
	require.Contains(t, p.text("#row-"+stranger.ID), "Not on the whitelist any more")
}
