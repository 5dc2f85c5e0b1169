package handlers_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
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
		"nothing": " ", "no JSON": "hello", "no links": "{}",
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

func TestExportingNothingSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.post(s.links()+"/export", url.Values{}).requireStatus(http.StatusUnprocessableEntity)
	foreign := s.post(s.links()+"/export", url.Values{"id": {"0199-not-mine"}})
	foreign.requireStatus(http.StatusUnprocessableEntity)
}
