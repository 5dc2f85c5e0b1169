package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestTheVersionsOfAFunction(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	only := s.register("only")
	require.Contains(t, s.get(s.functions()+"/"+only.ID).text(".notice-info"), "Publish the first version")

	fn := s.register("orders", "v1", "v2")
	prod, canary := s.point(fn.ID, "prod", "v1", "v2"), s.point(fn.ID, "dev", "latest", "")
	path := s.functions() + "/" + fn.ID
	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, []string{"latest", "v2", "v1"}, p.names(), "latest, then the newest first")
	require.Equal(t, 3, p.Find("tbody tr").Length())

	t.Run("say which aliases lead to them, and how", func(t *testing.T) {
		aliases := "/p/" + s.project.ID + "/aliases/"
		rows := p.Find("tbody tr")
		require.Equal(t, aliases+canary.ID, rows.Eq(0).Find(".chip").AttrOr("href", ""))
		require.Equal(t, "prod · additional", rows.Eq(1).Find(".chip").Text())
		require.Equal(t, "prod · main", rows.Eq(2).Find(".chip").Text())
		require.Equal(t, aliases+prod.ID, rows.Eq(2).Find(".chip").AttrOr("href", ""))
		require.Contains(t, rows.Eq(2).Text(), "about v1")
		require.Contains(t, rows.Eq(2).Text(), "https://v1.example.com/run")
	})
	t.Run("are deleted, or say why not", func(t *testing.T) {
		rows := p.Find("tbody tr")
		require.Equal(t, 1, rows.Eq(0).Find("button[disabled]").Length())
		require.Contains(t, rows.Eq(0).Text(), "every function has it")
		require.Contains(t, rows.Eq(1).Text(), "End the gray release of prod first")
		require.Equal(t, path+"/versions/v1/delete", rows.Eq(2).Find(".row-actions a").AttrOr("href", ""))

		p := s.get(path + "/versions/v2/delete").requireStatus(http.StatusOK)
		require.Zero(t, p.Find("#delete-form").Length(), "nobody is asked in vain")
		s.post(path+"/versions/v2/delete", nil).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-warning"), "prod")
		p = s.get(path + "/versions/v1/delete").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".consequences"), "deleted with it")
		require.Equal(t, "prod", p.text(".everyone .name-list"), "the aliases that go along are named")
		for _, typed := range []string{"", "v2", "V1"} {
			refused := s.post(path+"/versions/v1/delete", url.Values{"confirm": {typed}}).requireStatus(http.StatusUnprocessableEntity)
			require.Contains(t, refused.text("#confirm-error"), "Type v1")
		}
		require.Equal(t, []string{"latest", "v2", "v1"}, s.get(path).names(), "nothing went")
		s.post(path+"/versions/v1/delete", url.Values{"confirm": {" v1 "}}).requireRedirect(path)
		require.Equal(t, []string{"latest", "v2"}, s.get(path).names())
		_, err := s.service.Alias(t.Context(), s.scope(), prod.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		require.Zero(t, s.get(path+"/versions/v2/delete").Find("[name=confirm]").Length(), "without aliases one press is enough")
	})
}

func TestAVersionIsPublished(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fn := s.register("orders", "v1")
	path := s.functions() + "/" + fn.ID

	t.Run("only if something has changed since the last one, and the page says so", func(t *testing.T) {
		p := s.get(path + "/publish").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".notice-warning"), "Nothing has changed since version v1")
		require.Zero(t, p.Find("#publish-form").Length())
		require.Contains(t, s.post(path+"/publish", url.Values{"version": {"v2"}}).requireStatus(http.StatusUnprocessableEntity).text(".notice-error"), "Nothing has changed")
	})
	_, err := s.service.SetUpstream(t.Context(), s.scope(), fn.ID, api.LatestVersion, "https://new.example.com/")
	require.NoError(t, err)
	p := s.get(path + "/publish").requireStatus(http.StatusOK)
	require.Contains(t, p.text("#version-help"), "Up to 42")
	require.Regexp(t, `like v\d{8}-\d{6}\.`, p.text("#version-help"))
	require.Contains(t, p.text("#description-count"), "0 of 512")
	digest := p.value("digest")
	require.Equal(t, fn.Latest.Code.Digest, digest)

	t.Run("what is wrong is said at its field", func(t *testing.T) {
		for name, want := range map[string]string{"v1": "already", "latest": "can be changed", "-x": "letter or digit", strings.Repeat("v", 43): "at most 42"} {
			p := s.post(path+"/publish", url.Values{"version": {name}, "description": {"why"}, "digest": {digest}}).requireStatus(http.StatusUnprocessableEntity)
			require.Contains(t, p.text("#version-error"), want)
			require.Equal(t, name, p.value("version"))
			require.Equal(t, "why", p.text("#description"))
		}
		one := s.post(path+"/publish/validate", url.Values{"version": {"v1"}, "description": {strings.Repeat("x", 513)}}, fragment("field-version")...).requireStatus(http.StatusOK)
		require.Equal(t, 1, one.Find(".field").Length())
		require.Contains(t, one.text("#version-error"), "already")
	})
	t.Run("not if somebody uploaded other code meanwhile, before that was seen", func(t *testing.T) {
		p := s.post(path+"/publish", url.Values{"version": {"v2"}, "digest": {"old"}}).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".notice-error"), "code is another one")
		require.Equal(t, digest, p.value("digest"), "who was told may go on")
	})
	t.Run("and stands first, with why it was published", func(t *testing.T) {
		s.post(path+"/publish", url.Values{"version": {" v2 "}, "description": {"faster"}, "digest": {digest}}).requireRedirect(path)
		p := s.get(path)
		require.Contains(t, p.text(".notice-success"), "Version v2 of orders")
		require.Equal(t, []string{"latest", "v2", "v1"}, p.names())
		require.Contains(t, p.text("tbody"), "faster")
	})
	t.Run("in another language nothing typed is lost", func(t *testing.T) {
		_, err := s.service.SetUpstream(t.Context(), s.scope(), fn.ID, api.LatestVersion, "")
		require.NoError(t, err)
		p := s.post(path+"/publish/edit", url.Values{"version": {"v3"}, "language": {"zh"}}).requireStatus(http.StatusOK)
		require.Equal(t, "v3", p.value("version"))
		require.Contains(t, p.text("h1"), "发布版本")
	})
}

func TestTheUpstreamOfAVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fn := s.register("orders", "v1.0_a")
	path := s.functions() + "/" + fn.ID + "/versions/v1.0_a"
	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, "https://v1.0_a.example.com/run", p.value("upstream"))
	require.Equal(t, "urn:fss:local-1:"+s.project.ID+":function:default:orders:v1.0_a", p.text("#version-urn"))
	require.Equal(t, 1, p.Find("[data-copy=version-urn]").Length())

	p = s.post(path, url.Values{"upstream": {"https://a:b@example.com/"}}).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#upstream-error"), "user name and password")
	require.Contains(t, s.post(path+"/validate", url.Values{"upstream": {"x"}}, fragment("field-upstream")...).text("#upstream-error"), "whole address")
	require.Equal(t, "typed", s.post(path+"/edit", url.Values{"upstream": {"typed"}, "theme": {"dark"}}).value("upstream"))

	s.post(path, url.Values{"upstream": {" https://b.example.com/ "}}).requireRedirect(path)
	require.Contains(t, s.get(path).text(".notice-success"), "https://b.example.com/")
	s.post(path, url.Values{"upstream": {""}}).requireRedirect(path)
	require.Contains(t, s.get(path).text(".notice-success"), "501")
	version, err := s.service.Version(t.Context(), s.scope(), fn.ID, "v1.0_a")
	require.NoError(t, err)
	require.Empty(t, version.Upstream)
}

func TestTheOtherPagesOfAFunction(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fn := s.register("orders", "v1", "v2")
	path := s.functions() + "/" + fn.ID
	newAlias := "/p/" + s.project.ID + "/aliases/new?function=" + fn.ID

	t.Run("its aliases", func(t *testing.T) {
		p := s.get(path + "/aliases").requireStatus(http.StatusOK)
		require.Equal(t, newAlias, p.Find(".empty .btn-primary").AttrOr("href", ""))
		s.point(fn.ID, "prod", "v1", "v2")
		p = s.get(path + "/aliases")
		require.Equal(t, []string{"prod"}, p.names())
		require.Contains(t, p.text("tbody tr"), "v1 90 %")
		require.Contains(t, p.text("tbody tr"), "v2 10 %")
		require.Equal(t, 1, p.Find(".page-heading a[href='"+newAlias+"']").Length())
	})
	t.Run("its settings, with its URN", func(t *testing.T) {
		p := s.get(path + "/settings").requireStatus(http.StatusOK)
		require.Equal(t, "urn:fss:local-1:"+s.project.ID+":function:default:orders", p.text("#function-urn"))
		require.Equal(t, 1, p.Find("[data-copy=function-urn]").Length())
		for _, part := range []string{"Python3.9", "index.handler", "30 seconds", "256 MB", fn.Latest.Code.Digest, "Text, typed here"} {
			require.Contains(t, p.text(".details"), part)
		}
	})
	t.Run("what was changed, and the versions it was about", func(t *testing.T) {
		v := typedFunction("runtime", "http", "version", "0", "func_code", "other")
		v.Del("version")
		s.post(path, v).requireRedirect(path)
		p := s.get(path + "/history").requireStatus(http.StatusOK)
		changes := p.text(".changes")
		for _, part := range []string{"Function: version published", "Versionnothing → to v2", "Upstream of latest", "Function changed", "HTTP function (http)"} {
			require.Contains(t, changes, part)
		}
		require.Regexp(t, `Code[0-9a-f]{12} → to [0-9a-f]{12}`, changes, "digests are short enough to read")
		home := s.get("/p/" + s.project.ID)
		require.Equal(t, path, home.Find(".changes a").First().AttrOr("href", ""))
	})
}

func TestWhatAFunctionHasNoRoomForIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var versions []string
	for n := range api.MaxVersions - 1 {
		versions = append(versions, fmt.Sprintf("v%d", n))
	}
	fn := s.register("orders", versions...)
	path := s.functions() + "/" + fn.ID
	_, err := s.service.SetUpstream(t.Context(), s.scope(), fn.ID, api.LatestVersion, "https://new.example.com/")
	require.NoError(t, err)
	p := s.get(path + "/publish").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".notice-warning"), "No more versions can be published.A function can have at most 20 versions")
	require.NotContains(t, p.text(".notice-warning"), "could not be told apart")
	require.Zero(t, p.Find("#publish-form").Length())

	for n := range api.MaxAliases {
		require.Zero(t, s.get(path).Find("#new-alias-why").Length())
		s.point(fn.ID, fmt.Sprintf("a%d", n), versions[n], "")
	}
	p = s.get(path)
	require.Contains(t, p.text("#new-alias-why"), "at most 10 aliases")
	require.Equal(t, 1, p.Find("button[disabled][aria-describedby=new-alias-why]").Length())
}

func TestTheOverviewTellsOfFunctionsAndAliases(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	home, card := "/p/"+s.project.ID, `a.card-link[href$="/aliases"]`
	require.Contains(t, s.get(home).text(card), "0 aliases")
	fn := s.register("orders", "v1", "v2")
	p := s.get(home)
	require.Contains(t, p.text(card), "1 function")
	require.Zero(t, p.Find(".empty").Length(), "a project with a function is not new")
	alias := s.point(fn.ID, "prod", "v1", "")
	require.Contains(t, s.get(home).text(card), "1 alias")
	require.Equal(t, s.aliasPath(alias), s.get(home).Find(".changes a").First().AttrOr("href", ""), "the change leads to it")

	draft := api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "5"}, {Percent: "50"}}}
	_, err := s.service.StartRamp(t.Context(), s.scope(), alias.ID, draft, 0)
	require.NoError(t, err)
	_, err = s.service.SteerRamp(t.Context(), s.scope(), alias.ID, api.RampPause, 0)
	require.NoError(t, err)
	require.Contains(t, s.get(home).text(card+" .badge-warned"), "1 ramp is paused")

	require.NoError(t, s.service.DeleteAlias(t.Context(), s.scope(), alias.ID, 0))
	require.Equal(t, "prod", s.get(home).Find(".changes li").First().Find("strong").Text(), "its end leads nowhere")
}
