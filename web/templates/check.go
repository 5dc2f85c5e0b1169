package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// checkVerdict is what a screen reader hears of a check: how it ended and, if
// it failed, where and why.
func checkVerdict(ctx context.Context, c *api.Check) string {
	verdict := locale.T(ctx, "verdict."+string(c.Status))
	if failed := c.Failure(); failed != nil {
		return verdict + " " + locale.T(ctx, "step."+string(failed.Name)) + locale.T(ctx, "form.colon") + locale.Msg(ctx, failed.Message)
	}
	return verdict
}
