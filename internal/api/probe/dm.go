package probe

import (
	"context"

	"switchboard/internal/api"
)

// dmSystem is Dameng (DM), whose protocol is not published. The check ends
// with the connection and says so.
var dmSystem = &system{
	connector: jdbc,
	when:      databaseType("DM"),
	protocol:  "DM",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepSignIn}
	},
	check: func(ctx context.Context, a *attempt) error {
		if _, _, err := a.dialJDBC(ctx); err != nil {
			return err
		}
		return a.notTried("sign_in.not_tried_at_all", pathDatabaseType)
	},
}
