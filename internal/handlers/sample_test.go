package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/samples"
	"switchboard/internal/handlers"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// sampleForms are the forms that show what they do as code.
var sampleForms = []string{
	"/links/new?connector=mysql", "/links/:id/edit", "/links/alerts",
	"/connections/new?service=DWS", "/connections/:id/tags", "/connections/queues/new",
	"/aliases/new?function=:function", "/aliases/:id/edit", "/aliases/:id/ramp/new",
	"/aliases/functions/new", "/aliases/functions/:id/edit", "/aliases/functions/:id/publish", "/aliases/functions/:id/versions/:version",
	"/whitelist/new", "/whitelist/:id/edit", "/whitelist/:id/add", "/whitelist/:id/everyone", "/whitelist/:id/entries/:entry",
	"/replication/new", "/replication/:id/edit", "/replication/backups/:id/replicate",
	"/replication/regions/new", "/replication/regions/:name/edit",
}

// samplePages are the pages that show what can be done on them as code.
var samplePages = []string{
	"/links/:id", "/links/:id/delete",
	"/connections/:id", "/connections/:id/queues", "/connections/:id/delete", "/connections/queues/:name/delete",
	"/aliases/:id", "/aliases/:id/delete", "/aliases/:id/history/:change", "/aliases/:id/ramp",
	"/aliases/functions/:id", "/aliases/functions/:id/settings", "/aliases/functions/:id/delete", "/aliases/functions/:id/versions/:version/delete",
	"/whitelist/:id/settings", "/whitelist/:id/delete",
	"/replication/:id", "/replication/:id/delete", "/replication/:id/replicate", "/replication/backups/:id", "/replication/backups/:id/delete",
	"/replication/regions/:name", "/replication/regions/:name/delete",
}

// sampledTown is a town whose console writes code, and how often it did.
func sampledTown(t *testing.T, who person) (*town, *atomic.Int64) {
	t.Helper()
	s, written := emptyProberSite(t, probe.New(probe.Options{})), new(atomic.Int64)
	s.writeSamples(written)
	w := townOf(t, who, s)
	scope := api.Scope{Project: w.mine.Project, Actor: console}
	alias, err := w.service.Alias(t.Context(), scope, w.mine.Alias)
	require.NoError(t, err)
	_, err = w.service.AbortAlias(t.Context(), scope, alias.ID, alias.Version) // so that another ramp can be planned
	require.NoError(t, err)
	function, err := w.service.Function(t.Context(), scope, w.mine.Function)
	require.NoError(t, err)
	draft := function.Draft()
	draft.Config.Description = "something to be published"
	_, err = w.service.UpdateFunction(t.Context(), scope, function.ID, draft, function.Version)
	require.NoError(t, err)
	return w, written
}

// writeSamples has the console write code from now on.
func (s *site) writeSamples(written *atomic.Int64) {
	for _, l := range samples.Languages {
		s.options.Samples.Languages = append(s.options.Samples.Languages, string(l))
	}
	s.options.Samples.Write = func(ctx context.Context, at api.Scope, deeds []api.Deed, language, server string) (string, error) {
		written.Add(1)
		place := samples.Server{URL: server, Project: at.Project, Region: s.options.Region}
		return samples.WriteDeeds(ctx, s.options.Service, at, samples.Language(language), deeds, place)
	}
	s.server.Config.Handler = handlers.New(s.options)
}

// panel is where a page's code is asked for, and with what.
type panel struct {
	id, method, path string
	values           url.Values
}

// panelOf is the panel of a page.
func panelOf(t *testing.T, html string) panel {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	require.NoError(t, err)
	details := doc.Find("details.sample")
	require.Equal(t, 1, details.Length())
	body := details.Find(".section-body")
	p := panel{id: body.AttrOr("id", ""), method: http.MethodPost, path: body.AttrOr("hx-post", ""), values: url.Values{}}
	if p.path == "" {
		p.method, p.path = http.MethodGet, body.AttrOr("hx-get", "")
	}
	details.Closest("form").Find("[name]").Each(func(_ int, in *goquery.Selection) {
		_, checked := in.Attr("checked")
		switch kind := in.AttrOr("type", ""); {
		case in.Is("select"):
			p.values.Add(in.AttrOr("name", ""), in.Find("option[selected], option").First().AttrOr("value", ""))
		case in.Is("input") && (kind != "radio" && kind != "checkbox" || checked):
			p.values.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		case in.Is("textarea"):
			p.values.Add(in.AttrOr("name", ""), in.Text())
		}
	})
	return p
}

// ask asks for the panel alone, in a language.
func (p panel) ask(t *testing.T, w *town, language string) *httptest.ResponseRecorder {
	t.Helper()
	values := url.Values{}
	for name, all := range p.values {
		values[name] = all
	}
	values.Set(templates.SampleLanguage, language)
	path, body := p.path, values.Encode()
	if p.method == http.MethodGet {
		path, body = path+"?"+body, ""
	}
	r := httptest.NewRequestWithContext(t.Context(), p.method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", p.id)
	r.AddCookie(w.cookie)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(patient{rec}, r)
	require.Equal(t, http.StatusOK, rec.Code, "%s %s: %s", p.method, p.path, rec.Body)
	require.True(t, strings.HasPrefix(rec.Body.String(), `<div id="`+p.id+`"`), "%s: %.300s", p.path, rec.Body)
	return rec
}

func (w *town) page(t *testing.T, pattern string) string {
	t.Helper()
	pattern, query, _ := strings.Cut(pattern, "?")
	path, _ := filled("/p/:project"+pattern, w.mine, w.mine, "")
	rec := w.ask(http.MethodGet, path+"?"+strings.Replace(query, ":function", w.mine.Function, 1), nil)
	require.Equal(t, http.StatusOK, rec.Code, "%s: %s", path, rec.Body)
	return rec.Body.String()
}

func TestFormsAndPagesShowTheirCode(t *testing.T) {
	t.Parallel()
	w, written := sampledTown(t, person{role: api.RoleAdministrator})
	for _, pattern := range slices.Concat(sampleForms, samplePages) {
		t.Run(pattern, func(t *testing.T) {
			before := written.Load()
			html := w.page(t, pattern)
			require.Equal(t, before, written.Load(), "what nobody opened costs nothing")
			p := panelOf(t, html)
			if p.values.Has("description") {
				p.values.Set("description", "what somebody typed")
			}
			for _, l := range samples.Languages {
				require.Equal(t, 1, strings.Count(p.ask(t, w, string(l)).Body.String(), "<pre "), l)
			}
			require.Equal(t, before+int64(len(samples.Languages)), written.Load())
		})
	}
}

func TestWhatAViewerCouldAskForIsShownToHimAsCode(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleViewer})
	for _, pattern := range []string{"/links/:id", "/connections/:id", "/aliases/:id", "/aliases/functions/:id", "/whitelist/:id/settings", "/replication/:id"} {
		p := panelOf(t, w.page(t, pattern))
		require.Equal(t, http.MethodGet, p.method)
		require.Contains(t, p.ask(t, w, "http").Body.String(), w.mine.Project, pattern)
	}
}

func TestEachActionOfAPageHasItsCode(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleViewer})
	p := panelOf(t, w.page(t, "/links/:id"))
	var found []string
	for i := range 3 {
		p.values.Set(templates.SampleAction, strconv.Itoa(i))
		doc, err := goquery.NewDocumentFromReader(p.ask(t, w, "http").Body)
		require.NoError(t, err)
		request, _, _ := strings.Cut(doc.Find("pre").Text(), " HTTP")
		found = append(found, strings.Fields(request)[0])
	}
	require.Equal(t, []string{"PUT", "PUT", "DELETE"}, found)
}

func TestADraftThatIsNotCompleteHasCode(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleAdministrator})
	kept := []string{"connector", "function", "id", "version", "record"} // which are not typed
	for _, pattern := range sampleForms {
		t.Run(pattern, func(t *testing.T) {
			p := panelOf(t, w.page(t, pattern))
			for name := range p.values {
				if !slices.Contains(kept, name) {
					p.values.Set(name, "")
				}
			}
			for _, l := range samples.Languages {
				require.Contains(t, p.ask(t, w, string(l)).Body.String(), `value="`+string(l)+`" checked`, l)
			}
		})
	}
}

// sampleLimit is how many bytes a panel may have for a typical link, not compressed.
const sampleLimit = 6000

func TestThePanelOfALink(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleAdministrator})
	link := panelOf(t, w.page(t, "/links/new?connector=mysql"))
	for name, value := range map[string]string{
		"name": "orders", "linkConfig.host": "db.example.com", "linkConfig.database": "orders", "linkConfig.username": "cdm_reader", "linkConfig.password": "hunter2-hunter2",
	} {
		link.values.Set(name, value)
	}
	t.Run("it says what was typed, but no secret, and is small", func(t *testing.T) {
		for _, l := range samples.Languages {
			html := link.ask(t, w, string(l)).Body.String()
			require.Contains(t, html, "db.example.com", l)
			require.NotContains(t, html, "hunter2", l)
			require.Less(t, len(html), sampleLimit, l)
		}
	})
	t.Run("no secret of another form is in it", func(t *testing.T) {
		for _, pattern := range []string{"/links/alerts", "/replication/regions/new", "/replication/regions/:name/edit"} {
			p := panelOf(t, w.page(t, pattern))
			p.values.Set("kind", string(api.StoreS3))
			p.values.Set("url", "https://alerts.example.com")
			p.values.Set("secret.mode", form.Replace)
			p.values.Set("secret", "hunter2-hunter2")
			for _, l := range samples.Languages {
				require.NotContains(t, p.ask(t, w, string(l)).Body.String(), "hunter2", "%s in %s", pattern, l)
			}
		}
	})
	t.Run("it stays open, in its language, when the form is refused", func(t *testing.T) {
		link.values.Set("linkConfig.host", "")
		link.values.Set(templates.SampleLanguage, "python")
		rec := w.ask(http.MethodPost, strings.TrimSuffix(link.path, "/edit"), link.values)
		require.Equal(t, http.StatusUnprocessableEntity, rec.Code)
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		require.NoError(t, err)
		require.Equal(t, 1, doc.Find("details.sample[open] pre").Length())
		_, checked := doc.Find(`details.sample input[value="python"]`).Attr("checked")
		require.True(t, checked)
	})
	t.Run("it is shown by a button where there is no script", func(t *testing.T) {
		link.values.Del(templates.SampleLanguage)
		link.values.Set(templates.SampleShow, link.id)
		rec := w.ask(http.MethodPost, link.path, link.values)
		require.Equal(t, http.StatusOK, rec.Code)
		require.Contains(t, rec.Body.String(), "X-Auth-Token: $TOKEN")
	})
}

func TestWhatIsLookedOverBeforeItIsSavedHasItsCode(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleEditor})
	for pattern, step := range map[string]string{"/aliases/:id/edit": "/review", "/aliases/:id/ramp/new": ""} {
		form := panelOf(t, w.page(t, pattern))
		form.values.Set("description", "looked over")
		rec := w.ask(http.MethodPost, strings.TrimSuffix(form.path, "/edit")+step, form.values)
		require.Equal(t, http.StatusOK, rec.Code, "%s: %s", pattern, rec.Body)
		p := panelOf(t, rec.Body.String())
		require.Equal(t, form.id, p.id)
		require.Equal(t, form.path, p.path)
		require.Contains(t, p.ask(t, w, "http").Body.String(), "<pre ", pattern)
	}
}

func TestTheCodeOfARampIsOfTheStepsThatWereTyped(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleEditor})
	p := panelOf(t, w.page(t, "/aliases/:id/ramp/new"))
	p.values.Set("steps.0.percent", "37")
	require.Contains(t, p.ask(t, w, "http").Body.String(), "37")
}

func TestManyThingsHaveTheCodeOfTheFirst(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleEditor})
	ids := url.Values{"id": {w.mine.Link}}
	w.project.ID = w.mine.Project
	for i := range 24 {
		ids.Add("id", w.create(apitest.MySQLDraft("many-"+strconv.Itoa(i))).ID)
	}
	rec := w.ask(http.MethodPost, "/p/"+w.mine.Project+"/links/delete", ids)
	require.Equal(t, http.StatusOK, rec.Code)
	p := panelOf(t, rec.Body.String())
	require.Equal(t, "/p/"+w.mine.Project+"/links/delete", p.path)
	html := p.ask(t, w, "http").Body.String()
	require.Equal(t, 20, strings.Count(html, "DELETE /v1.1/"))
	require.Contains(t, html, "the first 20 of 25")
	require.Equal(t, http.StatusOK, w.ask(http.MethodGet, "/p/"+w.mine.Project+"/links/"+w.mine.Link, nil).Code, "nothing was deleted by asking")
}

func TestTheCodeOfQueuesIsOfThoseThatWereChosen(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleEditor})
	scope := api.Scope{Project: w.mine.Project, Actor: console}
	for _, name := range []string{"chosen_one", "other_one"} {
		_, err := w.service.CreateQueue(t.Context(), scope, api.QueueDraft{Name: name, CUs: 16})
		require.NoError(t, err)
	}
	html := w.page(t, "/connections/:id/queues")
	p := panelOf(t, html)
	all := p.ask(t, w, "http").Body.String()
	require.Contains(t, all, "chosen_one")
	require.Contains(t, all, "other_one")
	p.values.Set("queue", "chosen_one")
	chosen := p.ask(t, w, "http").Body.String()
	require.Contains(t, chosen, "chosen_one")
	require.NotContains(t, chosen, "other_one")
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(chosen))
	require.NoError(t, err)
	asks := doc.Find("#" + p.id)
	require.Contains(t, asks.AttrOr("hx-trigger", ""), "change from:#"+templates.BindForm)
	require.Contains(t, asks.AttrOr("hx-include", ""), "#"+templates.BindForm)
	require.Contains(t, html, `<form id="`+templates.BindForm+`"`, "and that is a form of the page")
}

func TestTheCodeOfARetry(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.writeSamples(new(atomic.Int64))
	policy := s.dumps("orders", 2)
	require.NoError(t, os.Remove(s.object("orders/dump-01")))
	run := s.replicate(policy)
	page := s.replication() + "/runs/" + run.ID + "?sample=http"
	require.Zero(t, s.get(page).Find("details.sample").Length(), "nothing can be tried again yet")
	s.settled(run.ID)
	require.Contains(t, s.get(page).text("details.sample pre"), "/replications/"+run.ID+"/retry")
}

func TestTheCodeOfARollBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.writeSamples(new(atomic.Int64))
	link := s.create(apitest.MySQLDraft("orders"))
	require.NoError(t, s.service.EnableLink(t.Context(), s.scope(), link.ID, false))
	log := "/p/" + s.project.ID + "/audit"
	entry := s.get(log+"?kind=link").Find("tbody .row-link").First().AttrOr("href", "")
	code := s.get(entry + "/roll-back?sample=http").requireStatus(http.StatusOK).text("details.sample pre")
	require.Contains(t, code, "PUT /")
	require.Contains(t, code, `"enabled": true`)
}

func TestWhatIsDoneToManyThingsHasItsCode(t *testing.T) {
	t.Parallel()
	w, _ := sampledTown(t, person{role: api.RoleEditor})
	for pattern, about := range map[string]struct {
		id       string
		requests []string
	}{
		"/links/code":                 {w.mine.Link, []string{"PUT", "PUT", "DELETE"}},
		"/replication/code":           {w.mine.Policy, []string{"POST", "PUT", "PUT", "DELETE"}},
		"/whitelist/:id/entries/code": {w.mine.Entry, []string{"PUT", "PUT", "PUT"}},
	} {
		path, _ := filled("/p/:project"+pattern, w.mine, w.mine, "")
		rec := w.ask(http.MethodPost, path, url.Values{"id": {about.id}})
		require.Equal(t, http.StatusOK, rec.Code, pattern)
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(rec.Body.String()))
		require.NoError(t, err)
		require.NotEmpty(t, doc.Find("details.sample[open] pre").Text(), "%s: it is open", pattern)
		p := panelOf(t, rec.Body.String())
		var found []string
		for i := range about.requests {
			p.values.Set(templates.SampleAction, strconv.Itoa(i))
			doc, err := goquery.NewDocumentFromReader(p.ask(t, w, "http").Body)
			require.NoError(t, err)
			found = append(found, strings.Fields(doc.Find("pre").Text())[0])
		}
		require.Equal(t, about.requests, found, pattern)
		rec = w.ask(http.MethodPost, path, url.Values{})
		require.Equal(t, http.StatusSeeOther, rec.Code, "%s: nothing is ticked", pattern)
	}
}
