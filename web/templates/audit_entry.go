package templates

import (
	"context"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// AuditEntryView is one entry of the audit log.
type AuditEntryView struct {
	Base    string // path of the log that it was opened in
	Change  api.Change
	Project ProjectView // it was made in, with the entry in its log; zero in a project
	Object  string      // page of what was changed, "" if it has none
	// RollBack is where it is taken back, "" if it cannot be, and Why then says so if
	// there is anything to say.
	RollBack string
	Why      api.Message
}

// ChangeTitle is what was done, without to what.
func ChangeTitle(ctx context.Context, c *api.Change) string {
	return locale.T(ctx, "change."+c.Action, "kind", api.M("kind."+string(c.Kind)))
}

// history is the log of the same object.
func (v *AuditEntryView) history() string { return v.Base + "?object=" + v.Change.ObjectID }

// sameRequest is the log of what was changed by the same request.
func (v *AuditEntryView) sameRequest() string { return v.Base + "?q=" + v.Change.Actor.RequestID }

// number is the place of the entry in the chain.
func (v *AuditEntryView) number(ctx context.Context) string {
	if v.Change.Seq == 0 {
		return locale.T(ctx, "audit.not_sealed")
	}
	return strconv.FormatInt(v.Change.Seq, 10)
}
