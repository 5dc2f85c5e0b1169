package governance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestWhoIsNoAdminIsNotToldWhoSignsIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		_, err := r.SetBackend(ctx, r.as("adam"), api.BackendDraft{
			Kind: api.BackendCloud, Cloud: api.CloudOTC, Region: "eu-de", Project: "p", Domain: "acme", User: "robot", Secret: api.NewSecret("secret"),
		}, api.Shape)
		require.NoError(t, err)
		for user, told := range map[string]string{"vera": "", "ed": "", "ann": "", "adam": "acme robot", "root": "acme robot"} {
			is, err := r.Backend(ctx, r.as(user))
			require.NoError(t, err)
			require.Equal(t, api.CloudOTC, is.Cloud)
			if told == "" {
				require.Empty(t, is.Access+is.Domain+is.User, user)
			} else {
				require.Equal(t, told, is.Domain+" "+is.User, user)
			}
		}
	})
}
