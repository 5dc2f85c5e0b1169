package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ConnectionFormView is the form of a new connection.
type ConnectionFormView struct {
	Base  string
	Form  *form.Form
	From  *api.Connection // what it starts from, nil if from nothing
	Check *api.Check
}

// connectionCheck is the place of a test's result.
const connectionCheck = "connection-check"

func (v *ConnectionFormView) crumbs(ctx context.Context) []Crumb {
	crumbs := []Crumb{{Label: locale.T(ctx, "nav.connections"), Href: v.Base}}
	if v.From != nil {
		crumbs = append(crumbs, Crumb{Label: v.From.Name, Href: v.cancel()})
	}
	return crumbs
}

// cancel is where somebody goes who creates nothing.
func (v *ConnectionFormView) cancel() string {
	if v.From != nil {
		return v.Base + "/" + v.From.ID
	}
	return v.Base
}
