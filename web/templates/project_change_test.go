package templates

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

func TestAChangeOfAProjectSaysWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	ctx := locale.With(t.Context(), locale.English)
	found := changedValues(ctx, api.Change{
		Kind: api.KindProject, Action: "set_role",
		Before: []byte(`{"user":"bea","user_id":"1","role":"none"}`), After: []byte(`{"user":"bea","user_id":"1","role":"approver"}`),
	})
	require.Equal(t, []valueChange{{Label: "bea", Before: "none", After: "approver"}}, found)

	found = changedValues(ctx, api.Change{
		Kind: api.KindProject, Action: "update",
		Before: []byte(`{"name":"shop","description":""}`), After: []byte(`{"name":"orders","description":""}`),
	})
	require.Equal(t, []valueChange{{Label: "Name", Before: "shop", After: "orders"}}, found)
}
