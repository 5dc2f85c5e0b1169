package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// own is the path of what the dialect lacks of a service.
func (w *world) own(service, rest string) string {
	return "/switchboard/v1/projects/" + w.project.ID + "/endpoint-services/" + service + rest
}

// read decodes an answer of which the status is known.
func read[T any](t testing.TB, rec *httptest.ResponseRecorder, status int) (body T) {
	t.Helper()
	require.Equal(t, status, rec.Code, rec.Body.String())
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body), rec.Body.String())
	return body
}

func TestWhoMayConnect(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	entry := w.allow(t, service, "iam:domain::friend")[0]
	ask := func(account string) string {
		return strings.ReplaceAll(w.send("GET", w.own(service, "/access?account="+account), "").Body.String(), entry, "ID")
	}
	require.Equal(t, `{"account":"nobody","allowed":false,"owner":false,"approval":false}`, ask("nobody"))
	require.Equal(t, `{"account":"friend","allowed":true,"owner":false,"approval":false,"by":{"id":"ID","permission":"iam:domain::friend","description":"about iam:domain::friend"}}`,
		ask("iam%3Adomain%3A%3Afriend"))
	require.Equal(t, `{"account":"`+w.user.Account.ID+`","allowed":true,"owner":true,"approval":false}`, ask(w.user.Account.ID))

	rec := w.send("GET", w.own(service, "/access?account=%00"), "")
	require.Equal(t, http.StatusBadRequest, rec.Code)
	require.Contains(t, rec.Body.String(), `{"code":"invalid","message":"`)
	require.Equal(t, http.StatusNotFound, w.send("GET", w.own("unknown", "/access?account=a"), "").Code)
	require.Equal(t, http.StatusForbidden, w.send("GET", strings.Replace(w.own(service, "/access"), w.project.ID, w.other.ID, 1), "").Code)
}

func TestJudgePermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	w.allow(t, service, "iam:domain::there")
	body := `{"permissions":[{"permission":"iam:domain::new","expires":"2030-01-02T03:04:05Z"},{"permission":"iam:domain::there"},{"permission":"iam:domain::new"},` +
		`{"permission":"x y","description":"<","expires":"2001-01-01T00:00:00+08:00"},{"permission":"iam:domain::` + w.user.Account.ID + `"}]}`
	verdicts := read[struct{ Verdicts []verdictJSON }](t, w.send("POST", w.own(service, "/permissions/judge"), body), http.StatusOK).Verdicts
	require.Len(t, verdicts, 5)
	require.Equal(t, verdictJSON{Fine: true}, verdicts[0])
	require.False(t, verdicts[1].Fine)
	require.NotEmpty(t, verdicts[1].Permission, "there already")
	require.NotEmpty(t, verdicts[2].Permission, "twice")
	for _, text := range []string{verdicts[3].Permission, verdicts[3].Description, verdicts[3].Expires} {
		require.NotEmpty(t, text)
	}
	require.True(t, verdicts[4].Fine)
	require.NotEmpty(t, verdicts[4].Note, "one's own account needs no entry")
	_, total := w.whitelist(t, service, "")
	require.Equal(t, 1, total, "nothing is written")

	for _, body := range []string{``, `[]`, `{"permissions":[{"permission":1}]}`, `{"permissions":[{"permission":"iam:domain::a","expires":"tomorrow"}]}`} {
		rec := w.send("POST", w.own(service, "/permissions/judge"), body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
		require.Contains(t, rec.Body.String(), `{"code":"invalid","message":"`)
	}
}

func TestEntriesThatExpire(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	entry := w.allow(t, service, "iam:domain::a")[0]
	path := w.own(service, "/permissions/"+entry+"/expiry")
	end := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)

	set := read[entryJSON](t, w.send("PUT", path, fmt.Sprintf(`{"expires":%q}`, end.Format(time.RFC3339))), http.StatusOK)
	require.True(t, end.Equal(set.Expires))
	require.Equal(t, "iam:domain::a", set.Permission)
	rec := w.send("PUT", path, `{"expires":""}`)
	require.Equal(t, http.StatusOK, rec.Code)
	require.NotContains(t, rec.Body.String(), "expires", "never again")

	for _, body := range []string{``, `{}`, `{"expires":null}`, `{"expires":7}`, `{"expires":"2001-01-01T00:00:00Z"}`, `{"expires":"2030-01-01"}`, `{"expires":"2999-01-01T00:00:00Z"}`} {
		rec := w.send("PUT", path, body)
		require.Equal(t, http.StatusBadRequest, rec.Code, body)
	}
	require.Equal(t, http.StatusNotFound, w.send("PUT", w.own(service, "/permissions/unknown/expiry"), `{"expires":""}`).Code)
}

func TestAddManyPermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	path := w.own(service, "/permissions/additions")
	started := read[additionJSON](t, w.send("POST", path, batch(accounts(120)...)), http.StatusAccepted)
	require.Equal(t, 120, started.Total)
	require.Equal(t, "ada", started.By)
	shown := read[additionJSON](t, w.send("GET", path+"/"+started.ID, ""), http.StatusOK)
	require.Equal(t, started.ID, shown.ID)
	require.Equal(t, []refusedJSON{}, shown.Refused)

	require.Equal(t, http.StatusNoContent, w.send("POST", path+"/"+started.ID+"/cancel", "").Code)
	require.True(t, read[additionJSON](t, w.send("GET", path+"/"+started.ID, ""), http.StatusOK).Stopped)
	require.Equal(t, http.StatusNoContent, w.send("POST", path+"/"+started.ID+"/cancel", "").Code)

	for method, rest := range map[string]string{"GET": "/unknown", "POST": "/unknown/cancel"} {
		require.Equal(t, http.StatusNotFound, w.send(method, path+rest, "").Code)
	}
	rec := w.send("POST", path, batch("iam:domain::a", "x y"))
	require.Equal(t, http.StatusBadRequest, rec.Code)
	require.Contains(t, rec.Body.String(), `"path":"permissions.1.permission"`)
	require.Equal(t, http.StatusBadRequest, w.send("POST", path, `{"permissions":[]}`).Code)
}

func TestManyLongEntriesFitIntoOneRequest(t *testing.T) {
	t.Parallel()
	w := start(t)
	service := w.offer(t, serviceBody)
	all := make([]string, api.MaxAddition)
	for i := range all {
		all[i] = fmt.Sprintf(`{"permission":"%s%032x","description":%q,"expires":"2030-01-02T03:04:05Z"}`, api.AccountPrefix, i, strings.Repeat("x", api.MaxPermissionText))
	}
	body := `{"permissions":[` + strings.Join(all, ",") + `]}`
	require.Greater(t, len(body), maxBody)
	verdicts := read[struct{ Verdicts []verdictJSON }](t, w.send("POST", w.own(service, "/permissions/judge"), body), http.StatusOK).Verdicts
	require.Len(t, verdicts, api.MaxAddition)

	more := strings.Replace(body, `[`, `[{"permission":"iam:domain::a"},`, 1)
	require.Equal(t, http.StatusBadRequest, w.send("POST", w.own(service, "/permissions/judge"), more).Code)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.send("POST", w.own(service, "/permissions/judge"), strings.Repeat(" ", maxEntries+1)).Code)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.send("POST", w.permissions(service, "/batch-create"), body).Code)
}
