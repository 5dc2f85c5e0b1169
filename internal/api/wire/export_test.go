package wire

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Sent is a deed whose calls are to be sent to a server, and who may.
type Sent struct {
	Name                   string
	Server, Project, Token string
	Access, Secret         string
	Calls                  []Call

	stage *stage
	want  string
}

// Sendings are all examples of deeds, each in a project of its own in which nothing was
// sent yet.
func Sendings(t *testing.T) []Sent {
	t.Helper()
	w := start(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	actor := api.Actor{UserID: w.user.ID, User: w.user.Name, Role: api.RoleAdministrator}
	token, _, err := w.ids.CreateAPIToken(t.Context(), actor, "samples", "", time.Hour)
	require.NoError(t, err)
	var all []Sent
	for i, e := range examples() {
		done, asked := w.stage(t, fmt.Sprintf("done%dx", i)), w.stage(t, fmt.Sprintf("sent%dx", i))
		deed, same := e.deed(t, done), e.deed(t, asked)
		calls, err := CallsOf(t.Context(), w.server.Service, asked.s, asked.place(), same)
		require.NoError(t, err, e.name)
		require.NoError(t, deed.Do(t.Context(), w.server.Service, done.s), e.name)
		all = append(all, Sent{
			Name: e.name, Server: server.URL, Project: asked.s.Project, Token: token,
			Access: w.key.Access, Secret: w.key.Secret.Reveal(), Calls: calls, stage: asked, want: done.holds(t),
		})
	}
	return all
}

// RequireDone fails unless the calls did what the deed does.
func (s *Sent) RequireDone(t *testing.T) {
	t.Helper()
	requireSame(t, s.want, s.stage.holds(t))
}
