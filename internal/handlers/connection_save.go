package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates/form"
)

func (p *pages) createConnection(c echo.Context) error {
	cf, err := p.readConnection(c)
	if err != nil {
		return err
	}
	connection, err := p.Service.CreateConnection(c.Request().Context(), p.scope(c), cf.draft)
	if err != nil {
		return p.refuseConnection(c, cf, err)
	}
	p.flash(c, api.M("connections.created_flash", "name", connection.Name))
	return redirect(c, connectionsPath(c)+"/"+connection.ID)
}

// refuseConnection shows the form again with what is wrong, and everything that
// was typed. Errors that are not about the form go on to the error page.
func (p *pages) refuseConnection(c echo.Context, cf *connectionForm, err error) error {
	state := connectionState{refused: true}
	e := domainError(err)
	switch {
	case len(e.Problems) > 0:
		state.problems = e.Problems
	case e.Code == api.Limit:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showConnectionForm(c, http.StatusUnprocessableEntity, cf, state)
}

// failures pins the failed steps of a check to the rows of their addresses.
func (cf *connectionForm) failures(check *api.Check) []api.Problem {
	if check.Status != api.Failed {
		return nil
	}
	parts := strings.Split(cf.draft.URL, ",")
	var problems []api.Problem
	for i := range check.Steps {
		step := &check.Steps[i]
		if step.Status != api.Failed || step.Path == "" {
			continue
		}
		path := step.Path
		for n, row := range cf.addresses {
			if n < len(parts) && step.At != "" && slices.Equal(api.ConnectionAddresses(parts[n]), []string{step.At}) {
				path = form.RowPath(addressField, row) + ".host"
			}
		}
		problems = append(problems, api.Problem{Path: path, Message: step.Message})
	}
	return problems
}
