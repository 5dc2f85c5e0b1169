package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// The history of a thing is turned page by page, back and forth, to its first
// entry.
func TestPagesOfHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	for i := range 24 {
		require.NoError(t, s.service.EnableLink(t.Context(), s.scope(), link.ID, i%2 == 1))
	}
	path := s.links() + "/" + link.ID
	var pages [][]string
	p := s.get(path).requireStatus(http.StatusOK)
	require.Zero(t, p.Find("#history a[rel=prev]").Length())
	for {
		pages = append(pages, p.changes())
		next := p.Find("#history a[rel=next]")
		if next.Length() == 0 {
			break
		}
		require.Equal(t, "#history", next.AttrOr("hx-target", ""), "only the panel is replaced")
		p = s.get(next.AttrOr("href", ""), fragment("history")...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
	}
	require.Equal(t, []int{10, 10, 5}, []int{len(pages[0]), len(pages[1]), len(pages[2])})
	require.Contains(t, pages[2][4], "created")
	for _, before := range []int{1, 0} {
		p = s.get(p.Find("#history a[rel=prev]").AttrOr("href", "")).requireStatus(http.StatusOK)
		require.Equal(t, pages[before], p.changes())
	}
	require.Zero(t, p.Find("#history a[rel=prev]").Length(), "this is the first page again")
	require.Equal(t, 1, p.Find("#history a[rel=next]").Length())

	t.Run("an address that leads nowhere leads back", func(t *testing.T) {
		for _, cursor := range []string{"0", "%2Bz", "%2B", "%00", "+"} {
			p := s.get(path + "?changes=" + cursor).requireStatus(http.StatusOK)
			if p.Find("#history li").Length() == 0 {
				require.Equal(t, path, p.Find("#history a[rel=prev]").AttrOr("href", ""), cursor)
			}
		}
	})
	t.Run("of a connection", func(t *testing.T) {
		c := s.failed("events")
		for i := range 51 {
			_, err := s.service.TagConnection(t.Context(), s.scope(), c.ID, []api.Tag{{Key: "n", Value: fmt.Sprint(i)}}, 0)
			require.NoError(t, err)
		}
		p := s.get(s.connections() + "/" + c.ID + "/history").requireStatus(http.StatusOK)
		require.Len(t, p.changes(), 50)
		require.NotEmpty(t, s.get(p.Find("#history a[rel=next]").AttrOr("href", "")).changes())
	})
	t.Run("of a service and its whitelist in one line of time", func(t *testing.T) {
		service := s.offer("orders", 0)
		until := time.Now().Add(time.Hour)
		entry := s.admit(service.ID, api.PermissionDraft{Permission: api.AccountPrefix + strings.Repeat("a", 32)})[0]
		for i := range 60 {
			if i%2 == 0 {
				until = until.Add(time.Hour)
				_, err := s.service.ChangePermission(t.Context(), s.scope(), service.ID, entry.ID, api.PermissionChange{Expires: &until})
				require.NoError(t, err)
				continue
			}
			d := apitest.ServiceDraft("orders")
			d.ID, d.Region, d.Description = service.ID, "local-1", fmt.Sprint(i)
			_, err := s.service.UpdateEndpointService(t.Context(), s.scope(), d)
			require.NoError(t, err)
		}
		first := s.get(s.whitelists() + "/" + service.ID + "/history").requireStatus(http.StatusOK)
		second := s.get(first.Find("#history a[rel=next]").AttrOr("href", ""))
		again := s.get(second.Find("#history a[rel=prev]").AttrOr("href", ""))
		require.Len(t, first.changes(), 50)
		require.Equal(t, first.changes(), again.changes())
		require.Len(t, slices.Concat(first.changes(), second.changes()), 62)
	})
}

// changes are the lines of a history.
func (p *page) changes() []string {
	var found []string
	for _, line := range p.Find("#history .changes > li").EachIter() {
		found = append(found, strings.Join(strings.Fields(line.Text()), " "))
	}
	return found
}
