package handlers_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// regions is the path of the regions, as they are seen from the project.
func (s *site) regions() string { return "/p/" + s.project.ID + "/replication/regions" }

// bucketSecret is one that must never stand in a page.
const bucketSecret = "canary-bucket-secret-5678"

// typedRegion is what the form of a region in a bucket sends, with more pairs of
// name and value.
func typedRegion(more ...string) url.Values {
	v := url.Values{
		"name": {"cn-east-2"}, "kind": {"s3"}, "endpoint": {"http://127.0.0.1:1"}, "bucket": {"backups"}, "prefix": {"switchboard/"},
		"signing": {"us-east-1"}, "path_style": {"true"}, "access_key": {"AKEXAMPLE"}, "secret": {bucketSecret}, "bandwidth": {"80"},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestTheListOfRegions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(s.regions(), typedRegion()).requireRedirect(s.regions() + "/cn-east-2")
	p := s.get(s.regions()).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#row-local-1"), "This project")
	require.Contains(t, p.text("#row-local-2"), "No bound")
	require.NotContains(t, p.text("#row-local-2"), "This project")
	row := p.text("#row-cn-east-2")
	for _, fact := range []string{"S3 bucket", "http://127.0.0.1:1/backups/switchboard/", "cn-east-2", "80.0 MB/s", user} {
		require.Contains(t, row, fact)
	}
	require.NotContains(t, p.html, bucketSecret)
	require.Equal(t, 1, p.Find(`nav [aria-current="page"][href$="/regions"]`).Length())
	for _, lost := range []string{"/nowhere", "/nowhere/edit", "/nowhere/delete", "/%00"} {
		s.get(s.regions() + lost).requireStatus(http.StatusNotFound)
	}
}

func TestTheFormOfARegion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := s.get(s.regions() + "/new").requireStatus(http.StatusOK)
	require.Equal(t, "s3", form.Find(`[name="kind"][checked]`).AttrOr("value", ""))

	t.Run("a refused form keeps what was typed, the secret sealed", func(t *testing.T) {
		p := s.post(s.regions(), typedRegion("bucket", "a b", "bandwidth", "fast")).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#bucket-error"))
		require.NotEmpty(t, p.text("#bandwidth-error"))
		for path, typed := range map[string]string{"name": "cn-east-2", "endpoint": "http://127.0.0.1:1", "bucket": "a b", "prefix": "switchboard/", "access_key": "AKEXAMPLE", "bandwidth": "fast"} {
			require.Equal(t, typed, p.value(path), path)
		}
		require.Equal(t, 1, p.Find("#path_style[checked]").Length())
		require.NotContains(t, p.html, bucketSecret)
		again := typedRegion("secret", "", "secret.held", p.value("secret.held"), "name", "held")
		s.post(s.regions(), again).requireRedirect(s.regions() + "/held")
		stored, err := s.service.Region(t.Context(), s.scope(), "held")
		require.NoError(t, err)
		require.True(t, stored.Secret)
	})
	t.Run("another kind of store keeps what was typed for this one", func(t *testing.T) {
		p := s.post(s.regions()+"/edit", typedRegion("kind", "folder", "folder", "east")).requireStatus(http.StatusOK)
		require.Equal(t, "east", p.value("folder"))
		require.Zero(t, p.Find(`#endpoint, #secret, .field-error`).Length())
		back := typedRegion("secret", "", "secret.held", p.value("secret.held"), "secret.mode", p.value("secret.mode"))
		back.Set("endpoint", p.value("endpoint"))
		p = s.post(s.regions()+"/edit", back).requireStatus(http.StatusOK)
		require.Equal(t, "http://127.0.0.1:1", p.value("endpoint"))
		require.Contains(t, p.text("#secret-held"), "not shown")
		require.NotContains(t, p.html, bucketSecret)
	})
	t.Run("a field is judged as it is left", func(t *testing.T) {
		p := s.post(s.regions()+"/validate", typedRegion("endpoint", "ftp://x"), fragment("field-endpoint")...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.NotEmpty(t, p.text("#endpoint-error"))
	})
	t.Run("a folder outside of those that are allowed is refused at its field", func(t *testing.T) {
		p := s.post(s.regions(), url.Values{"name": {"out"}, "kind": {"folder"}, "folder": {"/etc"}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#folder-error"))
		require.Equal(t, "/etc", p.value("folder"))
	})
	t.Run("a name that is taken is refused at its field, and one that has no page", func(t *testing.T) {
		for _, name := range []string{"local-2", "new"} {
			p := s.post(s.regions(), url.Values{"name": {name}, "kind": {"folder"}, "folder": {"other"}}).requireStatus(http.StatusUnprocessableEntity)
			require.NotEmpty(t, p.text("#name-error"), name)
		}
	})
}

func TestARegionIsTestedFromTheScreen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("a folder that can be used, step by step", func(t *testing.T) {
		home, err := s.service.Region(t.Context(), s.scope(), "")
		require.NoError(t, err)
		v := url.Values{"name": {home.Name}, "kind": {"folder"}, "folder": {home.Folder}, "version": {"1"}}
		p := s.post(s.regions()+"/"+home.Name+"/test", v).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#region-check .check-passed").Length(), p.html)
		require.NotEmpty(t, p.text("#region-check .step-passed"))
		left, err := filepath.Glob(home.Folder + "/.switchboard/test/*")
		require.NoError(t, err)
		require.Empty(t, left)
	})
	t.Run("a bucket that nobody answers for fails at its endpoint", func(t *testing.T) {
		p := s.post(s.regions()+"/test", typedRegion()).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#region-check .check-failed").Length())
		require.NotEmpty(t, p.text("#endpoint-error"))
		require.NotContains(t, p.html, bucketSecret)
		require.Equal(t, "AKEXAMPLE", p.value("access_key"))
	})
	t.Run("an incomplete form is not tested", func(t *testing.T) {
		p := s.post(s.regions()+"/test", typedRegion("bucket", "")).requireStatus(http.StatusUnprocessableEntity)
		require.Zero(t, p.Find("#region-check .check").Length())
		require.NotEmpty(t, p.text("#bucket-error"))
	})
	require.NotContains(t, s.log.String(), bucketSecret)
}

func TestARegionIsEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(s.regions(), typedRegion()).requireRedirect(s.regions() + "/cn-east-2")
	region := s.regions() + "/cn-east-2"
	keeping := func(more ...string) url.Values {
		return typedRegion(append([]string{"secret", "", "secret.mode", "keep", "version", s.get(region + "/edit").value("version")}, more...)...)
	}

	t.Run("its name stays", func(t *testing.T) {
		s.post(region, keeping("name", "other", "prefix", "elsewhere")).requireRedirect(region)
		require.Contains(t, s.get(region).text("main"), "elsewhere/")
	})
	t.Run("its page tells all of it but the secret, and what was changed", func(t *testing.T) {
		p := s.get(region).requireStatus(http.StatusOK)
		for _, fact := range []string{"AKEXAMPLE", "backups", "80.0 MB/s", "Stored, never shown", user} {
			require.Contains(t, p.text("main"), fact)
		}
		require.Contains(t, p.text(".change-values"), "switchboard/")
		require.NotContains(t, p.html, bucketSecret)
	})
	t.Run("what is stored is tested from its page", func(t *testing.T) {
		v := url.Values{}
		s.get(region).Find(`form[action$="/test"] input`).Each(func(_ int, in *goquery.Selection) { v.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
		p := s.post(region+"/test", v).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#region-check .check-failed").Length())
	})
	t.Run("another door asks for the secret again", func(t *testing.T) {
		p := s.post(region+"/validate", keeping("bucket", "others"), fragment("field-bucket")...).requireStatus(http.StatusOK)
		require.NotEmpty(t, p.text("#secret-error"), "the field of the secret comes along")
		p = s.post(region, keeping("bucket", "others")).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#secret-error"))
		require.Equal(t, "again", p.Find("[name='secret.mode'][checked]").AttrOr("value", ""))
	})
	t.Run("replacing with nothing is not keeping", func(t *testing.T) {
		for _, verb := range []string{"", "/test"} {
			p := s.post(region+verb, keeping("secret.mode", "replace")).requireStatus(http.StatusUnprocessableEntity)
			require.Contains(t, p.text("#secret-error"), "keep the stored one")
		}
	})
	t.Run("who was slower sees what changed, and can save all the same", func(t *testing.T) {
		mine := keeping("bandwidth", "10")
		s.post(region, keeping("bandwidth", "20")).requireRedirect(region)
		p := s.post(region, mine).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), user+" saved this region")
		require.Equal(t, []string{"10", "20"}, p.Find(".diff td").Map(func(_ int, cell *goquery.Selection) string { return strings.TrimSpace(cell.Text()) }))
		require.Equal(t, "10", p.value("bandwidth"))
		mine.Set("version", p.value("version"))
		s.post(region, mine).requireRedirect(region)
	})
}

func TestARegionIsDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(s.regions(), typedRegion()).requireRedirect(s.regions() + "/cn-east-2")
	region := s.regions() + "/cn-east-2"

	t.Run("the question says what stays", func(t *testing.T) {
		p := s.get(region + "/delete").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".consequences"), "Objects stay where they are")
		version := p.value("version")
		s.post(region, typedRegion("version", version)).requireRedirect(region)
		s.post(region+"/delete", url.Values{"version": {version}}).requireRedirect(region)
		require.NotEmpty(t, s.get(region).text(".flashes"), "somebody changed it meanwhile")
	})
	t.Run("what is in use is kept, and the page says why", func(t *testing.T) {
		home := s.regions() + "/local-1"
		s.post(home+"/delete", nil).requireRedirect(home)
		require.Contains(t, s.get(home).text(".flashes .notice-warning"), "local-1")
	})
	t.Run("what is not is gone", func(t *testing.T) {
		s.post(region+"/delete", url.Values{"version": {s.get(region + "/delete").value("version")}}).requireRedirect(s.regions())
		p := s.get(s.regions())
		require.Contains(t, p.text(".flashes"), "cn-east-2 was deleted")
		require.Zero(t, p.Find("#row-cn-east-2").Length())
		_, err := s.service.Region(t.Context(), s.scope(), "cn-east-2")
		require.Equal(t, api.NotFound, api.CodeOf(err))
	})
}
