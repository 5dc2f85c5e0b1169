package wire

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func TestWhereChangesAreTold(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.everywhere(t)
	path := "/switchboard/v1/projects/" + w.project.ID + "/hook"
	require.Equal(t, hookJSON{}, read[hookJSON](t, w.send("GET", path, ""), http.StatusOK))

	rec := w.send("PUT", path, `{"url":"https://example.com/told","enabled":true,"secret":"canary-of-at-least-24-characters"}`)
	told := read[hookJSON](t, rec, http.StatusOK)
	require.Equal(t, hookJSON{URL: "https://example.com/told", Enabled: true, HasSecret: true, Version: told.Version}, told)
	require.NotContains(t, rec.Body.String(), "canary")

	told = read[hookJSON](t, w.send("PUT", path, `{"url":"https://example.com/told"}`), http.StatusOK)
	require.True(t, told.HasSecret, "one that is not sent stays")
	require.False(t, told.Enabled)
	rec = w.send("PUT", path, `{"url":"https://example.com/told","version":99}`)
	require.Equal(t, http.StatusConflict, rec.Code, rec.Body.String())
	rec = w.send("PUT", path, `{"url":"nowhere"}`)
	require.Equal(t, http.StatusBadRequest, rec.Code)
	require.Contains(t, rec.Body.String(), `"path":"url"`)
	require.Equal(t, http.StatusBadRequest, w.send("PUT", path, "").Code)
	require.Equal(t, hookJSON{Version: 0}, read[hookJSON](t, w.send("PUT", path, `{"url":""}`), http.StatusOK))
}

func TestOpenToEveryoneWithItsReason(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.approveNothing(t)
	st := &stage{world: w, s: api.Scope{Project: w.project.ID, Actor: console}}
	service, _ := st.offered(t, 0)
	path := w.own(service.ID, "/everyone")
	rec := w.send("POST", path, `{"confirm":"`+service.Name+`","reason":"`+apitest.Reason+`","expires":"`+expiry(nextYear)+`"}`)
	opened := read[entryJSON](t, rec, http.StatusOK)
	require.Equal(t, api.Everyone, opened.Permission)
	require.Equal(t, apitest.Reason, opened.Reason)
	require.True(t, nextYear.Equal(opened.Expires))

	for body, path := range map[string]string{
		`{"confirm":"another","reason":"` + apitest.Reason + `"}`: `"path":"confirm"`,
		`{"confirm":"` + service.Name + `"}`:                      `"path":"reason"`,
		`{"expires":"tomorrow"}`:                                  `moment with a time zone`,
		``:                                                        `"code":"invalid"`,
	} {
		rec := w.send("POST", w.own(service.ID, "/everyone"), body)
		require.Equal(t, http.StatusBadRequest, rec.Code)
		require.Contains(t, rec.Body.String(), path)
	}
	require.Equal(t, http.StatusNotFound, w.send("POST", w.own("unknown", "/everyone"), `{}`).Code)
}
