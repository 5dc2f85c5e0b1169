package handlers_test

import (
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// card is the card of the overview with that title.
func (p *page) card(title string) *goquery.Selection {
	return p.Find(".panels .panel").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("h2").Text() == title })
}

func TestTheOverviewTellsWhatNeedsLookingAfter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx := t.Context()
	require.Zero(t, s.get(s.home()).Find(".panels").Length(), "nothing does: there are no empty cards")

	link, err := s.service.CreateLink(ctx, s.scope(), s.unreachable("broken"), api.Anyway)
	require.NoError(t, err)
	svc, err := s.service.CreateEndpointService(ctx, s.scope(), apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	var drafts []api.PermissionDraft
	for _, d := range apitest.PermissionDrafts(7) {
		d.Expires = time.Now().Add(24 * time.Hour)
		drafts = append(drafts, d)
	}
	_, err = s.service.AddPermissions(ctx, s.scope(), svc.ID, api.PermissionBatch{Entries: drafts})
	require.NoError(t, err)

	page := s.get(s.home())
	failing := page.card("Does not answer")
	require.Equal(t, s.links()+"/"+link.ID, failing.Find("a").AttrOr("href", ""))
	require.Contains(t, failing.Text(), "Connect:", "why")
	require.NotZero(t, failing.Find("time").Length(), "since when")
	ending := page.card("Whitelist entries that end soon")
	require.Equal(t, 5, ending.Find("li").Length(), "no more than a card holds")
	require.Equal(t, s.home()+"/whitelist", ending.Find("a").Last().AttrOr("href", ""), "the rest is in the list")
	require.Zero(t, page.card("Ramps under way").Length())
	require.Zero(t, page.card("Awaits your approval").Length())
}

func TestTheOverviewTellsWhoseApprovalIsAwaited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	svc, err := s.service.CreateEndpointService(t.Context(), s.scope(), apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	user := s.join("eve", api.RoleEditor)
	eve := s.as(t, "eve", secondPassword)
	scope := s.scope()
	scope.Actor.UserID, scope.Actor.User, scope.Actor.Role, scope.Reason = user.ID, user.Name, api.RoleEditor, "agreed"
	_, err = s.options.Service.OpenToEveryone(t.Context(), scope, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: apitest.Reason})
	require.Equal(t, api.Approval, api.CodeOf(err))
	require.Equal(t, 1, eve.get(s.home()).card("Your open requests").Find("li").Length())
	require.Zero(t, eve.get(s.home()).card("Awaits your approval").Length(), "nobody approves what he asked for")
	page := s.get(s.home())
	require.Equal(t, 1, page.card("Awaits your approval").Find("li").Length())
	require.Contains(t, page.card("Awaits your approval").Find("a").AttrOr("href", ""), s.home()+"/requests/")
	require.Zero(t, page.card("Your open requests").Length())
}
