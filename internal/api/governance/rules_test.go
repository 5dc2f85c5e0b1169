package governance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestWhatIsApprovedByDefaultIsDroppedByWhoTypesTheProjectsName(t *testing.T) {
	t.Parallel()
	everyone := api.ApprovalRule{Kind: api.KindPermission, Action: api.ActionEveryone}
	each(t, func(t *testing.T, r *room) {
		set := func(confirm api.Confirmation, rules ...api.ApprovalRule) error {
			return r.SetApprovalRules(t.Context(), r.as("adam"), rules, confirm)
		}
		asked := []api.Problem{{Path: "confirm", Message: api.M("request.confirm_differs", "name", project)}}
		require.Equal(t, api.Refuse(asked), set(api.Confirm("another"), links))
		rules, err := r.ApprovalRules(t.Context(), r.as("adam"))
		require.NoError(t, err)
		require.Equal(t, api.DefaultApproval, rules, "nothing was changed")

		t.Log("nobody is asked who keeps it, or wants more")
		require.NoError(t, set(api.Confirm(""), links, everyone))
		require.NoError(t, set(api.Confirm(""), api.ApprovalRule{Kind: api.KindPermission}))
		require.NoError(t, set(api.Confirm(""), api.ApprovalRule{Kind: api.KindPermission, Action: api.ActionCreate}), "to let everyone in is to create an entry")
		require.Equal(t, api.Refuse(asked), set(api.Confirm("")))

		t.Log("nor who has typed it, nor a program, nor who drops what was dropped before")
		require.NoError(t, set(api.Confirm(project), links))
		require.NoError(t, set(api.Confirm("")))
		require.NoError(t, set(api.Confirm(""), everyone))
		require.NoError(t, set(api.Confirmation{}))
	})
}
