package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func (p *pages) createLink(c echo.Context) error {
	return p.saveLink(c, p.Service.CreateLink, "link.created")
}

func (p *pages) updateLink(c echo.Context) error {
	return p.saveLink(c, p.Service.UpdateLink, "link.updated")
}

func (p *pages) saveLink(c echo.Context, save saveLink, done string) error {
	lf, err := p.readLink(c)
	if err != nil {
		return err
	}
	depth := api.Connect
	if c.FormValue("anyway") == "true" {
		depth = api.Anyway
	}
	if len(lf.faults) > 0 {
		return p.refuseLink(c, lf, api.Refuse(lf.faults))
	}
	link, err := save(c.Request().Context(), p.scope(c), lf.draft, depth)
	if err != nil {
		return p.refuseLink(c, lf, err)
	}
	p.flash(c, api.M(done, "name", link.Name))
	return redirect(c, linksPath(c)+"/"+link.ID)
}

// refuseLink shows the form again with what is wrong, and everything that was
// typed. Errors that are not about the form go on to the error page.
func (p *pages) refuseLink(c echo.Context, lf *linkForm, err error) error {
	state := formState{refused: true}
	e := domainError(err)
	switch {
	case e.Check != nil:
		state.check, state.anyway, state.problems = e.Check, true, checkProblems(e.Check)
	case len(e.Problems) > 0:
		state.problems = e.Problems
	case e.Code == api.Conflict:
		return p.showConflict(c, lf)
	default:
		return err
	}
	return p.showLinkForm(c, http.StatusUnprocessableEntity, lf, state)
}

// showConflict shows what somebody else saved meanwhile beside what was typed.
// Saving again replaces it: the form now carries the version that was seen.
func (p *pages) showConflict(c echo.Context, lf *linkForm) error {
	stored, err := p.Service.Link(c.Request().Context(), p.scope(c), lf.draft.ID)
	if err != nil {
		return err
	}
	state := formState{refused: true, changed: &templates.LinkChanged{
		By: stored.Updated.By, At: stored.Updated.At, Fields: lf.differences(c, &stored),
	}}
	lf.base = &stored
	lf.values.Set("version", linkValues(&stored).Get("version"))
	return p.showLinkForm(c, http.StatusUnprocessableEntity, lf, state)
}

// differences lists the fields in which the typed link is not the stored one.
func (lf *linkForm) differences(c echo.Context, stored *api.Link) []templates.Difference {
	ctx := localised(c)
	var found []templates.Difference
	add := func(label, mine, theirs string) {
		if mine != theirs {
			found = append(found, templates.Difference{Label: label, Mine: mine, Theirs: theirs})
		}
	}
	add(locale.T(ctx, "link.name"), lf.draft.Name, stored.Name)
	add(locale.T(ctx, "link.cluster"), lf.draft.Cluster, stored.Cluster)
	mine := lf.conn.Normalise(lf.draft.Inputs)
	for i := range lf.conn.Inputs {
		in := &lf.conn.Inputs[i]
		add(in.Label.In(lang(c)), mine[in.Name], stored.Inputs[in.Name])
	}
	return found
}
