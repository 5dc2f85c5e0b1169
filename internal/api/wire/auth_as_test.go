package wire

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestARequestOfSomebodyWhoIsSignedInElsewhere(t *testing.T) {
	t.Parallel()
	w := start(t)
	ask := func(role api.Role, project, method, body string) *httptest.ResponseRecorder {
		mine := w.project
		mine.Role = role
		r := httptest.NewRequest(method, strings.Replace(w.links("c", ""), w.project.ID, project, 1), strings.NewReader(body))
		if method == "GET" {
			r.URL.Path += "/all"
		}
		r.Header.Set(headerAuth, "a token that nobody has")
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, As(r, w.user, mine))
		return rec
	}
	require.Equal(t, 200, ask(api.RoleAdmin, w.project.ID, "POST", sftp("by_page")).Code)
	page, err := w.Audit.SearchAudit(t.Context(), api.Scope{Project: w.project.ID, Actor: console}, api.AuditQuery{Kind: api.KindLink})
	require.NoError(t, err)
	require.Equal(t, w.user.ID, page.Items[0].Actor.UserID)
	require.Equal(t, api.WayWire, page.Items[0].Actor.Way)

	require.Contains(t, ask(api.RoleAdmin, w.other.ID, "GET", "").Body.String(), "Cdm.0032", "only that project is open")
	require.Equal(t, 403, ask(api.RoleNone, w.project.ID, "GET", "").Code)
}
