package handlers_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/wire"
)

// exported is the file that the site gives for a link.
func (s *site) exported(id string) string {
	s.t.Helper()
	p := s.post(s.links()+"/export", url.Values{"id": {id}}).requireStatus(http.StatusOK)
	require.Contains(s.t, p.header.Get("Content-Disposition"), ".json")
	return p.html
}

func TestALinkTravelsThroughAFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	file := s.exported(link.ID)
	require.NotContains(t, file, "correct-horse-9")

	same := s.post(s.links()+"/import", url.Values{"text": {file}, "cluster": {"default"}}).requireStatus(http.StatusOK)
	require.Contains(t, same.text("tbody"), "Nothing to do")
	require.Zero(t, same.Find("[name=pick]").Length(), "what changes nothing cannot be ticked")

	other := strings.ReplaceAll(file, `"orders"`, `"invoices"`)
	plan := s.post(s.links()+"/import", url.Values{"text": {other}, "cluster": {"default"}}).requireStatus(http.StatusOK)
	require.Contains(t, plan.text("tbody"), "Add")
	secret := "secret.0.linkConfig.password"
	require.Equal(t, 1, plan.Find(`[name="`+secret+`"]`).Length(), "the plan asks for the password")

	form := url.Values{"held": {plan.value("held")}, "plan": {plan.value("plan")}, "cluster": {"default"}, "pick": {"0"}}
	asked := s.post(s.links()+"/import/apply", form).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, asked.text("[role=alert]"), "secrets are still missing")

	form.Set(secret, "a-new-pass-word")
	form.Set("plan", "of yesterday")
	drifted := s.post(s.links()+"/import/apply", form).requireStatus(http.StatusUnprocessableEntity)
	require.NotContains(t, drifted.html, "a-new-pass-word")

	form.Set("plan", drifted.value("plan"))
	form.Del(secret)
	form.Set(secret+".held", drifted.value(secret+".held"))
	done := s.post(s.links()+"/import/apply", form).requireStatus(http.StatusOK)
	require.Contains(t, done.text("tbody"), "Stored")
	stored, err := s.service.FindLink(t.Context(), s.scope(), "default", "invoices")
	require.NoError(t, err)
	require.True(t, stored.HasSecret["linkConfig.password"], "what was typed before the plan drifted was not lost")
}

func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, text := range map[string]string{
		"nothing": " ", "no JSON": "hello", "no links": "{}", "an empty list": "[]", "an empty list of links": `{"links":[]}`,
		"too many links": `{"links":[` + strings.Repeat(`{"name":"a","connector-name":"http-connector"},`, api.MaxImport) + `{}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := s.post(s.links()+"/import", url.Values{"text": {text}, "cluster": {"default"}})
			p.requireStatus(http.StatusUnprocessableEntity)
			require.NotEmpty(t, p.text("[role=alert]"))
		})
	}
}

func TestASecretInAFileDoesNotComeBackInThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	file := strings.ReplaceAll(s.exported(s.create(apitest.MySQLDraft("orders")).ID), "Add password here", "canary-7-canary")
	plan := s.post(s.links()+"/import", url.Values{"text": {file}, "cluster": {"default"}}).requireStatus(http.StatusOK)
	require.Contains(t, plan.text("tbody"), "replaced")
	require.NotContains(t, plan.html, "canary-7-canary")
	broken := s.post(s.links()+"/import", url.Values{"text": {file + "}"}, "cluster": {"default"}})
	broken.requireStatus(http.StatusUnprocessableEntity)
	require.NotContains(t, broken.html, "canary-7-canary")
}

func TestAFileOfAnotherSessionIsNotApplied(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	file := s.exported(s.create(apitest.MySQLDraft("orders")).ID)
	plan := s.post(s.links()+"/import", url.Values{"text": {strings.ReplaceAll(file, "orders", "invoices")}, "cluster": {"default"}})
	held := plan.value("held")
	s.client = newClient(t)
	s.signIn(user, password)
	s.post(s.links()+"/import/apply", url.Values{"held": {held}, "plan": {plan.value("plan")}, "pick": {"0"}}).
		requireStatus(http.StatusUnprocessableEntity)
}

func TestATableRunsNoFormula(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	d := apitest.MySQLDraft("orders")
	d.Inputs["linkConfig.username"] = "x"
	link := s.create(d)
	p := s.post(s.links()+"/export", url.Values{"all": {"true"}, "format": {"csv"}}).requireStatus(http.StatusOK)
	require.Contains(t, p.header.Get("Content-Type"), "text/csv")
	text := bytes.TrimPrefix([]byte(p.html), []byte("\ufeff"))
	require.Less(t, len(text), len(p.html), "a byte order mark stands first")
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, link.Name, rows[1][0])
}

func TestAnExportThatIsRefusedLeadsBackToTheList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	many := url.Values{}
	for i := range api.MaxSelection + 1 {
		many.Add("id", fmt.Sprint(i))
	}
	back := s.links() + "?sort=name"
	for name, c := range map[string]struct {
		form url.Values
		says string
	}{
		"nothing ticked":           {url.Values{}, "Select at least one row first."},
		"links of another project": {url.Values{"id": {"0199-not-mine"}}, "Select at least one."},
		"a filter without finds":   {url.Values{"all": {"true"}, "q": {"nowhere"}}, "Select at least one."},
		"too many":                 {many, "1000"},
	} {
		t.Run(name, func(t *testing.T) {
			c.form.Set("back", back)
			s.post(s.links()+"/export", c.form).requireRedirect(back)
			require.Contains(t, s.get(back).text(".notice-warning"), c.says)
		})
	}
}

func TestARefusedFileStaysInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := s.get(s.links() + "/import").Find("form.import-form")
	target := strings.TrimPrefix(form.AttrOr("hx-target", ""), "#")
	refused := s.post(s.links()+"/import", url.Values{"text": {"{\n\"canary-password\"}"}, "cluster": {"c1"}}, fragment(target)...)
	refused.requireStatus(http.StatusUnprocessableEntity)
	require.False(t, refused.whole())
	require.Equal(t, 2, refused.Find("#import-text[hx-preserve], #import-file[hx-preserve]").Length())
	require.NotContains(t, refused.html, "canary-password")
	require.Equal(t, "c1", refused.value("cluster"))
	require.Contains(t, refused.text("[role=alert]"), "in line 2 or just before it")

	good := `[{"name":"a","connector-name":"http-connector"}]`
	plan := s.post(s.links()+"/import", url.Values{"text": {good}, "cluster": {"c1"}}, fragment(target)...).requireStatus(http.StatusOK)
	require.False(t, plan.whole())
	require.NotEmpty(t, plan.value("plan"))
	require.Zero(t, plan.Find("[hx-preserve]").Length())
}

// upload sends a file, and a text beside it, as a browser does.
func (s *site) upload(file, text string) *page {
	s.t.Helper()
	return s.sendFile(s.links()+"/import", url.Values{"text": {text}, "cluster": {api.DefaultCluster}}, file)
}

func TestOfAFileAndATextOneIsRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	good := `[{"name":"a","connector-name":"http-connector"}]`
	s.upload(good, " \n").requireStatus(http.StatusOK)
	require.Contains(t, s.upload("", "").requireStatus(http.StatusUnprocessableEntity).text("[role=alert]"), "Choose a file")
	require.Contains(t, s.upload(good, good).requireStatus(http.StatusUnprocessableEntity).text("[role=alert]"), "Keep one of them")
}

func TestTheLargestExportIsImported(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	links := make([]api.Link, api.MaxImport)
	for i := range links {
		d := apitest.MySQLDraft(fmt.Sprintf("link_%04d", i))
		d.Inputs["linkConfig.jdbcProperties"] = `{"serverTimezone":"` + strings.Repeat("x", 100) + `"}`
		links[i] = api.Link{Cluster: d.Cluster, Name: d.Name, Connector: d.Connector, Enabled: true, Inputs: d.Inputs, HasSecret: map[string]bool{"linkConfig.password": true}}
	}
	text, err := wire.WriteLinks(links)
	require.NoError(t, err)
	file := strings.ReplaceAll(string(text), "Add password here", "canary-7-canary")
	require.Greater(t, len(file), 1<<20)
	plan := s.upload(file, "").requireStatus(http.StatusOK)
	require.Equal(t, api.MaxImport, plan.Find("tbody [name=pick][checked]").Length())
	require.NotContains(t, plan.html, "canary-7-canary")

	form := url.Values{"held": {plan.value("held")}, "plan": {plan.value("plan")}, "cluster": {api.DefaultCluster}}
	for i := range links {
		form.Add("pick", strconv.Itoa(i))
	}
	done := s.post(s.links()+"/import/apply", form).requireStatus(http.StatusOK)
	require.Equal(t, api.MaxImport, done.Find("tbody .badge-passed").Length())
	again := s.post(s.links()+"/export", url.Values{"all": {"true"}}).requireStatus(http.StatusOK)
	same := s.upload(again.html, "").requireStatus(http.StatusOK)
	require.Contains(t, same.text("#import"), "0 to add, 0 to change, 1000 already there")
}

func TestOnlyAnImportMayBeLong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.upload(strings.Repeat(" ", api.MaxImportFile)+"[]", "").requireStatus(http.StatusUnprocessableEntity)
	p := s.upload(strings.Repeat(" ", api.MaxImportFile+64<<10)+"[]", "").requireStatus(http.StatusRequestEntityTooLarge)
	require.Contains(t, p.html, "more than the server takes at once (4 MB)")
	long := url.Values{"text": {strings.Repeat("x", 1<<20)}}
	for _, path := range []string{"", "/validate", "/export", "/new/paste", "/runs"} {
		s.post(s.links()+path, long).requireStatus(http.StatusRequestEntityTooLarge)
	}
	long.Set("text", strings.Repeat("x", 2*api.MaxImportFile))
	s.post(s.links()+"/import/apply", long).requireStatus(http.StatusRequestEntityTooLarge)
}
