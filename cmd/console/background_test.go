package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/keyring"
)

func TestServeDoesWhatWaitsInTheBackground(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	done(t, nil, "project", "list", "--data", data)
	projects, err := look(t, data).AllProjects(t.Context())
	require.NoError(t, err)
	keys, err := keyring.Load(data, "")
	require.NoError(t, err)
	plane := embedded.New(apitest.Open(t, data+"/"+databaseFile), keys, nil, embedded.Options{})
	scope := api.Scope{Project: projects[0].ID, Actor: api.Actor{User: "ada", Way: api.WayConsole}}
	link, err := plane.CreateLink(t.Context(), scope, apitest.ClosedDraft(t, "orders"), api.Shape)
	require.NoError(t, err)
	run, err := plane.StartRun(t.Context(), scope, api.KindLink, []string{link.ID})
	require.NoError(t, err)
	require.Equal(t, 1, run.Left(), "nobody works yet")

	s := serve(t, nil, "--data", data)
	require.Eventually(t, func() bool {
		run, err = plane.Run(t.Context(), scope, run.ID)
		return err == nil && run.Left() == 0
	}, 20*time.Second, 20*time.Millisecond)
	require.Equal(t, 1, run.CountStatus(api.Failed))
	require.Zero(t, s.end())
	require.NotContains(t, s.errors(), "jobs:", "to stop is no failure")
}
