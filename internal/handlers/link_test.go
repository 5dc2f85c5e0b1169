package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"maps"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/connector"
	"switchboard/internal/testserver"
)

// typed is the form of a MySQL link, filled in.
func typed(changes ...string) url.Values {
	v := url.Values{
		"connector": {"generic-jdbc-connector"}, "name": {"orders"}, "cluster": {"default"}, "enabled": {"true"},
		"linkConfig.databaseType": {"MYSQL"}, "linkConfig.host": {"127.0.0.1"}, "linkConfig.port": {"1"},
		"linkConfig.database": {"orders"}, "linkConfig.username": {"loader"}, "linkConfig.password": {"canary-password"},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return v
}

// closedPort is a port of this machine on which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	return strconv.Itoa(testserver.ClosedAddr(t).Port)
}

func TestTheListOfLinks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Contains(t, s.get(s.links()).text("#links-table"), "No links yet")
	for i := range 60 {
		s.create(apitest.MySQLDraft(fmt.Sprintf("link_%02d", i)))
	}
	s.create(apitest.ExampleDraft("ftp", "files"))

	t.Run("shows a page and leads on and back by address", func(t *testing.T) {
		first := s.get(s.links())
		require.Equal(t, 50, first.Find("#links-table tbody tr").Length())
		second := s.get(first.Find("a[rel=next]").AttrOr("href", ""))
		require.Equal(t, 11, second.Find("#links-table tbody tr").Length())
		require.Equal(t, first.text("tbody"), s.get(second.Find("a[rel=prev]").AttrOr("href", "")).text("tbody"))
	})
	t.Run("a search keeps the sort, and a sort the search", func(t *testing.T) {
		p := s.get(s.links() + "?q=LINK_1&order=desc")
		require.Equal(t, 10, p.Find("tbody tr").Length())
		require.Contains(t, p.text("tbody tr:first-child th"), "link_19")
		require.Equal(t, "desc", p.value("order"))
		require.Contains(t, p.Find("th a.sort").First().AttrOr("href", ""), "q=LINK_1")
		require.Equal(t, "descending", p.Find("th[aria-sort]").AttrOr("aria-sort", ""))
	})
	t.Run("the connector filter leaves the others out", func(t *testing.T) {
		require.Equal(t, 1, s.get(s.links()+"?connector=ftp-connector").Find("tbody tr").Length())
	})
	t.Run("htmx gets the table alone", func(t *testing.T) {
		p := s.get(s.links()+"?q=files", fragment("links-table")...)
		require.False(t, p.whole())
		require.Equal(t, 1, p.Find("tbody tr").Length())
		require.Zero(t, p.Find("form[role=search]").Length())
		require.Contains(t, p.header.Values("Vary"), "HX-Request, HX-Target")
	})
	t.Run("a restored history entry is the whole page", func(t *testing.T) {
		p := s.get(s.links(), append(fragment("links-table"), header{"HX-History-Restore-Request", "true"})...)
		require.True(t, p.whole())
	})
	t.Run("nothing found says how to see more", func(t *testing.T) {
		require.Contains(t, s.get(s.links()+"?q=nonsense").text("#links-table"), "Change the search")
	})
	t.Run("nonsense in the address is the list's start", func(t *testing.T) {
		p := s.get(s.links() + "?sort=;DROP&order=up&connector=x&cursor=%00%ff").requireStatus(http.StatusOK)
		require.Equal(t, 50, p.Find("tbody tr").Length())
	})
}

func TestEveryTileHasAFormThatSavesItsExample(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for slug := range apitest.ConnectorExamples() {
		t.Run(slug, func(t *testing.T) {
			p := s.get(s.links() + "/new?connector=" + slug).requireStatus(http.StatusOK)
			conn, tile := connector.FindTile(slug)
			require.Equal(t, conn.Name, p.value("connector"))
			if conn.Variant != "" {
				require.Equal(t, tile.Value, p.value(conn.Variant))
			}
			d := apitest.ExampleDraft(slug, slug)
			for i := range conn.Inputs {
				if in := &conn.Inputs[i]; in.Required && conn.Applies(in, d.Inputs) && in.Kind != connector.Map {
					_, there := p.Find(`[name="` + in.Name + `"]`).Attr("name")
					applies := conn.Applies(in, map[string]string{conn.Variant: tile.Value})
					require.True(t, there || !applies, "no field for %s", in.Name)
				}
			}
		})
	}
}

func TestARefusedFormKeepsEverythingThatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.links(), typed("linkConfig.host", "http://db", "linkConfig.port", "", "name", " not a name "))
	p.requireStatus(http.StatusUnprocessableEntity)
	require.Equal(t, "http://db", p.value("linkConfig.host"))
	require.Equal(t, " not a name ", p.value("name"))
	require.Equal(t, "loader", p.value("linkConfig.username"))
	for _, path := range []string{"name", "linkConfig-host", "linkConfig-port"} {
		require.Equal(t, "true", p.Find("#"+path).AttrOr("aria-invalid", ""), path)
		require.Contains(t, p.Find("#"+path).AttrOr("aria-describedby", ""), path+"-error")
		require.NotEmpty(t, p.text("#"+path+"-error"))
	}
	require.Equal(t, "name", p.Find("[autofocus]").AttrOr("id", ""), "the first bad field gets the focus")
	require.Contains(t, p.text("[role=alert]"), "3 problems")

	t.Run("and the switches on the page lead back to the form", func(t *testing.T) {
		require.Equal(t, s.links()+"/new?connector=mysql", p.value("next"))
	})
	t.Run("the secret, too, without showing it", func(t *testing.T) {
		require.NotContains(t, p.html, "canary-password")
		held := p.value("linkConfig.password.held")
		again := typed("linkConfig.password", "", "linkConfig.password.held", held, "linkConfig.port", closedPort(t), "anyway", "true")
		saved := s.post(s.links(), again).requireStatus(http.StatusSeeOther)
		link, err := s.service.FindLink(t.Context(), s.scope(), "default", "orders")
		require.NoError(t, err)
		require.True(t, link.HasSecret["linkConfig.password"])
		require.Equal(t, s.links()+"/"+link.ID, saved.header.Get("Location"))
	})
	t.Run("but only in the session it was typed in", func(t *testing.T) {
		held := p.value("linkConfig.password.held")
		s.client = newClient(t)
		s.signIn(user, password)
		p := s.post(s.links()+"/test", typed("linkConfig.password", "", "linkConfig.password.held", held))
		p.requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#linkConfig-password-error"))
	})
}

func TestOneFieldIsJudgedAsItIsLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.links()+"/validate", typed("linkConfig.host", "http://db", "linkConfig.port", ""), fragment("field-linkConfig-host")...)
	p.requireStatus(http.StatusOK)
	require.False(t, p.whole())
	require.Equal(t, 1, p.Find(".field").Length(), p.html)
	require.Equal(t, "http://db", p.value("linkConfig.host"))
	require.NotEmpty(t, p.text("#linkConfig-host-error"))
	good := s.post(s.links()+"/validate", typed(), fragment("field-linkConfig-host")...)
	require.Zero(t, good.Find("#linkConfig-host-error").Length())
}

func TestAChoiceRedrawsTheFormAndJudgesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.links()+"/edit", typed("linkConfig.databaseType", "ORACLE", "linkConfig.port", "3306", "linkConfig.host", "kept"))
	p.requireStatus(http.StatusOK)
	require.Equal(t, "1521", p.value("linkConfig.port"), "a default follows the choice")
	require.Equal(t, "kept", p.value("linkConfig.host"))
	require.Equal(t, "SERVICENAME", p.value("linkConfig.databaseconfig"))
	require.Zero(t, p.Find("[aria-invalid=true]").Length())
	p = s.post(s.links()+"/edit", typed("linkConfig.databaseType", "ORACLE", "linkConfig.port", "1600"))
	require.Equal(t, "1600", p.value("linkConfig.port"), "a typed value does not")
	p = s.post(s.links()+"/edit", typed("linkConfig.databaseType", "ORACLE", "linkConfig.usingNative", "true"))
	require.Equal(t, "true", p.value("linkConfig.usingNative"), "what does not apply now waits hidden")
}

func TestTheNameOfTheKindFollowsTheChoice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Equal(t, "MySQL", s.get(s.links()+"/new?connector=mysql").text("#section-link .badge"))
	p := s.post(s.links()+"/edit", typed("linkConfig.databaseType", "ORACLE"), fragment("link-form")...)
	require.Equal(t, "Oracle", p.text("#section-link .badge"))
}

func TestANewFormBeginsWithTheKeyboardInItsFirstField(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	for _, path := range []string{"/new?connector=mysql", "/new?from=" + link.ID} {
		require.Equal(t, "name", s.get(s.links()+path).Find("[autofocus]").AttrOr("id", ""), path)
	}
	require.Zero(t, s.get(s.links()+"/"+link.ID+"/edit").Find("[autofocus]").Length(), "an edit form can be about anything")
}

func TestATestResultKnowsWhatItIsAbout(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.links()+"/test", typed("linkConfig.port", closedPort(t)), fragment("link-form")...).requireStatus(http.StatusOK)
	prefix := p.Find(".check").AttrOr("data-tested", "")
	require.NotEmpty(t, prefix)
	require.NotZero(t, p.Find(`[name^="`+prefix+`"]`).Length())
	_, hidden := p.Find(".check .check-stale").Attr("hidden")
	require.True(t, hidden)
	link := s.create(s.unreachable("orders"))
	s.post(s.links()+"/"+link.ID+"/check", nil)
	require.Zero(t, s.get(s.links()+"/"+link.ID).Find("[data-tested], .check-stale").Length(), "a stored result is about what is stored")
}

func TestAChosenLanguageKeepsAFilledForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post(s.links()+"/edit", typed("language", "zh", "theme", "dark", "linkConfig.port", "")).requireStatus(http.StatusOK)
	require.True(t, p.whole())
	require.Equal(t, []string{"zh-Hans", "dark"}, []string{p.Find("html").AttrOr("lang", ""), p.Find("html").AttrOr("data-theme", "")})
	require.Equal(t, "127.0.0.1", p.value("linkConfig.host"))
	require.Empty(t, p.value("linkConfig.port"), "what was left empty stays empty")
	require.NotEmpty(t, p.value("linkConfig.password.held"))
	require.NotContains(t, p.html, "canary-password")
	require.Equal(t, 1, p.Find("form[data-unsaved]").Length())
	require.Equal(t, "zh-Hans", s.get(s.links()).Find("html").AttrOr("lang", ""), "and the choice stays")
}

func TestRowsAreAddedAndRemovedWithoutLosingWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const at = "linkConfig.jdbcProperties"
	p := s.post(s.links()+"/edit", typed("op", "add:"+at, at+".0.key", "socketTimeout", at+".0.value", "3000"))
	require.Equal(t, "socketTimeout", p.value(at+".0.key"))
	require.Empty(t, p.value(at+".1.key"))
	require.Equal(t, 1, p.Find("details[open]").Length(), "the section that the row is in stays open")
	p = s.post(s.links()+"/edit", typed("op", "remove:"+at+".0", at+".0.key", "a", at+".0.value", "1", at+".1.key", "b", at+".1.value", "2"))
	require.Equal(t, "b", p.value(at+".0.key"))
	require.Zero(t, p.Find(`[name="`+at+`.1.key"]`).Length())
	p = s.post(s.links(), typed(at+".0.key", "", at+".0.value", "lonely")).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.html, "lonely")
}

func TestATestAgainstARealServer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := testserver.MariaDB(t)
	account := server.Account(t)
	fields := func(password string) url.Values {
		return typed("linkConfig.host", server.Host, "linkConfig.port", strconv.Itoa(server.Port),
			"linkConfig.database", account.Database, "linkConfig.username", account.User, "linkConfig.password", password)
	}
	p := s.post(s.links()+"/test", fields("wrong"), fragment("link-form")...).requireStatus(http.StatusOK)
	require.NotEmpty(t, p.text("#linkConfig-password-error"), "the problem is at the input it belongs to")
	require.NotEmpty(t, p.text(".step-failed"))
	require.Empty(t, mustList(t, s), "a test stores nothing")

	p = s.post(s.links(), fields("wrong")).requireStatus(http.StatusUnprocessableEntity)
	require.Equal(t, 1, p.Find("[name=anyway]").Length(), "saving anyway is offered")
	require.Empty(t, mustList(t, s))

	p = s.post(s.links()+"/test", fields(account.Password), fragment("link-form")...).requireStatus(http.StatusOK)
	require.Zero(t, p.Find(".step-failed").Length(), p.html)
	s.post(s.links(), fields(account.Password)).requireStatus(http.StatusSeeOther)
	require.Contains(t, s.get(s.links()).text("tbody tr"), "Passed")
}

func mustList(t *testing.T, s *site) []api.Link {
	t.Helper()
	page, err := s.service.ListLinks(t.Context(), s.scope(), api.LinkQuery{})
	require.NoError(t, err)
	return page.Items
}

// editing is what the edit form of a link sends when nothing was touched.
func editing(p *page) url.Values {
	v := url.Values{}
	for _, node := range p.Find("#link-form [name]").EachIter() {
		name := node.AttrOr("name", "")
		_, checked := node.Attr("checked")
		switch node.AttrOr("type", "") {
		case "radio", "checkbox":
			if checked {
				v.Set(name, node.AttrOr("value", ""))
			}
		default:
			v.Set(name, p.value(name))
		}
	}
	return v
}

func TestEditing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	path := s.links() + "/" + link.ID
	form := editing(s.get(path + "/edit").requireStatus(http.StatusOK))

	t.Run("a stored secret is kept without being typed", func(t *testing.T) {
		v := maps.Clone(form)
		v.Set("linkConfig.fetchSize", "77")
		v.Set("anyway", "true")
		s.post(path, v).requireRedirect(path)
		stored, err := s.service.Link(t.Context(), s.scope(), link.ID)
		require.NoError(t, err)
		require.Equal(t, "77", stored.Inputs["linkConfig.fetchSize"])
		require.True(t, stored.HasSecret["linkConfig.password"])
	})
	t.Run("somebody who was slower sees by whom and what, and keeps what he typed", func(t *testing.T) {
		v := maps.Clone(form) // carries the old version
		v.Set("linkConfig.fetchSize", "99")
		v.Set("anyway", "true")
		p := s.post(path, v).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), user)
		require.Contains(t, p.text(".diff"), "77")
		require.Equal(t, "99", p.value("linkConfig.fetchSize"))
		again := editing(p)
		again.Set("anyway", "true")
		s.post(path, again).requireRedirect(path)
	})
	t.Run("a new host asks for the password again, at its field", func(t *testing.T) {
		v := editing(s.get(path + "/edit"))
		v.Set("linkConfig.host", "evil.example")
		p := s.post(path, v).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#linkConfig-password-error"), "Enter the secret again")
	})
	t.Run("and already as the host is left, until it is put back", func(t *testing.T) {
		v := editing(s.get(path + "/edit"))
		host := v.Get("linkConfig.host")
		v.Set("linkConfig.host", "evil.example")
		p := s.post(path+"/validate", v, fragment("field-linkConfig-host")...).requireStatus(http.StatusOK)
		require.Contains(t, p.text("#linkConfig-password-error"), "Enter the secret again")
		require.Equal(t, "true", p.Find("#field-linkConfig-password").AttrOr("hx-swap-oob", ""))
		require.Equal(t, "again", p.Find("[name='linkConfig.password.mode'][checked]").AttrOr("value", ""))
		require.Zero(t, p.Find("#linkConfig-host-error").Length())

		v.Set("linkConfig.password.mode", "again")
		p = s.post(path+"/validate", v, fragment("field-linkConfig-database")...)
		require.Zero(t, p.Find("#field-linkConfig-password").Length(), "it is said once")
		v.Set("linkConfig.host", host)
		p = s.post(path+"/validate", v, fragment("field-linkConfig-host")...)
		require.Zero(t, p.Find("#linkConfig-password-error").Length())
		require.Equal(t, "keep", p.Find("[name='linkConfig.password.mode'][checked]").AttrOr("value", ""))
		v.Set("anyway", "true")
		s.post(path, v).requireRedirect(path)
	})
	t.Run("a field that decides nothing about secrets leaves them alone", func(t *testing.T) {
		v := editing(s.get(path + "/edit"))
		v.Set("linkConfig.host", "evil.example")
		p := s.post(path+"/validate", v, fragment("field-name")...).requireStatus(http.StatusOK)
		require.Zero(t, p.Find("#field-linkConfig-password").Length())
	})
	t.Run("replacing with nothing is not keeping", func(t *testing.T) {
		v := editing(s.get(path + "/edit"))
		v.Set("linkConfig.password.mode", "replace")
		p := s.post(path, v).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#linkConfig-password-error"))
	})
}

func TestAClonedLinkTakesTheSecretAlong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	form := editing(s.get(s.links() + "/new?from=" + link.ID).requireStatus(http.StatusOK))
	require.Equal(t, "orders-copy", form.Get("name"))
	form.Set("anyway", "true")
	s.post(s.links(), form).requireStatus(http.StatusSeeOther)
	clone, err := s.service.FindLink(t.Context(), s.scope(), "default", "orders-copy")
	require.NoError(t, err)
	require.True(t, clone.HasSecret["linkConfig.password"])
}

func TestDeleting(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	path := s.links() + "/" + link.ID
	p := s.get(path + "/delete").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".consequences"), "cannot be recovered")
	s.post(path+"/delete", url.Values{"version": {"9"}}).requireStatus(http.StatusConflict)
	s.post(path+"/delete", url.Values{"version": {p.value("version")}}).requireRedirect(s.links())
	require.Contains(t, s.get(s.links()).text("[role=status]"), "was deleted")
	s.get(path).requireStatus(http.StatusNotFound)
}

func TestALinkOfAnotherProjectIsNotFoundOnAnyRoute(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.addProject("other")
	foreign, err := s.service.CreateLink(t.Context(), api.Scope{Project: other.ID}, apitest.MySQLDraft("orders"), api.Shape)
	require.NoError(t, err)
	path := s.links() + "/" + foreign.ID
	for _, get := range []string{"", "/edit", "/json", "/delete"} {
		s.get(path + get).requireStatus(http.StatusNotFound)
	}
	s.get(s.links() + "/new?from=" + foreign.ID).requireStatus(http.StatusNotFound)
	for _, post := range []string{"", "/edit", "/validate", "/test", "/delete"} {
		s.post(path+post, typed("version", "1")).requireStatus(http.StatusNotFound)
	}
	s.post(s.links(), typed("from", foreign.ID)).requireStatus(http.StatusNotFound)
}

func TestAWholePageIsShownWhereTheAskedPartIsNot(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.links()+"/nonsense", fragment("links-table")...).requireStatus(http.StatusNotFound)
	require.True(t, p.whole())
	require.Equal(t, "body", p.header.Get("HX-Retarget"))
}

func TestNothingTypedIsMarkup(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const evil = `"><script>alert(1)</script>`
	p := s.post(s.links(), typed("name", evil, "linkConfig.host", evil, "cluster", evil, "linkConfig.jdbcProperties.0.key", evil))
	require.NotContains(t, p.html, "<script>alert")
	require.Equal(t, evil, p.value("name"))
	p = s.get(s.links() + "?q=" + url.QueryEscape(evil))
	require.NotContains(t, p.html, "<script>alert")
}
