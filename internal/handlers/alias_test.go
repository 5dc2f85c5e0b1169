package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// aliases is the path of the project's aliases.
func (s *site) aliases() string { return "/p/" + s.project.ID + "/aliases" }

func (s *site) alias(id string) api.Alias {
	s.t.Helper()
	alias, err := s.service.Alias(s.t.Context(), s.scope(), id)
	require.NoError(s.t, err)
	return alias
}

func TestTheListOfAliases(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	empty := s.get(s.aliases()).requireStatus(http.StatusOK)
	require.Equal(t, 3, empty.Find(".lesson li").Length(), "an empty list teaches")
	require.Equal(t, s.aliases()+"/new", empty.Find(".empty .btn-primary").AttrOr("href", ""))

	orders, billing := s.register("orders", "v1", "v2"), s.register("billing", "v1", "v2")
	prod, beta := s.point(orders.ID, "prod", "v1", "v2"), s.point(billing.ID, "beta", "v2", "")
	gamma := s.point(billing.ID, "gamma", "v1", "")
	d := byRules()
	s.led(gamma, d)

	t.Run("shows how each shares its requests", func(t *testing.T) {
		p := s.get(s.aliases())
		row := p.Find("#row-" + prod.ID)
		require.Equal(t, "M0 0h10v1H0z", row.Find("svg.split path").AttrOr("d", ""), "drawn by the server, without a style")
		require.Contains(t, p.text("#row-"+prod.ID), "v2 10 % · v1 90 %")
		require.Equal(t, s.functions()+"/"+orders.ID, row.Find("td a").First().AttrOr("href", ""))
		require.Equal(t, "M0 0h0v1H0z", p.Find("#row-"+beta.ID+" .split path").AttrOr("d", ""))
		require.Zero(t, p.Find("#row-"+gamma.ID+" svg.split").Length(), "rules have no share that could be drawn")
		require.Contains(t, p.text("#row-"+gamma.ID), "v2 by rules")
		require.Zero(t, p.Find("[style]").Length())
	})
	t.Run("is searched, filtered and sorted by its address", func(t *testing.T) {
		for query, want := range map[string][]string{
			"": {"beta", "gamma", "prod"}, "q=ORDER": {"prod"}, "q=gam": {"gamma"}, "gray=true": {"gamma", "prod"},
			"function=" + billing.ID: {"beta", "gamma"}, "sort=function&order=desc": {"prod", "gamma", "beta"}, "sort=;&cursor=%00": {"beta", "gamma", "prod"},
		} {
			require.Equal(t, want, s.get(s.aliases()+"?"+query).requireStatus(http.StatusOK).names(), query)
		}
	})
	t.Run("one function is a filter that can be taken back, and that a search keeps", func(t *testing.T) {
		p := s.get(s.aliases() + "?gray=true&function=" + billing.ID)
		require.Contains(t, p.text(".chip-chosen"), "billing")
		require.Equal(t, s.aliases()+"?gray=true", p.Find(".chip-remove").AttrOr("href", ""))
		require.Equal(t, billing.ID, p.Find(".toolbar input[name=function]").AttrOr("value", ""))
		require.Equal(t, s.aliases()+"/new?function="+billing.ID, p.Find(".page-header .btn-primary").AttrOr("href", ""))
		s.get(s.aliases() + "?function=unknown").requireStatus(http.StatusNotFound)
	})
	t.Run("a ramp is told of", func(t *testing.T) {
		_, err := s.service.StartRamp(t.Context(), s.scope(), prod.ID, api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "5"}, {Percent: "50"}}}, 0)
		require.NoError(t, err)
		row := s.get(s.aliases()).Find("#row-" + prod.ID)
		require.Equal(t, s.aliasPath(prod)+"/ramp", row.Find("a:has(.badge)").AttrOr("href", ""))
	})
}

func TestPagesOfAliases(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 13 {
		fn := s.register(fmt.Sprintf("fn%02d", i), "v1", "v2", "v3")
		for n, version := range []string{"v1", "v2", "v3", "latest"} {
			s.point(fn.ID, fmt.Sprintf("a%02d-%d", i, n), version, "")
		}
	}
	first := s.get(s.aliases())
	require.Len(t, first.names(), 50)
	require.Equal(t, []string{"a12-2", "a12-3"}, s.get(first.Find("a[rel=next]").AttrOr("href", "")).names())
	part := s.get(s.aliases()+"?q=a12", fragment("aliases-table")...)
	require.False(t, part.whole())
	require.Len(t, part.names(), 4)
}

func TestDeletingAliases(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	orders := s.register("orders", "v1", "v2", "v3")
	a, b, c := s.point(orders.ID, "a", "v1", "v3"), s.point(orders.ID, "b", "v2", ""), s.point(orders.ID, "c", "v3", "")
	t.Run("many are named with where they lead, and only what was seen goes", func(t *testing.T) {
		p := s.post(s.aliases()+"/delete", url.Values{"id": {a.ID, b.ID}}).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".name-list"), "orders · v3 10 % · v1 90 %")
		require.Contains(t, p.text(".consequences"), "404")
		yes := url.Values{}
		for _, in := range p.Find(".confirm input").EachIter() {
			yes.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		}
		s.led(b, api.AliasDraft{Version: "latest"})
		p = s.post(s.aliases()+"/delete/confirmed", yes).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".lead"), "Done for 1, refused for 1.")
		require.Contains(t, p.text("tbody"), "grace changed this alias meanwhile")
	})
	t.Run("one is asked for on a page that says who will notice", func(t *testing.T) {
		p := s.get(s.aliasPath(c) + "/delete").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".consequences"), "urn:fss:local-1:"+s.project.ID+":function:default:orders:!c")
		s.post(s.aliasPath(c)+"/delete", url.Values{"version": {"99"}}).requireStatus(http.StatusConflict)
		s.post(s.aliasPath(c)+"/delete", url.Values{"version": {p.value("version")}}).requireRedirect(s.aliases())
		s.get(s.aliasPath(c)).requireStatus(http.StatusNotFound)
	})
}

func TestThePageOfAnAlias(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	alias := s.pointed(byWeight("20"))
	p := s.get(s.aliasPath(alias)).requireStatus(http.StatusOK)
	require.Equal(t, "M0 0h20v1H0z", p.Find(".route .split path").AttrOr("d", ""))
	require.Contains(t, p.text(".sentences"), "20 of 100 requests go to v2, the others (80) to v1.")
	require.Equal(t, "urn:fss:local-1:"+s.project.ID+":function:default:orders:!prod", p.text("#alias-urn"))
	require.Contains(t, p.text("#alias-call"), "/fgs/functions/urn:fss:local-1:"+s.project.ID+":function:default:orders:!prod/invocations")
	require.Contains(t, p.text(".bound-list"), "80 %")
	require.Equal(t, s.functions()+"/"+alias.Function.ID+"/versions/v2", p.Find(".bound-list a").Last().AttrOr("href", ""))
	for _, deed := range []string{"promote", "abort"} {
		require.Equal(t, 1, p.Find(`form[action="`+s.aliasPath(alias)+`/`+deed+`"]`).Length(), "%s in one press", deed)
	}
	require.Equal(t, s.aliasPath(alias)+"/try#trial-answer", p.Find("#trial-go").AttrOr("formaction", ""))

	t.Run("rules that can never decide are flagged", func(t *testing.T) {
		d := byRules()
		d.Strategies[0].Rules = append(d.Strategies[0].Rules, d.Strategies[0].Rules[0])
		s.led(alias, d)
		p := s.get(s.aliasPath(alias))
		require.Contains(t, p.text(".route .notice-warning"), "never decides")
		require.Contains(t, p.text(".bound-list"), "requests that satisfy the rules")
	})
	t.Run("its history tells what was changed", func(t *testing.T) {
		p := s.get(s.aliasPath(alias) + "/history").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".change-values"), "20 %")
		require.Contains(t, p.text(".change-values li"), "1. Header X-Tester = yes (added)")
	})
}

func TestAliasesOfAnotherProjectAreNotFound(t *testing.T) {
	t.Parallel()
	s, theirs := newSite(t), newSite(t)
	foreign := theirs.pointed(byWeight("20"))
	require.NotEmpty(t, foreign.ID)
	other := s.addProject("other")
	home := s.project
	s.project = other
	alias := s.pointed(byWeight("20"))
	s.project = home

	path := s.aliasPath(alias)
	for _, page := range []string{"", "/edit", "/delete", "/try", "/ramp", "/history"} {
		s.get(path + page).requireStatus(http.StatusNotFound)
	}
	s.get(s.aliases() + "/new?function=" + alias.Function.ID).requireStatus(http.StatusNotFound)
	for _, typed := range []url.Values{typedAlias(alias.Function.ID), typedAlias("", "id", alias.ID)} {
		for _, verb := range []string{"", "/validate", "/edit", "/review", "/try"} {
			s.post(s.aliases()+verb, typed).requireStatus(http.StatusNotFound)
		}
		s.post(path, typed).requireStatus(http.StatusNotFound)
	}
	s.post(path+"/delete", nil).requireStatus(http.StatusNotFound)
	s.post(s.aliases()+"/delete/confirmed", url.Values{"id": {alias.ID}}).requireRedirect(s.aliases())
	require.Empty(t, s.get(s.aliases()).names())
}
