package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// ticking is what the form around a list sends with those links ticked.
func ticking(back string, links ...api.Link) url.Values {
	v := url.Values{"back": {back}}
	for _, l := range links {
		v.Add("id", l.ID)
	}
	return v
}

func TestTicking(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 52 {
		s.create(apitest.MySQLDraft(fmt.Sprintf("link_%02d", i)))
	}
	t.Run("every row has a box that says whose it is", func(t *testing.T) {
		p := s.get(s.links())
		require.Equal(t, 50, p.Find("tbody input[type=checkbox][name=id]").Length())
		require.Equal(t, "Select link_00", p.Find("tbody input[name=id]").First().AttrOr("aria-label", ""))
		require.Zero(t, p.Find("input[name=id][checked]").Length())
	})
	t.Run("without JavaScript the page is ticked by a link", func(t *testing.T) {
		require.Equal(t, 50, s.get(s.links()+"?tick=page").Find("tbody input[name=id][checked]").Length())
		require.Contains(t, s.get(s.links()+"?q=a").html, "q=a&amp;tick=page")
	})
	t.Run("all that match can be meant where a page does not show them", func(t *testing.T) {
		require.Contains(t, s.get(s.links()).text(".bulk-pick"), "All links of this project")
		require.Contains(t, s.get(s.links()+"?q=link").text(".bulk-pick"), "All that match")
		require.Zero(t, s.get(s.links()+"?q=link_0").Find("[name=all]").Length())
	})
	t.Run("a filter comes along with the form, also when htmx has changed it", func(t *testing.T) {
		p := s.get(s.links()+"?q=link&connector=generic-jdbc-connector", fragment("links-table")...)
		require.Equal(t, []string{"link", "generic-jdbc-connector"}, []string{p.value("q"), p.value("connector")})
		require.Equal(t, s.links()+"?connector=generic-jdbc-connector&q=link", p.value("back"))
	})
}

func TestEnablingAndDisablingMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, b, c := s.create(apitest.MySQLDraft("first")), s.create(apitest.MySQLDraft("second")), s.create(apitest.MySQLDraft("third"))
	enabled := func(l api.Link) bool {
		stored, err := s.service.Link(t.Context(), s.scope(), l.ID)
		require.NoError(t, err)
		return stored.Enabled
	}
	back := s.links() + "?q=x"
	p := s.post(s.links()+"/disable", ticking(back, a, b)).requireStatus(http.StatusOK)
	require.Equal(t, "Done for all 2.", p.text(".lead"))
	require.Equal(t, 2, p.Find("tbody .badge-passed").Length())
	require.Equal(t, back, p.Find("a.btn-primary").AttrOr("href", ""))
	require.Equal(t, []bool{false, false, true}, []bool{enabled(a), enabled(b), enabled(c)})

	s.post(s.links()+"/enable", url.Values{"all": {"true"}, "q": {"FIRST"}}).requireStatus(http.StatusOK)
	require.Equal(t, []bool{true, false, true}, []bool{enabled(a), enabled(b), enabled(c)}, "all that the filter finds, and no more")

	t.Run("one by its own button, whatever is ticked", func(t *testing.T) {
		v := ticking(back, a, c)
		v.Set("only", b.ID)
		s.post(s.links()+"/enable", v).requireRedirect(back)
		require.True(t, enabled(b))
		require.Contains(t, s.get(s.links()).text(".flashes"), "Link second is enabled.")
	})
	t.Run("nothing ticked says what to do, where one was", func(t *testing.T) {
		s.post(s.links()+"/disable", ticking(back)).requireRedirect(back)
		require.Contains(t, s.get(back).text(".notice-warning"), "Select at least one row first.")
	})
	t.Run("what is gone meanwhile is told of, whatever its kind", func(t *testing.T) {
		s.post(s.links()+"/disable", url.Values{"id": {"gone"}}).requireRedirect(s.links())
		require.Contains(t, s.get(s.links()).text(".notice-warning"), "None of the selected entries is there any more.")
	})
	t.Run("when something breaks half-way it says what was done", func(t *testing.T) {
		require.NoError(t, s.db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE TRIGGER broken BEFORE UPDATE ON links WHEN NEW.id = ? BEGIN SELECT RAISE(ABORT, 'the disk is bad'); END", b.ID)
			return err
		}))
		p := s.post(s.links()+"/disable", ticking(back, a, b, c)).requireStatus(http.StatusOK)
		require.Equal(t, "Something broke on our side after 1 were done.", p.text(".lead"))
		require.Contains(t, p.text(".notice-error"), "was not touched")
		require.Contains(t, p.text("tbody"), "first")
		require.Equal(t, 1, p.Find("tbody tr").Length())
		require.Equal(t, []bool{false, true}, []bool{enabled(a), enabled(c)})
		require.NotContains(t, p.html, "the disk is bad", "that is for the log")
		require.Contains(t, s.log.String(), "the disk is bad")
		s.post(s.links()+"/disable", ticking(back, b)).requireStatus(http.StatusInternalServerError)
	})
	t.Run("too many are refused, not cut off", func(t *testing.T) {
		v := ticking(back)
		for i := range api.MaxSelection + 1 {
			v.Add("id", fmt.Sprint(i))
		}
		s.post(s.links()+"/disable", v).requireRedirect(back)
		require.Contains(t, s.get(back).text(".notice-warning"), "1000")
	})
}

func TestSchedulingMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, b := s.create(apitest.MySQLDraft("a")), s.create(apitest.MySQLDraft("b"))
	v := ticking(s.links(), a, b)
	v.Set("every", "3600")
	require.Equal(t, 2, s.post(s.links()+"/schedule", v).requireStatus(http.StatusOK).Find("tbody .badge-passed").Length())
	require.Contains(t, s.get(s.links()).text("#row-"+b.ID), "Hourly")

	v.Set("every", "1")
	p := s.post(s.links()+"/schedule", v).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".lead"), "refused for 2")
	require.Equal(t, 2, p.Find("tbody input[name=id][checked]").Length(), "what was refused stays ticked")
	require.Equal(t, 1, p.Find("button[formaction$='/schedule'][value='300']").Length(), "and something else can be tried at once")
}

func TestDeletingMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, b, c := s.create(apitest.MySQLDraft("a")), s.create(apitest.MySQLDraft("b")), s.create(apitest.MySQLDraft("c"))
	p := s.post(s.links()+"/delete", ticking(s.links(), a, b)).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".name-list"), "a MySQL")
	require.Contains(t, p.text(".name-list"), "b MySQL")
	require.Contains(t, p.text(".btn-error"), "Delete 2 links")
	require.Len(t, mustList(t, s), 3, "asking deletes nothing")

	yes := url.Values{}
	for _, in := range p.Find(".confirm input").EachIter() {
		yes.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	}
	require.NoError(t, s.service.EnableLink(t.Context(), s.scope(), b.ID, false))
	p = s.post(s.links()+"/delete/confirmed", yes).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".lead"), "Done for 1, refused for 1.")
	require.Equal(t, b.ID, p.Find("tbody input[name=id][checked]").AttrOr("value", ""), "what changed since it was confirmed stays, ticked")
	require.Zero(t, p.Find(`tbody a[href$="`+a.ID+`"]`).Length(), "nothing leads to what is gone")
	var left []string
	for _, l := range mustList(t, s) {
		left = append(left, l.Name)
	}
	require.Equal(t, []string{b.Name, c.Name}, left)
}

func TestLinksOfAnotherProjectAreNotTouchedInBulk(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.addProject("other")
	foreign, err := s.service.CreateLink(t.Context(), api.Scope{Project: other.ID}, apitest.MySQLDraft("foreign"), api.Shape)
	require.NoError(t, err)
	for _, verb := range []string{"/enable", "/disable", "/schedule", "/delete", "/delete/confirmed", "/runs"} {
		v := ticking(s.links(), foreign)
		v.Set("every", "300")
		s.post(s.links()+verb, v).requireRedirect(s.links())
		require.NotContains(t, s.get(s.links()).html, "foreign", verb)
	}
	stored, err := s.service.Link(t.Context(), api.Scope{Project: other.ID}, foreign.ID)
	require.NoError(t, err)
	require.Equal(t, foreign.Version, stored.Version)
}
